//! The places of a file that name an action or a reusable workflow, and how a pin is written there.

use std::collections::{BTreeSet, HashMap};

use super::{Rule, version_comment};
use crate::actions::{ActionRef, Commit, GitRef, Refs, Uses};
use crate::finding::{File, Finding, Remedy, Severity};
use crate::workflow::Step;
use crate::yaml::{Change, Displaced, Document, NodeId, Operation};

/// A `uses:` with the step that it stands in; a called workflow has none.
pub(super) struct Site<'d> {
    document: &'d Document,
    pub(super) node: NodeId,
    pub(super) step: Option<Step<'d>>,
    pub(super) uses: Uses<'d>,
}

/// Every `uses:` of a file.
pub(super) struct Sites<'d> {
    sites: Vec<Site<'d>>,
    /// How many actions stand on a line.
    on_line: HashMap<usize, usize>,
}

impl<'d> Sites<'d> {
    /// Finds them, each once: those that aliases share are one.
    pub(super) fn of(file: &File<'d>) -> Self {
        let document = file.document;
        let calls = file.view.calls().into_iter().map(|node| (node, None));
        let steps = file.view.steps().into_iter();
        let steps = steps.filter_map(|step| Some((step.uses()?, Some(step))));
        let mut seen = BTreeSet::new();
        let sites: Vec<_> = calls
            .chain(steps)
            .map(|(node, step)| (document.target(node), step))
            .filter(|&(node, _)| seen.insert(node))
            .filter_map(|(node, step)| {
                let uses = Uses::parse(document.scalar(node)?.trim());
                Some(Site { document, node, step, uses })
            })
            .collect();
        let mut on_line = HashMap::new();
        for site in sites.iter().filter(|site| site.action().is_some()) {
            *on_line.entry(site.line()).or_default() += 1;
        }
        Self { sites, on_line }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Site<'d>> {
        self.sites.iter()
    }

    /// Those that name an action or workflow of some repository, with its name taken apart.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&Site<'d>, &ActionRef<'d>)> {
        self.sites.iter().filter_map(|site| Some((site, site.action()?)))
    }

    /// Whether other actions stand on the same line, so that its comment may speak of them.
    pub(super) fn is_crowded(&self, site: &Site<'_>) -> bool {
        self.on_line.get(&site.line()).is_some_and(|&count| count > 1)
    }

    /// The version that the comment of a site says it is.
    pub(super) fn claimed(&self, site: &Site<'d>) -> Option<&'d str> {
        match version_comment::said(site.comment()) {
            version_comment::Said::Version { text, .. } if !self.is_crowded(site) => Some(text),
            _ => None,
        }
    }

    /// What a rule finds at a site. A fix that writes a comment needs a line of its own.
    pub(super) fn finding(
        &self,
        rule: &Rule,
        site: &Site<'_>,
        severity: Severity,
        (message, remedy): (String, Remedy),
    ) -> Finding {
        let remedy = match remedy {
            Remedy::Fix(fix) | Remedy::Choice { bold: fix, .. }
                if self.is_crowded(site) && fix.operations.iter().any(sets_comment) =>
            {
                Remedy::Manual(
                    "another `uses` stands on the same line, and each needs its version behind \
                     it: give each step a line of its own"
                        .to_owned(),
                )
            }
            remedy => remedy,
        };
        Finding {
            rule: rule.name,
            clause: rule.clause,
            severity,
            span: site.document.span(site.node),
            message,
            remedy,
        }
    }
}

fn sets_comment(operation: &Operation) -> bool {
    matches!(operation.change, Change::SetComment { .. })
}

impl<'d> Site<'d> {
    fn action(&self) -> Option<&ActionRef<'d>> {
        match &self.uses {
            Uses::Repository(action) => Some(action),
            _ => None,
        }
    }

    /// Its text, without blanks around it.
    pub(super) fn text(&self) -> &'d str {
        self.document.scalar(self.node).unwrap_or_default().trim()
    }

    /// The line that it ends on.
    fn line(&self) -> usize {
        self.document.source().line_of(self.document.span(self.node).end)
    }

    /// The comment at the end of the line that a version goes to.
    pub(super) fn comment(&self) -> Option<&'d str> {
        let document = self.document;
        let line = match document.style(self.node) {
            // Behind a block scalar's header, for below it all is text.
            Some(style) if style.is_block() => {
                document.source().line_of(document.span(self.node).start)
            }
            _ => self.line(),
        };
        document.trailing_comment(line).map(|comment| document.comment_text(comment))
    }

    /// The operations that pin it to a commit, with this version in the comment. The same action is
    /// wanted wherever an alias shares the step.
    pub(super) fn pin(&self, commit: Commit, version: &str) -> Vec<Operation> {
        vec![self.set_commit(commit), self.name(version)]
    }

    /// The operation that makes this commit its ref.
    pub(super) fn set_commit(&self, commit: Commit) -> Operation {
        let text = self.document.scalar(self.node).unwrap_or_default();
        let from = text.find('@').map_or(text.len(), |at| at + 1);
        self.set_part(from, text.len(), commit.to_string())
    }

    /// The operation that puts another repository, `owner/name`, in the place of its own.
    pub(super) fn set_repository(&self, repository: &str) -> Operation {
        let text = self.document.scalar(self.node).unwrap_or_default();
        let from = text.len() - text.trim_start().len();
        let own = self.action().map_or(0, |action| action.repository().to_string().len());
        self.set_part(from, from + own, repository.to_owned())
    }

    fn set_part(&self, from: usize, to: usize, text: String) -> Operation {
        let path = self.document.path(self.node);
        Operation::everywhere(path, Change::SetPart { from, to, text })
    }

    /// The operation that puts a version into its comment.
    pub(super) fn name(&self, version: &str) -> Operation {
        let (text, displaced) = version_comment::with_version(self.comment(), version);
        self.set_comment(text, displaced)
    }

    /// The operation that makes this its comment.
    pub(super) fn set_comment(&self, text: String, displaced: Displaced) -> Operation {
        let path = self.document.path(self.node);
        Operation::everywhere(path, Change::SetComment { text, displaced })
    }
}

/// Whether a ref is the abbreviation of a commit SHA, as far as is known: no tag or branch has that
/// name.
pub(super) fn is_abbreviated(action: &ActionRef<'_>, refs: Option<&Refs>) -> bool {
    let GitRef::ShortSha(digits) = action.git_ref else { return false };
    refs.is_none_or(|refs| refs.refs.iter().all(|entry| entry.name != digits))
}
