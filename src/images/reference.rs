//! How a text names an image.
//!
//! The grammar is that of the distribution project, `reference.go` and `normalize.go` in
//! <https://github.com/distribution/reference>, which Docker reads `docker://`, `container:` and
//! `services:` with:
//!
//! ```text
//! reference       := name [ ":" tag ] [ "@" digest ]
//! name            := [ domain "/" ] path
//! domain          := host [ ":" port ]         host: a DNS name, an IPv4 address, "[" IPv6 "]"
//! path            := component [ "/" component ]*
//! component       := alphanumeric [ separator alphanumeric ]*
//! alphanumeric    := [a-z0-9]+
//! separator       := "." | "_" | "__" | "-"+
//! tag             := [A-Za-z0-9_] [A-Za-z0-9_.-]{0,127}
//! digest          := algorithm ":" [0-9a-fA-F]{32,}
//! ```
//!
//! Whether a name starts with a domain is a matter of its first part: one with a `.`, a `:` or a
//! capital letter is one, and so is `localhost`. Without one the image is Docker Hub's, and its own
//! images are below `library`.

use std::fmt;

use super::digest::Digest;

/// The name of Docker Hub.
pub const DOCKER_HUB: &str = "docker.io";

/// The longest path.
const MAX_PATH: usize = 255;

/// The longest tag.
const MAX_TAG: usize = 128;

/// A reference to an image, taken apart. Everything is a slice of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageRef<'a> {
    /// The registry's host, with the port where it has one; `None` where none is named.
    pub domain: Option<&'a str>,
    /// The repository in that registry, as it is written: `alpine`, `pypa/manylinux_2_28_x86_64`.
    pub path: &'a str,
    /// The tag, where one is named.
    pub tag: Option<&'a str>,
    /// The digest, where one is named.
    pub digest: Option<&'a str>,
}

/// What a registry is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Image {
    /// The registry's host: `docker.io`, `ghcr.io`.
    pub registry: String,
    /// The repository's full name there: `library/alpine`.
    pub repository: String,
    /// The tag.
    pub tag: String,
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.registry, self.repository, self.tag)
    }
}

/// Why a text names no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidReference {
    /// There is nothing.
    Empty,
    /// The registry's host is none.
    Domain,
    /// There is a capital letter in the name.
    Capital,
    /// The name is none.
    Path,
    /// The name is too long.
    TooLong,
    /// The name is what an image's ID looks like.
    Identifier,
    /// The tag is none.
    Tag,
    /// The digest is none.
    Digest,
}

impl fmt::Display for InvalidReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "there is no name",
            Self::Domain => "what stands in front of its first `/` is no host",
            Self::Capital => "names of images have no capital letters",
            Self::Path => "it is not written as names of images are",
            Self::TooLong => "it is longer than names of images are",
            Self::Identifier => "64 hexadecimal digits are an ID and no name",
            Self::Tag => "what stands behind the `:` is no tag",
            Self::Digest => "what stands behind the `@` is no digest",
        })
    }
}

impl<'a> ImageRef<'a> {
    /// Takes a reference apart.
    ///
    /// # Errors
    ///
    /// Where Docker would refuse it.
    pub fn parse(text: &'a str) -> Result<Self, InvalidReference> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        if text.is_empty() {
            return Err(InvalidReference::Empty);
        }
        // A `:` in front of a `/` belongs to a port.
        let last = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[last..].find(':') {
            Some(colon) => (&rest[..last + colon], Some(&rest[last + colon + 1..])),
            None => (rest, None),
        };
        let (domain, path) = match name.split_once('/') {
            Some((first, path)) if is_domain_by_its_form(first) => (Some(first), path),
            _ => (None, name),
        };
        if domain.is_some_and(|domain| !is_domain(domain)) {
            return Err(InvalidReference::Domain);
        }
        check_path(path)?;
        if domain.is_none() && path.len() == 64 && path.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Err(InvalidReference::Identifier);
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(InvalidReference::Tag);
        }
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err(InvalidReference::Digest);
        }
        Ok(Self { domain, path, tag, digest })
    }

    /// The host of its registry: Docker Hub has two names.
    pub fn registry(&self) -> &'a str {
        match self.domain {
            None | Some("index.docker.io") => DOCKER_HUB,
            Some(domain) => domain,
        }
    }

    /// What its registry is to be asked for. A reference without a tag means `latest`.
    pub fn image(&self) -> Image {
        let is_library = self.registry() == DOCKER_HUB && !self.path.contains('/');
        Image {
            registry: self.registry().to_ascii_lowercase(),
            repository: format!("{}{}", if is_library { "library/" } else { "" }, self.path),
            tag: self.tag.unwrap_or("latest").to_owned(),
        }
    }
}

/// Whether the part in front of the first `/` is meant to be a host.
fn is_domain_by_its_form(first: &str) -> bool {
    first == "localhost"
        || first.bytes().any(|byte| matches!(byte, b'.' | b':') || byte.is_ascii_uppercase())
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => {
            let is_ip = host.contains(':')
                && host.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
            (is_ip, if rest.is_empty() { None } else { Some(rest.strip_prefix(':').unwrap_or("")) })
        }
        None => {
            let (host, port) = match domain.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (domain, None),
            };
            (host.split('.').all(is_domain_component), port)
        }
    };
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    host && port.is_none_or(is_port)
}

fn is_domain_component(component: &str) -> bool {
    !component.is_empty()
        && !component.starts_with('-')
        && !component.ends_with('-')
        && component.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn check_path(path: &str) -> Result<(), InvalidReference> {
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Err(InvalidReference::Capital)
    } else if path.len() > MAX_PATH {
        Err(InvalidReference::TooLong)
    } else if path.split('/').all(is_path_component) {
        Ok(())
    } else {
        Err(InvalidReference::Path)
    }
}

fn is_path_component(component: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    // Between two runs of letters and digits stands one separator.
    let mut between = bytes.split(|&byte| is_alphanumeric(byte)).peekable();
    while let Some(separator) = between.next() {
        let is_separator = matches!(separator, b"." | b"_" | b"__")
            || !separator.is_empty() && separator.iter().all(|&byte| byte == b'-');
        if !separator.is_empty() && !is_separator {
            return false;
        }
        if between.peek().is_none() {
            break;
        }
    }
    let is_end = |byte: Option<&u8>| byte.is_some_and(|&byte| is_alphanumeric(byte));
    is_end(bytes.first()) && is_end(bytes.last())
}

fn is_tag(tag: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= MAX_TAG
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|byte| is_word(byte) || matches!(byte, b'.' | b'-'))
}

/// A digest of any algorithm by its form; of SHA-256, which all registries use, as it is.
fn is_digest(digest: &str) -> bool {
    if digest.starts_with("sha256:") {
        return digest.parse::<Digest>().is_ok();
    }
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let is_component = |component: &str| {
        component.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
            && component.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    algorithm.split(['+', '.', '-', '_']).all(is_component)
        && hex.len() >= 32
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn parse(text: &str) -> ImageRef<'_> {
        ImageRef::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn takes_references_apart() {
        for (text, domain, path, tag) in [
            ("alpine", None, "alpine", None),
            ("alpine:3.20", None, "alpine", Some("3.20")),
            ("bitnami/git:latest", None, "bitnami/git", Some("latest")),
            (
                "docker.io/agoose77/cppyy-wheels:cp311",
                Some("docker.io"),
                "agoose77/cppyy-wheels",
                Some("cp311"),
            ),
            ("ghcr.io/a/b/c:v1", Some("ghcr.io"), "a/b/c", Some("v1")),
            ("localhost/a", Some("localhost"), "a", None),
            ("localhost:5000", None, "localhost", Some("5000")),
            ("localhost:5000/a:b", Some("localhost:5000"), "a", Some("b")),
            ("127.0.0.1:80/a", Some("127.0.0.1:80"), "a", None),
            ("[::1]:5000/a", Some("[::1]:5000"), "a", None),
            ("[2001:db8::1]/a", Some("[2001:db8::1]"), "a", None),
            ("Registry/a", Some("Registry"), "a", None),
            (
                "quay.io/pypa/manylinux_2_28_x86_64",
                Some("quay.io"),
                "pypa/manylinux_2_28_x86_64",
                None,
            ),
            ("a/b--c__d.e:_x.Y-z", None, "a/b--c__d.e", Some("_x.Y-z")),
            ("123:456", None, "123", Some("456")),
        ] {
            for (text, digest) in [(text.to_owned(), None), (format!("{text}@{SHA}"), Some(SHA))] {
                assert_eq!(parse(&text), ImageRef { domain, path, tag, digest }, "{text}");
            }
        }
        assert!(parse(&format!("a@sha512+b64u:{}", "0".repeat(32))).digest.is_some());
    }

    #[test]
    fn says_what_its_registry_is_to_be_asked_for() {
        for (text, image) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("library/alpine:3", "docker.io/library/alpine:3"),
            ("docker.io/alpine:3", "docker.io/library/alpine:3"),
            ("index.docker.io/library/alpine:3", "docker.io/library/alpine:3"),
            ("docker.io/a/b", "docker.io/a/b:latest"),
            ("ghcr.io/alpine", "ghcr.io/alpine:latest"),
            ("GHCR.io/a/b:V1", "ghcr.io/a/b:V1"),
        ] {
            assert_eq!(parse(text).image().to_string(), image);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let long = "a".repeat(256);
        let tag = format!("a:{}", "b".repeat(129));
        for (text, expected) in [
            ("", InvalidReference::Empty),
            ("-docker.io/a", InvalidReference::Domain),
            ("a..b/c", InvalidReference::Domain),
            ("a.b:x/c", InvalidReference::Domain),
            ("a.b:/c", InvalidReference::Domain),
            ("[fe80::1%25en0]/a", InvalidReference::Domain),
            ("[::1]x/a", InvalidReference::Domain),
            ("Alpine", InvalidReference::Capital),
            ("a/Uppercase:tag", InvalidReference::Capital),
            ("a/", InvalidReference::Path),
            ("a//b", InvalidReference::Path),
            ("/a", InvalidReference::Path),
            ("a.", InvalidReference::Path),
            ("-a", InvalidReference::Path),
            ("a..b", InvalidReference::Path),
            ("a___b", InvalidReference::Path),
            ("a._b", InvalidReference::Path),
            ("a b", InvalidReference::Path),
            ("ä", InvalidReference::Path),
            ("https://example.com/a", InvalidReference::Domain),
            (":tag", InvalidReference::Path),
            (&long, InvalidReference::TooLong),
            (&SHA[7..], InvalidReference::Identifier),
            ("a:", InvalidReference::Tag),
            ("a:-b", InvalidReference::Tag),
            ("a:b:c", InvalidReference::Tag),
            ("a:ä", InvalidReference::Tag),
            (&tag, InvalidReference::Tag),
            ("a@", InvalidReference::Digest),
            ("a@sha256:ff", InvalidReference::Digest),
            ("a@sha512:ffffffffffffffffffffffffffffff", InvalidReference::Digest),
            ("a@-x:ffffffffffffffffffffffffffffffffff", InvalidReference::Digest),
            ("a@b@c", InvalidReference::Digest),
        ] {
            assert_eq!(ImageRef::parse(text), Err(expected), "{text}");
        }
    }
}
