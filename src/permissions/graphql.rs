//! Mutations of GitHub's GraphQL API, and the permissions that they ask for.

use super::endpoint::Asks;
use crate::workflow::{Level, Scope};

/// A mutation.
#[derive(Debug)]
pub(super) struct Mutation {
    pub(super) name: &'static str,
    pub(super) asks: Asks,
}

/// The mutations that a text of GraphQL may run, and whether all of them are known. A query only
/// reads, which a public repository grants to everyone.
pub(super) fn mutations(text: &str) -> (Vec<&'static Mutation>, bool) {
    if !names(text).any(|name| name == "mutation") {
        return (Vec::new(), true);
    }
    let known = names(text).filter_map(|name| MUTATIONS.iter().find(|known| known.name == name));
    let known: Vec<_> = known.collect();
    let all = !known.is_empty();
    (known, all)
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

include!(concat!(env!("OUT_DIR"), "/mutations.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_mutations_from_queries() {
        let found = |text| {
            let (known, all) = mutations(text);
            (known.iter().map(|known| known.name).collect::<Vec<_>>(), all)
        };
        assert_eq!(found("query { viewer { login } }"), (vec![], true));
        assert_eq!(
            found("mutation($id: ID!) { enablePullRequestAutoMerge(input: {}) { x } }"),
            (vec!["enablePullRequestAutoMerge"], true)
        );
        assert_eq!(found("mutation { brandNew { x } }"), (vec![], false));
    }
}
