//! Endpoints of GitHub's REST API, and the permissions that they ask for, compiled in from
//! `data/endpoints.tsv`.

use super::scenario::Scenario;
use crate::workflow::{Level, Scope};

/// An endpoint.
#[derive(Debug)]
pub(super) struct Endpoint {
    method: &'static str,
    /// With its parameters in braces.
    pub(super) path: &'static str,
    /// Its name below `github.rest` in Octokit.
    octokit: &'static str,
    pub(super) asks: Asks,
}

/// What an endpoint, a mutation or a command of `gh` asks for.
#[derive(Debug)]
pub(super) enum Asks {
    /// Nothing: every token may.
    Nothing,
    /// What no scope of the token gives.
    Unavailable,
    /// All of these.
    All(Grants),
    /// The one for what belongs to an issue, the other for what belongs to a pull request.
    ByItem { issue: Grants, pull_request: Grants },
    /// Either of these scopes will do, for it belongs to the repository: a label, a milestone.
    Either(Level),
}

impl Asks {
    /// The permissions to grant. The run decides where it tells an issue from a pull request; to read both is
    /// granted where it does not.
    pub(super) fn grants(&self, scenario: &Scenario) -> Vec<(Scope, Level)> {
        match *self {
            Self::Nothing | Self::Unavailable => Vec::new(),
            Self::All(grants) => grants.to_vec(),
            Self::Either(level) => vec![(either(scenario)[0], level)],
            Self::ByItem { pull_request, .. } if scenario.is_about_pull_request() => {
                pull_request.to_vec()
            }
            Self::ByItem { issue, pull_request }
                if !writes(issue) && !scenario.tells_issue_from_pull_request() =>
            {
                [issue, pull_request].concat()
            }
            Self::ByItem { issue, .. } => issue.to_vec(),
        }
    }

    /// Whether it writes to an issue or to a pull request, and the run does not tell to which.
    pub(super) fn is_ambiguous(&self, scenario: &Scenario) -> bool {
        matches!(self, Self::ByItem { issue, .. } if writes(issue))
            && !scenario.tells_issue_from_pull_request()
    }

    /// Whether it changes something.
    pub(super) fn writes(&self) -> bool {
        match self {
            Self::Nothing | Self::Unavailable => false,
            Self::All(grants) => writes(grants),
            Self::ByItem { issue, .. } => writes(issue),
            Self::Either(level) => *level == Level::Write,
        }
    }
}

/// The scopes of which either gives what belongs to the repository, the one first that fits what the run is about.
pub(super) fn either(scenario: &Scenario) -> [Scope; 2] {
    match scenario.is_about_pull_request() {
        true => [Scope::PullRequests, Scope::Issues],
        false => [Scope::Issues, Scope::PullRequests],
    }
}

fn writes(grants: Grants) -> bool {
    grants.iter().any(|(_, level)| *level == Level::Write)
}

/// Permissions that are needed together.
type Grants = &'static [(Scope, Level)];

/// What stands for a part of a path that is not known.
pub(super) const UNKNOWN: &str = "\u{0}";

/// The endpoint of a method and a path, of which parts may be [`UNKNOWN`]: the one that says most of
/// it by itself.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Endpoint> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let wanted = parts(path);
    // One variable may hold both names of a repository.
    let both = match wanted[..] {
        ["repos", UNKNOWN, ..] => Some([&["repos", UNKNOWN], &wanted[1..]].concat()),
        _ => None,
    };
    let found = both.into_iter().chain([wanted]).filter_map(|wanted| of_parts(method, &wanted));
    found.max_by_key(|(literal, _)| *literal).map(|(_, endpoint)| endpoint)
}

/// The same, with how many parts of the path the endpoint says by itself, and how many there are.
fn of_parts(method: &str, wanted: &[&str]) -> Option<((usize, usize), &'static Endpoint)> {
    let writes = !method.eq_ignore_ascii_case("GET");
    let fits = |endpoint: &&Endpoint| {
        endpoint.method.eq_ignore_ascii_case(method)
            && leads_to(&parts(endpoint.path), wanted, writes)
    };
    let literal = |endpoint: &&Endpoint| {
        let parts = parts(endpoint.path);
        let same = parts.iter().zip(wanted).filter(|(one, other)| one == other).count();
        (same, parts.len())
    };
    ENDPOINTS.iter().filter(fits).map(|it| (literal(&it), it)).max_by_key(|(literal, _)| *literal)
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether a path may be that of an endpoint. Its last parameter may hold slashes: the path of a file,
/// the name of a ref. Of what writes, the parts have to be seen that the endpoint says by itself.
fn leads_to(endpoint: &[&str], wanted: &[&str], writes: bool) -> bool {
    let is_parameter = |part: &str| part.starts_with('{');
    let is_open = endpoint.last().is_some_and(|last| is_parameter(last));
    let length = endpoint.len() == wanted.len() || is_open && endpoint.len() < wanted.len();
    let fits = |(part, wanted): (&&str, &&str)| {
        is_parameter(part) || part == wanted || !writes && wanted.contains(UNKNOWN)
    };
    length && endpoint.iter().zip(wanted).all(fits)
}

/// The endpoint behind a method of Octokit: `issues.createComment`.
pub(super) fn of_octokit(name: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.octokit == name)
}

include!(concat!(env!("OUT_DIR"), "/endpoints.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    fn octokit(method: &str, path: &str) -> &'static str {
        find(method, path).map_or("none", |endpoint| endpoint.octokit)
    }

    #[test]
    fn finds_the_endpoint_of_a_path() {
        for (method, path, expected) in [
            ("GET", "/repos/a/b", "repos.get"),
            ("get", "repos/a/b/releases/latest", "repos.getLatestRelease"),
            ("GET", "/repos/a/b/releases/\u{0}", "repos.getRelease"),
            ("GET", "/repos/a/b/releases?per_page=1", "repos.listReleases"),
            ("POST", "/repos/\u{0}/\u{0}/issues/\u{0}/comments", "issues.createComment"),
            ("GET", "/repos/a/b/contents/x/y.txt", "repos.getContent"),
            ("DELETE", "/repos/a/b/git/refs/heads/x", "git.deleteRef"),
            ("GET", "/nothing", "none"),
            ("POST", "/repos/\u{0}/issues/1/comments", "issues.createComment"),
            ("GET", "/repos/\u{0}/issues", "issues.listForRepo"),
            ("GET", "/repos/\u{0}/numpy", "repos.get"),
            ("GET", "/repos/\u{0}", "repos.get"),
        ] {
            assert_eq!(octokit(method, path), expected, "{method} {path}");
        }
        for path in ["\u{0}", "/\u{0}/\u{0}", "/repos/a/b/\u{0}", "/repos/a/b/issues/1/\u{0}"] {
            assert!(find("POST", path).is_none(), "{path}");
        }
        assert!(of_octokit("issues.createComment").is_some());
    }
}
