//! The text of a pull request: read the snapshots as a maintainer would who has never heard of us.

use std::path::Path;

use spec8_fix::fix::{self, Options, Outcome};
use spec8_fix::load;
use spec8_fix::packages::Packages;
use spec8_fix::report::pull_request::{self, About};
use spec8_fix::resolve::BuiltIn;
use spec8_fix::rules::{RULES, Runs};

use crate::cli::{self, Repository};

fn outcome(repository: &Repository, allow_unsafe: bool) -> (Packages, Outcome) {
    let (repositories, errors) = load::discover(&[repository.root().to_owned()]);
    assert!(errors.is_empty(), "{errors:?}");
    let options = Options {
        rules: RULES.iter().filter(|rule| rule.runs == Runs::ByDefault).collect(),
        allow_unsafe,
        comment_permissions: false,
        exact_comments: false,
        accept_moved: Vec::new(),
        upgrade: None,
    };
    let packages = repositories[0].packages.clone();
    (packages, fix::run(repositories, &BuiltIn, &options))
}

fn text((packages, outcome): &(Packages, Outcome)) -> String {
    let mut clauses: Vec<_> = RULES.iter().map(|rule| rule.clause).collect();
    clauses.sort_unstable();
    clauses.dedup();
    let about = About {
        server: "https://github.com",
        repository: "weather-works/weather-report",
        base: "main",
        commit: "2f1cc4bf4a4b6b1c0c2f1a6f0a1d2b3c4d5e6f70",
        packages,
        clauses: &clauses,
    };
    pull_request::text(&about, outcome)
}

#[test]
fn a_busy_repository() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repositories");
    cli::snapshots().bind(|| {
        for (name, sample, allow_unsafe) in [
            ("pull-request", "python-package", false),
            ("pull-request-unsafe", "python-package", true),
            ("pull-request-calls", "actions-and-calls", true),
        ] {
            let repository =
                Repository::copy_of(&samples.join(sample)).named("weather-works/weather-report");
            insta::assert_snapshot!(name, text(&outcome(&repository, allow_unsafe)));
        }
    });
}

#[test]
fn hundreds_of_changes_stay_within_what_github_takes() {
    let steps = "      - uses: actions/checkout@v4\n      - uses: no-such/action@main\n".repeat(20);
    let job =
        |name: usize| format!("on: push\njobs:\n  job{name}:\n    runs-on: x\n    steps:\n{steps}");
    let path = |name: usize| format!(".github/workflows/workflow-with-a-long-name-{name}.yml");
    for number in [3, 20, 100, 400] {
        let repository = Repository::new((0..number).map(|name| (path(name), job(name))));
        let text = text(&outcome(&repository, false));
        let length = text.chars().count();
        assert!(length <= 60_000, "{number}: {length}");
        for part in ["| SPEC 8 |", "### Check before", "### Settings", "### To undo", "</details>"]
        {
            assert!(text.contains(part), "{number}: {part}");
        }
    }
}
