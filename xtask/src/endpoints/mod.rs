//! `data/endpoints.tsv`: which permission each REST endpoint asks of `GITHUB_TOKEN`.

mod app_permissions;
mod corrections;
mod documentation;
mod needs;
mod openapi;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use app_permissions::AppPermissions;
use documentation::Documentation;
use needs::{Level, Needs};
use openapi::{Endpoint, Operation};

use crate::{Fault, say};

/// Where the facts are.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// GitHub's documentation "Permissions required for GitHub Apps": the page as Markdown, or the
    /// file server-to-server-permissions.json that it is made from
    #[arg(long, value_name = "FILE")]
    docs: PathBuf,
    /// The unpacked npm package @octokit/app-permissions
    #[arg(long, value_name = "DIR")]
    app_permissions: PathBuf,
    /// The unpacked npm package @octokit/openapi
    #[arg(long, value_name = "DIR")]
    openapi: PathBuf,
}

/// The file of each Octokit package that speaks of github.com.
const GENERATED: &str = "generated/api.github.com.json";

const HEADER: &str = include_str!("header.txt");

/// Writes the table.
pub(crate) fn run(arguments: &Arguments, data: &Path) -> Result<(), Fault> {
    let documentation = Documentation::parse(&read(&arguments.docs)?)?;
    let app_permissions =
        AppPermissions::parse(&read(&arguments.app_permissions.join(GENERATED))?)?;
    let operations = openapi::parse(&read(&arguments.openapi.join(GENERATED))?)?;
    let rows = rows(&operations, &documentation, &app_permissions);
    let path = data.join("endpoints.tsv");
    fs::write(&path, table(&rows)).map_err(|error| format!("{}: {error}", path.display()))?;
    tell(&rows, &operations, &documentation);
    Ok(())
}

fn read(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Where a row was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Documentation,
    /// The documentation, and an alternative that only the other list has.
    Both,
    AppPermissions,
    OpenApi,
    /// This page says more than the lists do.
    Page(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Documentation => "documentation",
            Self::Both => "documentation, app-permissions",
            Self::AppPermissions => "app-permissions",
            Self::OpenApi => "openapi",
            Self::Page(address) => address,
        })
    }
}

struct Row<'a> {
    endpoint: &'a Endpoint,
    octokit: &'a str,
    needs: Needs,
    source: Source,
}

fn rows<'a>(
    operations: &'a BTreeMap<Endpoint, Operation>,
    documentation: &Documentation,
    app_permissions: &AppPermissions,
) -> Vec<Row<'a>> {
    let row = |(endpoint, operation): (&'a Endpoint, &'a Operation)| {
        let (needs, source) = corrections::of(endpoint)
            .or_else(|| listed(endpoint, documentation, app_permissions))
            .unwrap_or_else(|| (operation.needs(endpoint), Source::OpenApi));
        Row { endpoint, octokit: &operation.octokit, needs, source }
    };
    operations.iter().map(row).collect()
}

/// What the lists say. GitHub's documentation comes first: it is kept up to date and knows
/// alternatives; the other list was drawn from an older version of it.
fn listed(
    endpoint: &Endpoint,
    documentation: &Documentation,
    app_permissions: &AppPermissions,
) -> Option<(Needs, Source)> {
    let older = app_permissions.needs(endpoint);
    let Some(needs) = documentation.needs(endpoint) else {
        return Some((older?, Source::AppPermissions));
    };
    // Pull requests are issues, but a reaction to one asks for the scope of pull requests, which
    // the documentation left out: <https://github.com/MakieOrg/Makie.jl/pull/5644> tried it.
    for level in [Level::Read, Level::Write] {
        let [issues, pull_requests] = ["issues", "pull-requests"].map(|scope| (scope, level));
        let knows_both = older.as_ref().is_some_and(|older| {
            older.has_alternative(issues) && older.has_alternative(pull_requests)
        });
        if needs == Needs::one(issues) && knows_both {
            return Some((Needs::any([issues, pull_requests]), Source::Both));
        }
    }
    Some((needs, Source::Documentation))
}

fn table(rows: &[Row<'_>]) -> String {
    let mut out = HEADER.to_owned();
    for Row { endpoint: Endpoint { path, method }, octokit, needs, source } in rows {
        let _ = writeln!(out, "{method}\t{path}\t{octokit}\t{needs}\t{source}");
    }
    out
}

/// Tells what the table holds, and what in the sources found no place in it.
fn tell(
    rows: &[Row<'_>],
    operations: &BTreeMap<Endpoint, Operation>,
    documentation: &Documentation,
) {
    let mut counts = BTreeMap::new();
    for row in rows {
        let page = matches!(row.source, Source::Page(_));
        *counts
            .entry(if page { "a page".to_owned() } else { row.source.to_string() })
            .or_insert(0_usize) += 1;
    }
    say(&format!("{} endpoints", rows.len()));
    for (source, count) in counts {
        say(&format!("{count:6} from {source}"));
    }
    for endpoint in documentation.endpoints().filter(|endpoint| !operations.contains_key(endpoint))
    {
        say(&format!("documented, but not in the OpenAPI description: {endpoint}"));
    }
    for permission in documentation.without_scope() {
        say(&format!("taken for a permission that GITHUB_TOKEN has not: {permission}"));
    }
}

#[cfg(test)]
mod tests;
