//! Files that SPEC 8 asks for, written for one project.
//!
//! Both are texts and no more: who asks for them writes them, and never over a file that is there.
//!
//! ```text
//! pyproject.toml --> Project --> publish_workflow --> pinned(resolver) --> .github/workflows/publish.yml
//! workflows --> publishing::Analysis --> release_docs --> RELEASING.md
//! ```

mod pinned;
mod project;
mod release_docs;
mod workflow;

pub use pinned::{Unpinned, pinned};
pub use project::{Backend, Project};
pub use release_docs::{publishers, release_docs};
pub use workflow::publish_workflow;

/// Where [`publish_workflow`] goes.
pub const PUBLISH_WORKFLOW: &str = ".github/workflows/publish.yml";

/// Where [`release_docs`] goes.
pub const RELEASE_DOCS: &str = "RELEASING.md";

/// The environment that SPEC 8 publishes packages in.
pub(crate) const ENVIRONMENT: &str = "publish-package";
