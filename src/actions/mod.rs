//! What is known of actions: how a `uses:` names one, which commit a ref of it means, and what is
//! special about some of them.

pub mod advisory;
pub mod commit;
pub mod date;
pub mod decision;
pub mod definition;
pub mod index;
pub mod knowledge;
pub mod moved;
mod nearest;
pub mod need;
pub mod pin;
pub mod refs;
pub mod release;
pub mod repository;
pub mod standing;
#[cfg(test)]
mod table;
pub mod upgrade;
pub mod upload;
pub mod uses;
pub mod verdict;
pub mod version;

pub use advisory::{Advisory, VersionRange};
pub use commit::Commit;
pub use date::Date;
pub use decision::{Certainty, Decision, Input, Leave, Pin, Risk};
pub use definition::Definition;
pub use moved::{MovedTag, TagOf, Witness};
pub use refs::{Ref, RefKind, Refs, Source};
pub use release::{Release, Teller};
pub use repository::RepositoryName;
pub use standing::Standing;
pub use upgrade::{Range, Upgrade};
pub use uses::{ActionRef, GitRef, Uses};
pub use verdict::{Label, Verdict};
