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

/// What an endpoint, or a command of `gh`, asks for.
#[derive(Debug)]
pub(super) enum Asks {
    /// Nothing: every token may.
    Nothing,
    /// What no scope of the token gives.
    Unavailable,
    /// Any one of these, each of which may be several scopes together.
    AnyOf(&'static [Grants]),
}

impl Asks {
    /// The permissions to grant. Where one of several is enough, what the run is about decides: the
    /// endpoints of issues serve pull requests, too. To read either is granted where that is not told.
    pub(super) fn grants(&self, scenario: &Scenario) -> Vec<(Scope, Level)> {
        match self.issue_or_pull_request() {
            Some((_, pull_request)) if scenario.is_about_pull_request() => pull_request.to_vec(),
            Some((issue, pull_request))
                if !writes(issue) && !scenario.tells_issue_from_pull_request() =>
            {
                [issue, pull_request].concat()
            }
            Some((issue, _)) => issue.to_vec(),
            None => match self {
                Self::AnyOf([first, ..]) => first.to_vec(),
                Self::AnyOf([]) | Self::Nothing | Self::Unavailable => Vec::new(),
            },
        }
    }

    /// Whether it is asked for the one scope or the other to write, and the run does not tell for which.
    pub(super) fn is_ambiguous(&self, scenario: &Scenario) -> bool {
        self.issue_or_pull_request().is_some_and(|(issue, _)| writes(issue))
            && !scenario.tells_issue_from_pull_request()
    }

    /// What is asked for of an issue, and what of a pull request, where that is not the same.
    fn issue_or_pull_request(&self) -> Option<(Grants, Grants)> {
        let Self::AnyOf(alternatives) = self else { return None };
        let with = |scope: Scope| {
            let holds = |one: &&Grants| one.iter().any(|(other, _)| *other == scope);
            alternatives.iter().find(holds).copied()
        };
        with(Scope::Issues).zip(with(Scope::PullRequests))
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
    let fits = |endpoint: &&Endpoint| {
        endpoint.method.eq_ignore_ascii_case(method) && leads_to(&parts(endpoint.path), wanted)
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
/// the name of a ref.
fn leads_to(endpoint: &[&str], wanted: &[&str]) -> bool {
    let is_parameter = |part: &str| part.starts_with('{');
    let is_open = endpoint.last().is_some_and(|last| is_parameter(last));
    let length = endpoint.len() == wanted.len() || is_open && endpoint.len() < wanted.len();
    let fits = |(part, wanted): (&&str, &&str)| {
        is_parameter(part) || part == wanted || wanted.contains(UNKNOWN)
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
        assert!(of_octokit("issues.createComment").is_some());
    }
}
