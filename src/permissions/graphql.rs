//! What GitHub's GraphQL API asks for: mutations by the table, queries by the objects that they read.

use super::endpoint::Asks;
use super::frame::Frame;
use super::job::{Site, Walk};
use crate::expression::Carries;
use crate::workflow::{Level, Scope};

/// A mutation.
#[derive(Debug)]
struct Mutation {
    name: &'static str,
    asks: Asks,
}

/// The fields of a query behind which objects stand that take a permission to read in a private repository, as
/// their endpoints of the REST API do: <https://docs.github.com/en/graphql/reference/objects#repository>.
const READ: &[(&str, Scope, &str)] = &[
    ("closedByPullRequestsReferences", Scope::PullRequests, "pull requests"),
    ("closingIssuesReferences", Scope::Issues, "issues"),
    ("discussion", Scope::Discussions, "discussions"),
    ("discussions", Scope::Discussions, "discussions"),
    ("issue", Scope::Issues, "issues"),
    ("issueOrPullRequest", Scope::Issues, "issues"),
    ("issueOrPullRequest", Scope::PullRequests, "pull requests"),
    ("issues", Scope::Issues, "issues"),
    ("pullRequest", Scope::PullRequests, "pull requests"),
    ("pullRequests", Scope::PullRequests, "pull requests"),
];

impl<'d> Walk<'_, 'd> {
    /// What a text of GraphQL needs; whether all of it is known.
    pub(super) fn graphql(
        &mut self,
        text: &str,
        actor: &str,
        carries: Carries,
        frame: &Frame<'_>,
        site: Site<'d>,
    ) -> bool {
        if !is_mutation(text) {
            for (scope, objects) in read_by(text) {
                let evidence = site.evidence(actor, &format!("reads {objects} by a query"));
                self.need_with(carries, &[(scope, Level::Read)], site, &evidence);
            }
            return true;
        }
        let mut known = mutations(text).peekable();
        let is_known = known.peek().is_some();
        for mutation in known {
            let evidence = site.evidence(actor, &format!("runs the mutation {}", mutation.name));
            self.asks(&mutation.asks, carries, frame, site, &evidence);
        }
        is_known
    }
}

fn is_mutation(text: &str) -> bool {
    names(text).any(|(name, _)| name == "mutation")
}

/// The mutations that a text runs, as far as they are known.
fn mutations(text: &str) -> impl Iterator<Item = &'static Mutation> {
    names(text).filter_map(|(name, _)| MUTATIONS.iter().find(|known| known.name == name))
}

/// The scopes for the objects that a query reads, each with what they are called.
fn read_by(text: &str) -> impl Iterator<Item = (Scope, &'static str)> {
    // A field with arguments or with a selection of its own; other words may stand beside the query.
    let fields = names(text).filter(|(_, rest)| rest.trim_start().starts_with(['(', '{']));
    fields.flat_map(|(name, _)| {
        let known = READ.iter().filter(move |(field, ..)| *field == name);
        known.map(|&(_, scope, objects)| (scope, objects))
    })
}

/// The names in a text, each with what stands behind it.
fn names(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = &rest[rest.find(is_part)?..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        rest = behind;
        Some((name, behind))
    })
}

include!(concat!(env!("OUT_DIR"), "/mutations.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_mutations_from_queries() {
        let found = |text| mutations(text).map(|known| known.name).collect::<Vec<_>>();
        assert!(!is_mutation("query { viewer { login } }"));
        let text = "mutation($id: ID!) { enablePullRequestAutoMerge(input: {}) { x } }";
        assert!(is_mutation(text));
        assert_eq!(found(text), ["enablePullRequestAutoMerge"]);
        assert_eq!(found("mutation { brandNew { x } }"), [""; 0]);
    }

    #[test]
    fn finds_the_objects_that_a_query_reads() {
        let found = |text| read_by(text).map(|(scope, _)| scope).collect::<Vec<_>>();
        let query = "query($n: Int!) { repository(owner: $o) { pullRequest(number: $n) { closingIssuesReferences(first: 9) { nodes { number } } } } }";
        assert_eq!(found(query), [Scope::PullRequests, Scope::Issues]);
        assert_eq!(found("{ repository { issues { totalCount } } }"), [Scope::Issues]);
        let either = "{ repository { issueOrPullRequest(number: 1) { id } } }";
        assert_eq!(found(either), [Scope::Issues, Scope::PullRequests]);
        assert_eq!(found("--jq .data.repository.issue.number"), []);
        assert_eq!(found("query { repository(name: \"issue\") { id } }"), []);
    }
}
