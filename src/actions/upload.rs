//! What is known of how an action, or a command, uploads. The statics are made from `data/` by `build/`;
//! docs/knowledge-base.md says what each part means.

use std::borrow::Cow;
use std::fmt;

use super::need::Condition;

/// Where something is uploaded to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// The Python Package Index.
    PyPi,
    /// Its twin for tests.
    TestPyPi,
    /// An index of nightly builds: that of Scientific Python, say.
    Nightly,
    /// A channel of anaconda.org.
    Conda,
    /// registry.npmjs.org.
    Npm,
    /// GitHub's registries of packages; that of containers apart.
    GitHubPackages,
    /// crates.io.
    CratesIo,
    /// RubyGems.org.
    RubyGems,
    /// nuget.org.
    NuGet,
    /// Docker Hub.
    DockerHub,
    /// GitHub's registry of containers.
    Ghcr,
    /// A registry of containers that is not seen.
    Container,
    /// A release of a repository on GitHub.
    GitHubRelease,
    /// Another registry of packages: its name, or its host.
    Other(Cow<'static, str>),
    /// Another registry of containers: its host.
    OtherContainer(String),
    /// A package index whose address is not seen.
    Unseen,
}

/// What kind of place that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A package index, whose releases are for everybody.
    Index,
    /// A package index for tests.
    TestIndex,
    /// A place for nightly builds.
    Nightly,
    /// A registry of containers.
    Container,
    /// A release on GitHub.
    Release,
}

impl Kind {
    /// Whether what is uploaded there is a release, for others to use.
    pub const fn is_release(self) -> bool {
        matches!(self, Self::Index | Self::Container | Self::Release)
    }
}

/// The places that an address names, by a part of it.
const HOSTS: &[(&str, Destination)] = &[
    ("test.pypi.org", Destination::TestPyPi),
    ("testpypi", Destination::TestPyPi),
    ("pypi.org", Destination::PyPi),
    ("nightly", Destination::Nightly),
    ("ghcr.io", Destination::Ghcr),
    (".pkg.github.com", Destination::GitHubPackages),
    ("registry.npmjs.org", Destination::Npm),
    ("crates.io", Destination::CratesIo),
    ("rubygems.org", Destination::RubyGems),
    ("nuget.org", Destination::NuGet),
];

impl Destination {
    /// What kind of place it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::TestPyPi => Kind::TestIndex,
            Self::Nightly => Kind::Nightly,
            Self::DockerHub | Self::Ghcr | Self::Container | Self::OtherContainer(_) => {
                Kind::Container
            }
            Self::GitHubRelease => Kind::Release,
            Self::PyPi
            | Self::Conda
            | Self::Npm
            | Self::GitHubPackages
            | Self::CratesIo
            | Self::RubyGems
            | Self::NuGet
            | Self::Other(_)
            | Self::Unseen => Kind::Index,
        }
    }

    /// Where an upload goes that would go here, had it not been given this address: a URL, a name that
    /// the tool's configuration explains, for containers an image's name, for anaconda.org a user or a
    /// label.
    #[must_use]
    pub fn at(&self, address: &str) -> Self {
        let address = address.trim().to_ascii_lowercase();
        let host = host(&address);
        match self.kind() {
            Kind::Container => {
                let (host, rest) = address.split_once('/').unwrap_or((&address, ""));
                let is_host = host.contains(['.', ':']) || host == "localhost";
                return match host {
                    "ghcr.io" | "docker.pkg.github.com" => Self::Ghcr,
                    "docker.io" | "index.docker.io" | "registry-1.docker.io" => Self::DockerHub,
                    host if is_host && (!rest.is_empty() || !host.contains(':')) => {
                        Self::OtherContainer(host.to_owned())
                    }
                    _ => Self::DockerHub,
                };
            }
            Kind::Release => return self.clone(),
            Kind::Index | Kind::TestIndex | Kind::Nightly => {}
        }
        if matches!(self, Self::Conda | Self::Nightly) {
            let is_nightly = ["nightly", "dev", "staging"].iter().any(|it| address.contains(it));
            return if is_nightly { Self::Nightly } else { Self::Conda };
        }
        if let Some((_, known)) = HOSTS.iter().find(|(part, _)| address.contains(part)) {
            return known.clone();
        }
        match (host, address.as_str()) {
            (Some(host), _) => Self::Other(host.to_owned().into()),
            (None, "pypi" | "upload") => Self::PyPi,
            (None, name) if name.starts_with("test") => Self::TestPyPi,
            (None, name) => Self::Other(format!("`{name}`").into()),
        }
    }

    /// Its name, for a person.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::PyPi => "PyPI",
            Self::TestPyPi => "TestPyPI",
            Self::Nightly => "an index of nightly builds",
            Self::Conda => "anaconda.org",
            Self::Npm => "npm",
            Self::GitHubPackages => "GitHub Packages",
            Self::CratesIo => "crates.io",
            Self::RubyGems => "RubyGems.org",
            Self::NuGet => "nuget.org",
            Self::DockerHub => "Docker Hub",
            Self::Ghcr => "ghcr.io",
            Self::Container => "a container registry",
            Self::GitHubRelease => "a GitHub release",
            Self::Other(name) => name,
            Self::OtherContainer(host) => host,
            Self::Unseen => "a package index",
        }
        .into()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// The host of a URL.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split(['/', ':']).next().filter(|host| !host.is_empty())
}

/// An upload that it makes.
#[derive(Debug)]
pub struct KnownUpload {
    /// Where to, if nothing says otherwise.
    pub to: Destination,
    /// What says otherwise, the first that is given: inputs of an action; options of a command, `*` for
    /// its operands; `env.NAME` for a variable of the environment.
    pub address: &'static [&'static str],
    /// What holds the token or password, in the same way.
    pub token: &'static [&'static str],
    /// Whether it uploads as a trusted publisher where none of them is given.
    pub trusted: bool,
    /// When.
    pub condition: Condition,
    /// The input that decides by a start of the refs that are uploaded; `true` and `false` say it at
    /// once.
    pub refs: Option<&'static str>,
    /// Why it is not certain that it uploads.
    pub doubt: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_an_upload_goes() {
        use Destination as To;
        let other = |name: &'static str| To::Other(name.into());
        for (to, address, expected) in [
            (To::PyPi, "https://test.pypi.org/legacy/", To::TestPyPi),
            (To::PyPi, "https://upload.pypi.org/legacy/", To::PyPi),
            (To::PyPi, "testpypi", To::TestPyPi),
            (To::PyPi, "test", To::TestPyPi),
            (To::PyPi, "pypi", To::PyPi),
            (To::PyPi, "https://pypi.example.com/simple", other("pypi.example.com")),
            (To::PyPi, "internal", other("`internal`")),
            (To::Conda, "scientific-python-nightly-wheels", To::Nightly),
            (To::Conda, "conda-forge", To::Conda),
            (To::Npm, "https://registry.npmjs.org", To::Npm),
            (To::Npm, "https://npm.pkg.github.com/", To::GitHubPackages),
            (To::NuGet, "https://nuget.pkg.github.com/o/index.json", To::GitHubPackages),
            (To::NuGet, "https://api.nuget.org/v3/index.json", To::NuGet),
            (To::Container, "ghcr.io/owner/image:tag", To::Ghcr),
            (To::Container, "owner/image:tag", To::DockerHub),
            (To::Container, "image:1.2", To::DockerHub),
            (To::Container, "docker.io/owner/image", To::DockerHub),
            (To::Container, "quay.io/a/b", To::OtherContainer("quay.io".to_owned())),
            (To::Container, "quay.io", To::OtherContainer("quay.io".to_owned())),
        ] {
            assert_eq!(to.at(address), expected, "{address}");
        }
    }
}
