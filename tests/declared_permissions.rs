//! What is inferred against what maintainers declared: `docs/declared-permissions.tsv` names every job that differs,
//! and says why.
//!
//! All `permissions` are taken out of the workflows of the corpus, and the program writes them anew, with `--unsafe`.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/cli.rs"]
mod cli;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cli::Repository;
use spec8_fix::workflow::{Level, Permissions, Scope, Workflow};
use spec8_fix::yaml::{Change, Document, NodeId, Operation, Plan, rewrite};

/// A row of the list without the reason: state, repository, workflow, job, scope, declared, inferred.
type Row = [String; 7];

/// The rows of the list, each with its reason.
fn listed() -> Vec<(Row, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/declared-permissions.tsv");
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let columns: Vec<_> = line.split('\t').map(str::to_owned).collect();
        let [row @ .., why] = &columns[..] else { panic!("an empty line") };
        (Row::try_from(row.to_vec()).unwrap_or_else(|_| panic!("{line}")), why.clone())
    };
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

#[test]
fn the_list_is_sorted_and_every_row_has_a_reason() {
    let rows = listed();
    assert!(rows.iter().map(|(row, _)| row).is_sorted());
    for ([_, _, _, _, scope, declared, inferred], why) in &rows {
        assert!(Scope::ALL.iter().any(|known| known.name() == scope), "{scope}");
        let levels = [declared, inferred];
        assert!(levels.iter().all(|it| ["none", "read", "write"].contains(&it.as_str())));
        assert!(declared != inferred && !why.trim().is_empty(), "{scope}: {why}");
    }
}

#[test]
fn every_job_that_differs_is_listed() {
    let files = support::corpus_files();
    let repository = |file: &PathBuf| {
        let above = file.ancestors().find(|above| above.ends_with(".github"))?;
        above.parent().map(Path::to_owned)
    };
    let repositories: BTreeSet<_> = files.iter().filter_map(repository).collect();
    let found: BTreeSet<Row> = repositories.iter().flat_map(|it| differences(it)).collect();
    if found.is_empty() {
        return;
    }
    let listed: BTreeSet<Row> = listed().into_iter().map(|(row, _)| row).collect();
    let shown = |rows: BTreeSet<&Row>| {
        rows.into_iter().map(|row| row.join("\t") + "\n").collect::<String>()
    };
    let (new, gone) = (found.difference(&listed).collect(), listed.difference(&found).collect());
    let (new, gone) = (shown(new), shown(gone));
    assert!(new.is_empty() && gone.is_empty(), "not listed:\n{new}listed, but the same:\n{gone}");
}

/// The jobs of a repository that get other permissions than they had.
fn differences(folder: &Path) -> Vec<Row> {
    let repository = Repository::copy_of(folder);
    let workflows: Vec<_> = cli::files_below(repository.root())
        .into_iter()
        .filter(|path| path.parent() == Some(Path::new(".github/workflows")))
        .collect();
    let mut declared = Vec::new();
    for path in workflows {
        let Ok(text) = fs::read_to_string(repository.path(&path)) else { continue };
        let Ok(document) = Document::parse(&text) else { continue };
        let jobs = permissions(&document, false);
        if !jobs.is_empty()
            && let Some(without) = without_permissions(&document)
        {
            repository.write(&path, without.text());
            declared.push((path, jobs));
        }
    }
    let rules = "workflow-permissions,job-permissions";
    repository.run(&format!("--write --unsafe --select {rules}"));
    let mut rows = Vec::new();
    for (path, declared) in declared {
        let document = Document::parse(repository.read(&path)).unwrap();
        let inferred = permissions(&document, true);
        for (job, declared) in declared {
            let Some(inferred) = inferred.get(&job) else { continue };
            for scope in Scope::ALL {
                let level = |of: &Levels| of.get(scope.name()).copied().unwrap_or(Level::None);
                let (declared, inferred) = (level(&declared), level(inferred));
                // `contents: read` is every workflow's.
                let is_default = |one: Level| scope == Scope::Contents && one <= Level::Read;
                if declared == inferred || is_default(declared) && is_default(inferred) {
                    continue;
                }
                rows.push([
                    name_of(folder.parent().unwrap()),
                    name_of(folder).replace('+', "/"),
                    name_of(&path),
                    job.clone(),
                    scope.name().to_owned(),
                    declared.name().to_owned(),
                    inferred.name().to_owned(),
                ]);
            }
        }
    }
    rows
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The level of each scope that is named.
type Levels = BTreeMap<String, Level>;

/// What the jobs of a workflow may do that declare it, scope by scope, or whose workflow does.
fn permissions(document: &Document, written: bool) -> BTreeMap<String, Levels> {
    let Ok(Some(workflow)) = Workflow::new(document) else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    for job in workflow.jobs() {
        let Some(node) = job.permissions_node().or_else(|| workflow.permissions_node()) else {
            continue;
        };
        let levels = match Permissions::read(document, node) {
            Ok(Permissions::Scopes(grants)) => {
                grants.iter().map(|grant| (grant.scope.to_owned(), grant.level)).collect()
            }
            other if written => panic!("{other:?} was written"),
            _ => continue,
        };
        found.insert(job.id().to_owned(), levels);
    }
    found
}

/// The workflow without its permissions; `None` where they cannot be taken out.
fn without_permissions(document: &Document) -> Option<Document> {
    let workflow = Workflow::new(document).ok()??;
    let of_jobs = workflow.jobs().filter_map(|job| job.permissions_node());
    let nodes: Vec<NodeId> = workflow.permissions_node().into_iter().chain(of_jobs).collect();
    let remove = |node| ("test", Operation::new(document.path(node), Change::Remove));
    let plan = Plan::new(document, nodes.into_iter().map(remove)).ok()?;
    rewrite(document, &plan).ok()
}
