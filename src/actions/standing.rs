//! Where a commit stands in a repository.
//!
//! GitHub keeps the objects of a repository and of all its forks in one place, and gives a commit of
//! any of them under the name of each. So `actions/checkout@SHA` may run what nobody ever pushed to
//! `actions/checkout`: an impostor commit, see
//! <https://www.chainguard.dev/unchained/what-the-fork-imposter-commits-in-github-actions-and-ci-cd>.

use super::commit::Commit;

/// Where a commit stands in a repository that no ref of it points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is in the history of a branch or tag.
    Contained,
    /// It is there, but in the history of none: it comes from a fork, or a branch that held it was
    /// rewritten or deleted.
    Outside,
    /// There is no such commit.
    Missing,
    /// It is no commit, but the object of an annotated tag, which stands for this commit.
    TagOf(Commit),
    /// The repository was asked, and did not tell.
    Unknown,
}

impl Standing {
    /// Whether it stays so, whatever is pushed.
    pub fn is_for_good(self) -> bool {
        matches!(self, Self::Contained | Self::TagOf(_))
    }
}
