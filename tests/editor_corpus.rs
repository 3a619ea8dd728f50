//! The operations that the tool performs, on every workflow of the corpus, as it is and mutated: the
//! editor does each of them right or refuses, and it hardly ever refuses.

mod support;

use std::collections::BTreeMap;

use spec8_fix::yaml::{
    Change, Displaced, Document, Flow, NodeId, Operation, Path, Place, Plan, RewriteError, Value,
    ValueEntry, rewrite,
};

/// A text as other editors might have left it.
type Mutation = (&'static str, fn(&str) -> String);

const MUTATIONS: [Mutation; 6] = [
    ("plain", str::to_owned),
    ("crlf", |text| text.replace("\r\n", "\n").replace('\n', "\r\n")),
    ("bom", |text| format!("\u{feff}{}", text.trim_start_matches('\u{feff}'))),
    ("nofinal", |text| text.trim_end_matches(['\r', '\n']).to_owned()),
    ("comments", with_comments),
    ("wide", with_doubled_indentation),
];

/// A comment behind every third `uses`, and above every other key of a step.
fn with_comments(text: &str) -> String {
    let mut out = String::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let content = line.trim_end_matches(['\r', '\n']);
        let key = content.trim_start().trim_start_matches("- ");
        let pad = &content[..content.len() - content.trim_start().len()];
        let is_uses = key.starts_with("uses: ") && !content.contains('#');
        if is_uses && number % 2 == 0 {
            out.push_str(&format!("{pad}# ümlaut\tabove {number}\n"));
        }
        out.push_str(content);
        if is_uses && number % 3 == 0 {
            out.push_str(&format!("  # behind {number}"));
        }
        out.push_str(&line[content.len()..]);
    }
    out
}

fn with_doubled_indentation(text: &str) -> String {
    let double = |line: &str| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        format!("{}{line}", " ".repeat(blanks))
    };
    text.split_inclusive('\n').map(double).collect()
}

/// What the rules of the tool ask for, rule by rule.
type Task = (&'static str, fn(&Document) -> Vec<Operation>);

const TASKS: [Task; 9] = [
    ("pin", pin),
    ("top-level permissions", top_level_permissions),
    ("job permissions", |document| {
        in_jobs(document, "permissions", &permissions([("contents", "read"), ("pages", "write")]))
    }),
    ("environment", |document| {
        in_jobs(document, "environment", &Value::mapping([("name", "pypi")]))
    }),
    ("insert a step", insert_step),
    ("insert a step last", insert_step_last),
    ("remove an input", remove_inputs),
    ("narrow permissions", narrow_permissions),
    ("add an input", add_inputs),
];

fn jobs(document: &Document) -> Vec<(Path, NodeId)> {
    let Some(jobs) = document.root().and_then(|root| document.get(root, "jobs")) else {
        return Vec::new();
    };
    let job = |entry: &spec8_fix::yaml::Entry| (document.path(entry.value), entry.value);
    document.entries(jobs).iter().map(job).filter(|&(_, job)| document.is_mapping(job)).collect()
}

fn steps(document: &Document) -> Vec<(Path, NodeId)> {
    jobs(document)
        .into_iter()
        .filter_map(|(_, job)| document.get(job, "steps"))
        .flat_map(|steps| document.items(steps).iter().map(|&step| (document.path(step), step)))
        .collect()
}

fn permissions<const N: usize>(scopes: [(&str, &str); N]) -> Value {
    let entry = |(scope, access): (&str, &str)| {
        let mut entry = ValueEntry::new(scope, access);
        entry.comment = (access == "write").then(|| "to deploy".to_owned());
        entry
    };
    Value::Mapping(scopes.into_iter().map(entry).collect())
}

fn pin(document: &Document) -> Vec<Operation> {
    let sha = "11d5960a326750d5838078e36cf38b85af677262";
    steps(document)
        .into_iter()
        .chain(jobs(document))
        .filter_map(|(path, node)| {
            let uses = document.scalar(document.get(node, "uses")?)?;
            let name = uses.split_once('@')?.0;
            let at = path.key("uses");
            let text = "v4.4.0".to_owned();
            let comment = Change::SetComment { text, displaced: Displaced::Above };
            Some([
                Operation::everywhere(at.clone(), Change::SetScalar(format!("{name}@{sha}"))),
                Operation::everywhere(at, comment),
            ])
        })
        .flatten()
        .collect()
}

fn top_level_permissions(document: &Document) -> Vec<Operation> {
    let Some(root) = document.root() else { return Vec::new() };
    if document.get(root, "permissions").is_some() || document.get(root, "on").is_none() {
        return Vec::new();
    }
    let after = Place::After("on".to_owned());
    vec![Operation::insert(Path::root(), "permissions", permissions([("contents", "read")]), after)]
}

fn in_jobs(document: &Document, key: &str, value: &Value) -> Vec<Operation> {
    jobs(document)
        .into_iter()
        .filter(|&(_, job)| document.get(job, key).is_none())
        .map(|(path, job)| {
            let place = match document.get(job, "runs-on") {
                Some(_) => Place::After("runs-on".to_owned()),
                None => Place::Before("uses".to_owned()),
            };
            Operation::insert(path, key, value.clone(), place)
        })
        .collect()
}

fn insert_step(document: &Document) -> Vec<Operation> {
    insert_steps(document, |steps| steps - 1)
}

fn insert_step_last(document: &Document) -> Vec<Operation> {
    insert_steps(document, |steps| steps)
}

fn insert_steps(document: &Document, index: impl Fn(usize) -> usize) -> Vec<Operation> {
    let step = Value::mapping([("name", "Attest"), ("uses", "actions/attest@v2"), ("if", "true")]);
    jobs(document)
        .into_iter()
        .filter_map(|(path, job)| {
            let steps = document.items(document.get(job, "steps")?).len();
            let index = index(steps.max(1));
            let change = Change::InsertItem { index, value: step.clone() };
            Some(Operation::new(path.key("steps"), change))
        })
        .collect()
}

fn with_inputs(document: &Document) -> Vec<(Path, NodeId)> {
    let with = |(path, step): (Path, NodeId)| Some((path.key("with"), document.get(step, "with")?));
    steps(document).into_iter().filter_map(with).collect()
}

fn remove_inputs(document: &Document) -> Vec<Operation> {
    with_inputs(document)
        .into_iter()
        .filter_map(|(path, with)| {
            let first = document.entries(with).first()?;
            let password = document.entry(with, "password").unwrap_or(*first);
            Some(Operation::new(path.key(document.scalar(password.key)?), Change::Remove))
        })
        .collect()
}

fn add_inputs(document: &Document) -> Vec<Operation> {
    with_inputs(document)
        .into_iter()
        .filter(|&(_, with)| document.get(with, "attestations").is_none())
        .map(|(path, _)| Operation::insert(path, "attestations", Value::Boolean(true), Place::Last))
        .collect()
}

fn narrow_permissions(document: &Document) -> Vec<Operation> {
    let root = document.root().map(|root| (Path::root(), root));
    root.into_iter()
        .chain(jobs(document))
        .filter(|&(_, node)| {
            let permissions = document.get(node, "permissions");
            permissions.is_some_and(|node| document.flow(node) != Some(Flow::Block))
        })
        .map(|(path, _)| {
            let value = permissions([("contents", "read"), ("packages", "write")]);
            Operation::new(path.key("permissions"), Change::Replace(value))
        })
        .collect()
}

#[test]
fn no_operation_of_the_tool_goes_wrong_on_real_files() {
    let mut done = 0_usize;
    let mut faults = Vec::new();
    let mut refusals = BTreeMap::<String, Vec<String>>::new();
    // Without optimization, a part of the files has to do.
    let step = if cfg!(debug_assertions) { 11 } else { 1 };
    for file in support::corpus_files().into_iter().step_by(step) {
        let text = std::fs::read_to_string(&file).unwrap();
        for (mutation, mutate) in MUTATIONS {
            let Ok(document) = Document::parse(mutate(&text)) else { continue };
            let tasks = TASKS.map(|(name, task)| (name, task(&document)));
            let all = tasks.iter().flat_map(|(_, task)| task.iter().cloned()).collect();
            for (task, operations) in tasks.into_iter().chain([("all", all)]) {
                let operations: Vec<_> = operations;
                if operations.is_empty() {
                    continue;
                }
                let wanted = operations.into_iter().map(|operation| (task, operation));
                let plan = match Plan::new(&document, wanted) {
                    Ok(plan) => plan,
                    Err(conflict) => panic!("{}: {task}: {conflict}", file.display()),
                };
                let place = format!("{} ({mutation}, {task})", file.display());
                match rewrite(&document, &plan) {
                    Ok(_) => {}
                    Err(RewriteError::Refused(error)) => {
                        refusals
                            .entry(format!("{:?}", error.reason))
                            .or_default()
                            .push(format!("{place}: {error}"));
                    }
                    Err(error) => faults.push(format!("{place}: {error}")),
                }
                done += 1;
            }
        }
    }
    let refused: usize = refusals.values().map(Vec::len).sum();
    for (reason, places) in &refusals {
        println!("{reason}: {}", places.len());
        places.iter().for_each(|place| println!("  {place}"));
    }
    println!("{refused} of {done} refused");

    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(refused * 200 <= done, "{refused} of {done} refused");
}
