//! What rules take and give.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt;

use crate::actions::Upgrade;
use crate::publishing::{Analysis, Publishing};
use crate::resolve::Answers;
pub use crate::workflow::View;
use crate::workflow::{FileKind, RepositoryFiles};
use crate::yaml::{Document, Operation, Span};

/// A clause of SPEC 8, "Securing the Release Process":
/// <https://scientific-python.org/specs/spec-0008/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clause {
    /// Top-level `permissions: contents: read`; more only in the job that needs it.
    LeastPermissions,
    /// Every action by its full commit SHA, with the version in a comment.
    PinActions,
    /// The release process is written down, step by step.
    DocumentRelease,
    /// What publishes runs on a maintainer's deliberate act alone.
    IntentionalTrigger,
    /// More than one maintainer approves of a publish.
    MultipleApproval,
    /// Jobs that publish run in an environment, after a second maintainer's review.
    Environment,
    /// Dependabot keeps the commit SHAs current, as a reviewed process.
    Dependabot,
    /// What is published has an attestation of where it was built, which anybody can verify.
    Attestation,
    /// Trusted Publishers in place of tokens.
    TrustedPublishing,
}

impl Clause {
    /// The clause's short name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeastPermissions => "least-permissions",
            Self::PinActions => "pin-actions",
            Self::DocumentRelease => "document-release",
            Self::IntentionalTrigger => "intentional-trigger",
            Self::MultipleApproval => "multiple-approval",
            Self::Environment => "environment",
            Self::Dependabot => "dependabot",
            Self::Attestation => "attestation",
            Self::TrustedPublishing => "trusted-publishing",
        }
    }

    /// What the clause asks for, in one line.
    pub const fn asks(self) -> &'static str {
        match self {
            Self::LeastPermissions => "Each job has the permissions that it needs, and no more",
            Self::PinActions => "Actions are pinned to full commit SHAs",
            Self::DocumentRelease => "The release process is written down, step by step",
            Self::IntentionalTrigger => "What publishes runs on a maintainer's deliberate act",
            Self::MultipleApproval => "More than one maintainer approves of a release",
            Self::Environment => "Jobs that publish run in an environment",
            Self::Dependabot => "Dependabot keeps the pins current",
            Self::Attestation => "What is published has an attestation of where it was built",
            Self::TrustedPublishing => "Trusted Publishers in place of tokens",
        }
    }

    /// What a commit does that makes the fixes of the clause.
    pub const fn headline(self) -> &'static str {
        match self {
            Self::LeastPermissions => "Give workflows least permissions",
            Self::PinActions => "Pin actions to commits",
            Self::DocumentRelease => "Write down how a release is made",
            Self::IntentionalTrigger => "Publish on a deliberate act only",
            Self::MultipleApproval => "Let a second maintainer approve of releases",
            Self::Environment => "Publish in an environment",
            Self::Dependabot => "Let Dependabot keep actions current",
            Self::Attestation => "Attest where packages were built",
            Self::TrustedPublishing => "Publish by Trusted Publishers in place of tokens",
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something to know for who asks for it.
    Note,
    /// A clause of SPEC 8 is not met.
    Warning,
    /// Something is wrong now: a tag was moved, a commit is not the repository's own.
    Error,
}

/// A place where a file does not follow SPEC 8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static str,
    /// The clause that is not met.
    pub clause: Clause,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What is so, in one line.
    pub message: String,
    /// What can be done.
    pub remedy: Remedy,
}

/// What can be done about a [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The tool can put it right.
    Fix(Fix),
    /// The tool can put it right in two ways.
    Choice {
        /// The one that is made where unsafe fixes are allowed.
        bold: Fix,
        /// The one that is made elsewhere.
        safe: Fix,
    },
    /// A person must decide or act elsewhere: what exactly, and why the tool does not.
    Manual(String),
}

impl Remedy {
    /// The same, with a choice made: for the bold fix where unsafe ones are allowed.
    #[must_use]
    pub fn chosen(self, allow_unsafe: bool) -> Self {
        match self {
            Self::Choice { bold, .. } if allow_unsafe => Self::Fix(bold),
            Self::Choice { safe, .. } => Self::Fix(safe),
            remedy => remedy,
        }
    }
}

/// A change that puts a finding right: all of it or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to do, in one line.
    pub title: String,
    /// The operations on the file.
    pub operations: Vec<Operation>,
    /// How certain it is.
    pub applicability: Applicability,
    /// What the maintainer should know about it.
    pub note: Option<String>,
}

/// How certain it is that a fix does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// A correct run stays correct, on the evidence at hand; nothing outside the file has to happen.
    Safe,
    /// Right in most projects, but it could change or stop a run, or needs something outside the
    /// file: what.
    Unsafe(String),
}

/// A file as the rules see it.
#[derive(Debug)]
pub struct File<'d> {
    /// The path from the repository's root, with `/`.
    pub path: &'d str,
    /// The document.
    pub document: &'d Document,
    /// What the document is.
    pub view: View<'d>,
    publishing: OnceCell<Vec<Publishing<'d>>>,
}

impl<'d> File<'d> {
    /// Views a document as what it is said to be; `None` where it has no such content.
    pub fn new(path: &'d str, kind: FileKind, document: &'d Document) -> Option<Self> {
        let view = View::of(kind, document)?;
        Some(Self { path, document, view, publishing: OnceCell::new() })
    }

    /// The jobs that publish something: looked for once, however many rules ask.
    pub fn publishing(&self, facts: &Facts<'d>) -> &[Publishing<'d>] {
        self.publishing.get_or_init(|| match self.view {
            View::Workflow(workflow) => {
                Analysis::new(&facts.files, self.path, workflow).publishing()
            }
            View::Action(_) | View::Dependabot(_) => Vec::new(),
        })
    }
}

/// What was gathered before the rules run.
#[derive(Clone, Debug)]
pub struct Facts<'d> {
    /// The names of the rules that run.
    pub rules: BTreeSet<&'static str>,
    /// How to move forward to newer releases, where that is asked for.
    pub upgrade: Option<Upgrade>,
    /// What refs mean.
    pub answers: &'d Answers,
    /// The workflows and actions of the repository.
    pub files: RepositoryFiles<'d>,
    /// Whether new permissions say in a comment what they are for.
    pub comment_permissions: bool,
    /// Whether version comments that are right, but not exact, are to be made so.
    pub exact_comments: bool,
}
