//! Builds apart from publishing.

use super::{Rule, Runs, wants_nothing};
use crate::finding::{Clause, Facts, File, Finding, Remedy, Severity, View};
use crate::publishing::{Credential, Destination, Kind, Publishing, Upload};

const EXPLANATION: &str = "\
## What it does

Finds jobs that build packages and upload them to a package index, and shows how to split them.

## Why

What builds runs code of others: build backends, plug-ins, the install scripts of every dependency. In the
job that publishes, all of it can reach what the job publishes with, the token or the identity of a
trusted publisher, and can publish something else. In a job of its own it can spoil the packages
that it builds, and no more.

## Example

    jobs:
      release:
        permissions:
          id-token: write
        steps:
          - uses: actions/checkout@v4
          - run: python -m build
          - uses: pypa/gh-action-pypi-publish@release/v1

should be

    jobs:
      build:
        steps:
          - uses: actions/checkout@v4
          - run: python -m build
          - uses: actions/upload-artifact@v4
            with:
              name: dist
              path: dist/
      publish:
        needs: build
        permissions:
          id-token: write
        steps:
          - uses: actions/download-artifact@v4
            with:
              name: dist
              path: dist/
          - uses: pypa/gh-action-pypi-publish@release/v1

## What it does not decide

The split itself: what of a job belongs to which half is for a person to say. `cargo publish` and
`gem push` are left, for their registries' tools build what they upload.

## To silence it

`# spec8-fix: ignore[build-isolation]` on the line of the job's name or above it.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "build-isolation",
    clause: Clause::LeastPermissions,
    runs: Runs::ByDefault,
    summary: "build packages in another job than the one that publishes them",
    explanation: EXPLANATION,
    aliases: &[],
    replaces: &[],
    wants: wants_nothing,
    check,
};

fn check<'d>(file: &File<'d>, facts: &Facts<'d>) -> Vec<Finding> {
    let View::Workflow(workflow) = file.view else { return Vec::new() };
    let jobs = file.publishing(facts);
    let finding = |found: &Publishing<'d>| {
        let upload = found.uploads.iter().find(|upload| can_be_split(upload))?;
        let build = found.builds.first()?;
        let sees = match upload.credential {
            Credential::TrustedPublisher => "the identity of the trusted publisher",
            Credential::Token(_) | Credential::WorkflowToken => "the token",
            Credential::Unseen => "what it publishes with",
        };
        Some(Finding {
            rule: RULE.name,
            clause: RULE.clause,
            severity: Severity::Warning,
            span: workflow.document().span(found.job.key()),
            message: format!(
                "the job `{}` builds (line {}: {}) and {}, so that the build can reach {sees}",
                found.job.id(),
                build.line,
                build.actor,
                upload.evidence.what
            ),
            remedy: Remedy::Manual(split(&upload.to)),
        })
    };
    jobs.iter().filter_map(finding).collect()
}

/// Whether an upload takes what another job has built.
fn can_be_split(upload: &Upload<'_>) -> bool {
    let is_here = upload.at.step().is_some();
    let builds_itself = matches!(upload.to, Destination::CratesIo | Destination::RubyGems);
    is_here && !builds_itself && matches!(upload.kind(), Kind::Index | Kind::TestIndex)
}

/// The shape of the two jobs.
fn split(to: &Destination) -> String {
    let (pack, files, into) = match to {
        Destination::Npm | Destination::GitHubPackages => {
            ("\n    - run: npm pack", "\"*.tgz\"", "packages")
        }
        _ => ("", "dist/", "dist"),
    };
    format!(
        "let one job build and another publish, which alone has the credential:\n\
         build:\n  \
           steps: # those up to the build{pack}\n    \
             - uses: actions/upload-artifact\n      \
               with: {{ name: packages, path: {files} }}\n\
         publish:\n  \
           needs: build\n  \
           steps:\n    \
             - uses: actions/download-artifact\n      \
               with: {{ name: packages, path: {into}/ }}\n    \
             # the upload"
    )
}
