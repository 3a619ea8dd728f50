//! From refs to commits: who is asked, what is asked, what comes back.
//!
//! One run asks once: everything that its workflows want goes into one [`Wanted`], so that an
//! implementation can make the fewest requests possible. The interface is synchronous; an
//! implementation that needs a runtime owns it.

mod answers;
mod api;
pub mod builtin;
mod cache;
mod definition;
mod endpoints;
mod failure;
mod git;
mod network;
mod patience;
mod raw;
mod registry;
mod session;
mod settings;
mod token;
mod transport;
mod wanted;

pub use answers::{Answers, ImageDigest, NoDigest, Notice, Unresolved};
pub use api::graphql::{Page, Question, definitions_query, query};
pub use builtin::BuiltIn;
pub use definition::{NoDefinition, Source};
pub use endpoints::{BaseUrl, Endpoints, InvalidEndpoint};
pub use network::{Network, Progress};
pub use settings::{Limits, Settings, TokenSource};
pub use token::{Secret, Token};
pub use wanted::{Wanted, Wish};

pub(crate) use api::Api;
pub(crate) use failure::{Failure, one_line};
pub(crate) use patience::Patience;
pub(crate) use session::usable_token;
pub(crate) use transport::{Answer, client};

/// A source of refs.
pub trait Resolve {
    /// Answers for every repository wanted.
    fn resolve(&self, wanted: &Wanted<'_>) -> Answers;

    /// The host of the GitHub that is asked, where any is.
    fn host(&self) -> Option<&str> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{RepositoryName, Uses};

    #[test]
    fn answers_in_any_case() {
        let uses = ["PYPA/cibuildwheel@v2", "no-such/action@v1"];
        let wanted = uses.into_iter().filter_map(|text| match Uses::parse(text) {
            Uses::Repository(action) => Some(action),
            _ => None,
        });
        let answers = BuiltIn.resolve(&wanted.collect());
        let find = |text| answers.get(RepositoryName::parse(text).unwrap());
        assert_eq!(find("pypa/CIBuildWheel").unwrap().repository, "pypa/cibuildwheel");
        assert_eq!(find("No-Such/action"), Err(&Unresolved::NotInIndex));
        assert_eq!(find("actions/checkout"), Err(&Unresolved::NotAsked));
    }
}
