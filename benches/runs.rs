//! Whole runs, from start to exit, beside those of zizmor (`pip install zizmor`) over the same files.
//!
//! `SPEC8_FIX_BENCH=FOLDER cargo bench` measures over a folder of repositories of yours. For the peak of memory:
//! `/usr/bin/time -v target/release/spec8-fix --offline -q FOLDER`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench is run by a person, as a test is"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use spec8_fix::yaml::{Change, Displaced, Document, Operation, Path as Place, Plan, rewrite};

fn folder() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = std::env::var_os("SPEC8_FIX_BENCH").map(PathBuf::from);
    let shared = Some(here.join("../shared/corpus")).filter(|folder| folder.is_dir());
    given.or(shared).unwrap_or_else(|| here.join("tests/repositories"))
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
    black_box(command.status()).is_ok()
}

fn whole_runs(criterion: &mut Criterion) {
    let folder = folder();
    let ours = env!("CARGO_BIN_EXE_spec8-fix");
    let mut group = criterion.benchmark_group("all files of a folder");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("spec8-fix", |b| b.iter(|| run(ours, &["--offline"], &folder)));
    if run("zizmor", &["--version"], Path::new("")) || run("zizmor", &["--help"], Path::new("")) {
        let arguments = ["--offline", "--no-exit-codes", "-q"];
        group.bench_function("zizmor", |b| b.iter(|| run("zizmor", &arguments, &folder)));
    } else {
        println!("zizmor is not installed: nothing to compare with");
    }
    group.finish();

    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repositories/sample");
    criterion
        .bench_function("a small repository", |b| b.iter(|| run(ours, &["--offline"], &sample)));
}

/// A workflow of this many steps, each with an action to pin.
fn workflow(steps: usize) -> String {
    let step = "      - uses: actions/checkout@v4\n        with: {fetch-depth: 0}\n";
    format!(
        "on: push\n\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n{}",
        step.repeat(steps)
    )
}

fn editor(criterion: &mut Criterion) {
    let text = workflow(1_000);
    let document = Document::parse(text.as_str()).unwrap();
    let steps = Place::root().key("jobs").key("build").key("steps");
    let operations: Vec<_> = (0..1_000)
        .flat_map(|index| {
            let uses = steps.index(index).key("uses");
            let comment =
                Change::SetComment { text: "v4.4.0".to_owned(), displaced: Displaced::Above };
            let pinned = Change::SetScalar(format!("actions/checkout@{}", "0".repeat(40)));
            [Operation::new(uses.clone(), pinned), Operation::new(uses, comment)]
        })
        .map(|operation| ("bench", operation))
        .collect();
    criterion.bench_function("parse 1,000 steps", |b| b.iter(|| Document::parse(text.as_str())));
    criterion.bench_function("pin 1,000 steps, proven", |b| {
        b.iter(|| rewrite(&document, &Plan::new(&document, operations.clone()).unwrap()).unwrap());
    });
}

criterion_group!(benches, whole_runs, editor);
criterion_main!(benches);
