//! What a registry asks for before it answers: a token, from whom and for what.
//!
//! `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`, in the syntax of RFC 9110, section
//! 11.6.1, with the meaning that the distribution project gives it:
//! <https://distribution.github.io/distribution/spec/auth/token/>.

use reqwest::Url;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// Where a token is to be had, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

impl Challenge {
    /// The first challenge that asks for a bearer token.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(WWW_AUTHENTICATE).iter();
        values.filter_map(|value| value.to_str().ok()).find_map(Self::parse)
    }

    fn parse(header: &str) -> Option<Self> {
        let mut parts = Parts { rest: header };
        let mut is_bearer = false;
        let (mut realm, mut service, mut scope) = (None, None, None);
        while let Some(part) = parts.next() {
            match part {
                // Another scheme begins; the one before was complete.
                Part::Scheme(_) if is_bearer && realm.is_some() => break,
                Part::Scheme(scheme) => is_bearer = scheme.eq_ignore_ascii_case("bearer"),
                Part::Parameter(name, value) if is_bearer => {
                    match name.to_ascii_lowercase().as_str() {
                        "realm" => realm = Some(value),
                        "service" => service = Some(value),
                        "scope" => scope = Some(value),
                        _ => {}
                    }
                }
                Part::Parameter(..) => {}
            }
        }
        Some(Self { realm: realm?, service, scope })
    }

    /// The address that gives the token, to whoever asks, to pull from this repository. `None` where
    /// the realm is no address.
    pub(super) fn url(&self, repository: &str) -> Option<Url> {
        let mut url = Url::parse(&self.realm).ok()?;
        let usual = || format!("repository:{repository}:pull");
        let scope = self.scope.clone().unwrap_or_else(usual);
        let service = self.service.iter().map(|service| ("service", service.as_str()));
        // One scope each, though a challenge may name several.
        let scopes = scope.split_whitespace().map(|scope| ("scope", scope));
        url.query_pairs_mut().extend_pairs(service.chain(scopes));
        Some(url)
    }
}

/// A piece of the header.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Scheme(&'a str),
    Parameter(&'a str, String),
}

/// Reads a header piece by piece. What cannot be read ends it.
struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn next(&mut self) -> Option<Part<'a>> {
        self.rest = self.rest.trim_start_matches([' ', '\t', ',']);
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let end = self.rest.find(|c| !is_token(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if word.is_empty() {
            return None;
        }
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            self.rest = rest;
            return Some(Part::Scheme(word));
        };
        let value = value.trim_start();
        let (value, rest) = match value.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let end = value.find([' ', '\t', ',']).unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            }
        };
        self.rest = rest;
        Some(Part::Parameter(word, value))
    }
}

/// A quoted text up to its closing quote, and what follows.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(header: &str) -> Option<String> {
        Challenge::parse(header).and_then(|challenge| challenge.url("a/b")).map(String::from)
    }

    #[test]
    fn reads_what_registries_send() {
        for (header, expected) in [
            (
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull""#,
                "https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Falpine%3Apull",
            ),
            (
                r#"Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull""#,
                "https://ghcr.io/token?service=ghcr.io&scope=repository%3Auser%2Fimage%3Apull",
            ),
            (r#"bearer realm="https://x/t""#, "https://x/t?scope=repository%3Aa%2Fb%3Apull"),
            (
                r#"Basic realm="x", Bearer realm="https://x/t?a=b", error="a \"b\", c" , scope="s t""#,
                "https://x/t?a=b&scope=s&scope=t",
            ),
            (
                r#"Bearer service = s,realm=https://x/t, Basic realm="y""#,
                "https://x/t?service=s&scope=repository%3Aa%2Fb%3Apull",
            ),
        ] {
            assert_eq!(url(header).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn other_challenges_are_none() {
        for header in [
            "",
            "Basic realm=\"https://x\"",
            "Bearer",
            "Bearer service=\"x\"",
            "Bearer realm=\"https://x",
            "Bearer realm=\"no address\"",
            "Negotiate abc==",
        ] {
            assert_eq!(url(header), None, "{header}");
        }
    }
}
