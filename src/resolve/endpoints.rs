//! Where GitHub is.
//!
//! GitHub's runners say it in `GITHUB_API_URL`, `GITHUB_GRAPHQL_URL` and `GITHUB_SERVER_URL`:
//! <https://docs.github.com/actions/reference/variables-reference>. Where only some are set, the
//! others follow from what GitHub Enterprise documents: `HOST/api/v3` and `HOST/api/graphql` on a
//! server of one's own, `api.NAME.ghe.com` with data residency.

use std::borrow::Cow;
use std::fmt;

use reqwest::Url;

/// The base of a service's addresses: `https://` or `http://`, no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Cow<'static, str>);

impl BaseUrl {
    /// Reads an address.
    fn parse(variable: &'static str, text: &str) -> Result<Self, InvalidEndpoint> {
        let fail = |why| InvalidEndpoint { variable, why };
        let url = Url::parse(text.trim()).map_err(|_| fail("not an address: https://HOST/…"))?;
        if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
            return Err(fail("not an https:// or http:// address"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fail("it holds a user name or password: a token belongs into GH_TOKEN"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fail("it holds a `?` or `#`"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned().into()))
    }

    /// Docker Hub's registry: the host that images name is not the one that answers.
    pub const fn docker_hub() -> Self {
        Self(Cow::Borrowed("https://registry-1.docker.io"))
    }

    /// The registry of this host: without encryption on this very machine, as Docker takes it.
    /// `None` where it is no host.
    pub fn of_registry(host: &str) -> Option<Self> {
        let encrypted = Self::parse("", &format!("https://{host}")).ok()?;
        if encrypted.is_loopback() {
            return Self::parse("", &format!("http://{host}")).ok();
        }
        Some(encrypted)
    }

    /// The server of an address.
    pub(super) fn of_url(url: &Url) -> Option<Self> {
        Self::parse("", &url.origin().ascii_serialization()).ok()
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, with the port where it has one: `github.com`, `127.0.0.1:8080`.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(&*self.0, |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    /// The path behind the host: empty, or with a slash at its start.
    pub fn path(&self) -> &str {
        let start = self.0.find("://").map_or(0, |at| at + 3) + self.host().len();
        &self.0[start..]
    }

    /// Whether nobody on the way can read what is sent there.
    pub fn is_private(&self) -> bool {
        self.0.starts_with("https://") || self.is_loopback()
    }

    /// Whether it is this very machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        name == "localhost" || name == "[::1]" || host == "[::1]" || name.starts_with("127.")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The services of one GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// The REST API.
    pub api: BaseUrl,
    /// The GraphQL API: the one address that takes its queries.
    pub graphql: BaseUrl,
    /// The web site, which speaks the git protocol, too.
    pub server: BaseUrl,
}

/// An address in the environment that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEndpoint {
    variable: &'static str,
    why: &'static str,
}

impl fmt::Display for InvalidEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.why)
    }
}

impl std::error::Error for InvalidEndpoint {}

impl Endpoints {
    /// Those of github.com.
    pub const fn github_com() -> Self {
        Self {
            api: BaseUrl(Cow::Borrowed("https://api.github.com")),
            graphql: BaseUrl(Cow::Borrowed("https://api.github.com/graphql")),
            server: BaseUrl(Cow::Borrowed("https://github.com")),
        }
    }

    /// Those that environment variables name, github.com's where none does.
    ///
    /// # Errors
    ///
    /// Where a variable holds no address.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidEndpoint> {
        let read = |name: &'static str| {
            let set = variable(name).filter(|text| !text.trim().is_empty());
            set.map(|text| BaseUrl::parse(name, &text)).transpose()
        };
        let server = read("GITHUB_SERVER_URL")?.unwrap_or(Self::github_com().server);
        let api = read("GITHUB_API_URL")?.unwrap_or_else(|| Self::api_of(&server));
        let graphql = read("GITHUB_GRAPHQL_URL")?.unwrap_or_else(|| Self::graphql_of(&api));
        Ok(Self { api, graphql, server })
    }

    fn api_of(server: &BaseUrl) -> BaseUrl {
        match server.as_str().split_once("://") {
            Some((_, "github.com")) => Self::github_com().api,
            Some((scheme, host)) if host.ends_with(".ghe.com") => {
                BaseUrl(format!("{scheme}://api.{host}").into())
            }
            _ => BaseUrl(format!("{server}/api/v3").into()),
        }
    }

    fn graphql_of(api: &BaseUrl) -> BaseUrl {
        let base = api.as_str();
        let url = base
            .strip_suffix("/api/v3")
            .map_or_else(|| format!("{base}/graphql"), |server| format!("{server}/api/graphql"));
        BaseUrl(url.into())
    }

    /// Where files of public repositories can be read as they are, by `OWNER/NAME/REF/PATH`; the next
    /// one is asked for what one does not give.
    ///
    /// A server of one's own has them below `/raw`, or with subdomain isolation on a host of their own:
    /// <https://docs.github.com/en/enterprise-server@latest/admin/configuring-settings/hardening-security-for-your-enterprise/enabling-subdomain-isolation>.
    pub(super) fn raw(&self) -> Vec<BaseUrl> {
        if self.server == Self::github_com().server {
            return vec![BaseUrl(Cow::Borrowed("https://raw.githubusercontent.com"))];
        }
        let below = BaseUrl(format!("{}/raw", self.server).into());
        let apart = self.server.as_str().split_once("://").filter(|_| !self.server.is_loopback());
        let apart = apart.map(|(scheme, host)| BaseUrl(format!("{scheme}://raw.{host}").into()));
        [Some(below), apart].into_iter().flatten().collect()
    }

    /// Where an action may live that this GitHub does not hold: a server of one's own can take
    /// actions from github.com. A server on this machine stands alone.
    pub fn elsewhere(&self) -> Option<Self> {
        let stands_alone = self.server == Self::github_com().server || self.server.is_loopback();
        (!stands_alone).then(Self::github_com)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<[String; 3], String> {
        Endpoints::from_variables(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .map(|found| [found.api, found.graphql, found.server].map(|url| url.to_string()))
        .map_err(|error| error.to_string())
    }

    #[test]
    fn follow_from_each_other() {
        for (variables, expected) in [
            (
                &[][..],
                ["https://api.github.com", "https://api.github.com/graphql", "https://github.com"],
            ),
            (
                &[("GITHUB_SERVER_URL", "https://git.example/")],
                [
                    "https://git.example/api/v3",
                    "https://git.example/api/graphql",
                    "https://git.example",
                ],
            ),
            (
                &[("GITHUB_SERVER_URL", "https://octo.ghe.com"), ("GITHUB_API_URL", " ")],
                [
                    "https://api.octo.ghe.com",
                    "https://api.octo.ghe.com/graphql",
                    "https://octo.ghe.com",
                ],
            ),
            (
                &[
                    ("GITHUB_API_URL", "http://127.0.0.1:80/a"),
                    ("GITHUB_GRAPHQL_URL", "http://127.0.0.1:81/b\n"),
                    ("GITHUB_SERVER_URL", "http://127.0.0.1:82"),
                ],
                ["http://127.0.0.1/a", "http://127.0.0.1:81/b", "http://127.0.0.1:82"],
            ),
        ] {
            assert_eq!(of(variables).as_ref(), Ok(&expected.map(str::to_owned)));
        }
    }

    #[test]
    fn files_are_on_hosts_of_their_own() {
        for (server, expected) in [
            ("https://github.com", &["https://raw.githubusercontent.com"][..]),
            ("https://git.example", &["https://git.example/raw", "https://raw.git.example"]),
            ("http://127.0.0.1:82", &["http://127.0.0.1:82/raw"]),
        ] {
            let endpoints = Endpoints::from_variables(|name| {
                (name == "GITHUB_SERVER_URL").then(|| server.to_owned())
            });
            let raw = endpoints.unwrap().raw();
            assert_eq!(raw.iter().map(BaseUrl::as_str).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn refuse_what_is_no_address() {
        for wrong in [
            "github.com",
            "ftp://x",
            "https://",
            "https://me:secret@x",
            "https://x/?q",
            "https://x#y",
        ] {
            let error = of(&[("GITHUB_API_URL", wrong)]).unwrap_err();
            assert!(error.starts_with("GITHUB_API_URL: "), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn know_their_host_and_path() {
        let url = |text| BaseUrl::parse("X", text).unwrap();
        assert_eq!(url("https://git.example/api/v3").host(), "git.example");
        assert_eq!(url("https://git.example/api/v3").path(), "/api/v3");
        assert_eq!(url("http://127.0.0.1:81").host(), "127.0.0.1:81");
        assert_eq!(url("http://127.0.0.1:81").path(), "");
        assert!(url("http://127.0.0.1:81").is_private());
        assert!(url("http://[::1]:81").is_loopback());
        assert!(!url("http://git.example").is_private());
        assert_eq!(Endpoints::github_com().elsewhere(), None);
    }

    #[test]
    fn registries_are_where_their_names_say() {
        for (host, expected) in [
            ("ghcr.io", Some("https://ghcr.io")),
            ("registry.example:5000", Some("https://registry.example:5000")),
            ("localhost:5000", Some("http://localhost:5000")),
            ("127.0.0.1:80", Some("http://127.0.0.1")),
            ("[::1]:5000", Some("http://[::1]:5000")),
            ("[::", None),
        ] {
            let found = BaseUrl::of_registry(host);
            assert_eq!(found.as_ref().map(BaseUrl::as_str), expected, "{host}");
        }
    }
}
