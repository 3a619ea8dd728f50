//! What a repository is on GitHub.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What can be told of a repository without a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// `owner/name`
    pub name: Option<String>,
    /// The host that its remote `origin` names, unless that is an alias of ssh.
    pub host: Option<String>,
    /// Whether it is private.
    pub is_private: Option<bool>,
}

impl Own {
    /// From the environment of a workflow run, else from the remote `origin`.
    pub(super) fn of(root: &Path) -> Self {
        let variable = |name| std::env::var_os(name).map(PathBuf::from);
        let is_workspace = variable("GITHUB_WORKSPACE")
            .and_then(|path| path.canonicalize().ok())
            .is_some_and(|path| root.canonicalize().ok() == Some(path));
        let name = std::env::var("GITHUB_REPOSITORY").ok().filter(|_| is_workspace);
        if let Some(name) = name {
            let event = variable("GITHUB_EVENT_PATH").and_then(|path| fs::read(path).ok());
            let is_private = event.and_then(|event| is_private(&event, &name));
            return Self { name: Some(name), host: None, is_private };
        }
        let config = fs::read_to_string(root.join(".git").join("config"));
        config.ok().and_then(|config| Self::of_origin(&config)).unwrap_or_default()
    }

    fn of_origin(config: &str) -> Option<Self> {
        let mut lines = config.lines().map(str::trim);
        lines.find(|line| *line == "[remote \"origin\"]")?;
        let url = lines
            .take_while(|line| !line.starts_with('['))
            .find_map(|line| line.strip_prefix("url")?.trim_start().strip_prefix('='))?
            .trim();
        let path = url.trim_end_matches('/').trim_end_matches(".git");
        let mut parts = path.rsplit(['/', ':']);
        let (name, owner) = (parts.next()?, parts.next()?);
        let is_named = !name.is_empty() && !owner.is_empty();
        is_named.then(|| Self {
            name: Some(format!("{owner}/{name}")),
            host: host(url),
            is_private: None,
        })
    }
}

/// The host of a remote's address, without user and port; `None` for a name that only ssh knows.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('/').next()?;
    let host = rest.rsplit('@').next()?.split(':').next()?;
    // GitHub takes ssh on the port of HTTPS there.
    let host = host.strip_prefix("ssh.").unwrap_or(host);
    host.contains('.').then(|| host.to_ascii_lowercase())
}

/// What the event that started a workflow run says of the repository of this name:
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.
fn is_private(event: &[u8], name: &str) -> Option<bool> {
    #[derive(Deserialize)]
    struct Event {
        repository: Repository,
    }
    #[derive(Deserialize)]
    struct Repository {
        full_name: String,
        private: bool,
    }
    let Event { repository } = serde_json::from_slice(event).ok()?;
    repository.full_name.eq_ignore_ascii_case(name).then_some(repository.private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_named_by_its_remote() {
        for (url, host) in [
            ("https://github.com/pypa/pip.git", Some("github.com")),
            ("https://me@GitHub.com:443/pypa/pip", Some("github.com")),
            ("git@github.com:pypa/pip.git", Some("github.com")),
            ("ssh://git@ssh.github.com:443/pypa/pip", Some("github.com")),
            ("https://git.example/pypa/pip/", Some("git.example")),
            ("work:pypa/pip.git", None),
        ] {
            let config = format!(
                "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n\tfetch = x\n"
            );
            let own = Own::of_origin(&config).unwrap();
            assert_eq!(own.name.as_deref(), Some("pypa/pip"), "{url}");
            assert_eq!(own.host.as_deref(), host, "{url}");
        }
        assert_eq!(Own::of_origin("[remote \"fork\"]\n\turl = https://github.com/a/b\n"), None);
    }

    #[test]
    fn an_event_tells_whether_its_repository_is_private() {
        let event = br#"{"repository": {"full_name": "Own/Er", "private": true, "id": 1}}"#;
        assert_eq!(is_private(event, "own/er"), Some(true));
        assert_eq!(is_private(event, "other/er"), None);
        assert_eq!(is_private(b"{\"schedule\": \"x\"}", "own/er"), None);
        assert_eq!(is_private(b"{", "own/er"), None);
    }
}
