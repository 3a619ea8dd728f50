use super::*;
use crate::shell::{Dialect, parse};

/// What the tasks of a command do, by the files of a project: each with its file and line, from 1.
fn done(command: &str, files: &[(&str, &str)]) -> Vec<String> {
    let script = parse(command, Dialect::Bash);
    let files = files.iter().copied().collect();
    let shown = |task: Task<'_>| {
        let (path, definitions) = task.find(None, &files)?;
        let shown = |it: &Definition| format!("{path}:{} {}", it.line + 1, it.script);
        Some(definitions.iter().map(shown).collect::<Vec<_>>())
    };
    script.commands().flat_map(tasks).filter_map(shown).flatten().collect()
}

#[test]
fn targets_of_make_with_what_they_stand_on() {
    let text = "\
PYTHON ?= python3
FILES := $(shell ls dist) # all
ifdef CI
  FLAGS = --quiet
endif
.PHONY: all release

all: build ; @echo $@

build: | clean
\t@$(PYTHON) -m build \\
\t  $(FLAGS)
# wheels

\t-rm -r $$TMP ${UNKNOWN}
clean:
release: build upload
upload: build
\ttwine upload $(FILES)
loop: loop
\t$(MAKE) loop
";
    let files = [("Makefile", text)];
    let build = "Makefile:11 python3 -m build \\\n--quiet\n\n\nrm -r $TMP ${UNKNOWN}";
    let with = |more: &[&'static str]| [&["Makefile:16 ", build][..], more].concat();
    assert_eq!(done("make", &files), with(&["Makefile:8 echo all"]));
    let upload = "Makefile:19 twine upload ${make}";
    assert_eq!(done("make -j 4 release VERSION=1", &files), with(&[upload, "Makefile:17 "]));
    assert_eq!(done("make loop", &files), ["Makefile:21 make loop"]);
    for other in ["make nothing", "make -f other.mk all", "make -C docs all", "make $TARGET"] {
        assert_eq!(done(other, &files), [""; 0], "{other}");
    }
    assert_eq!(done("make -C docs clean", &[("docs/Makefile", text)]), ["docs/Makefile:16 "]);
}

#[test]
fn scripts_of_node() {
    let text = r#"{
  "name": "release",
  "scripts": {
    "prerelease": "tsc",
    "release": "semantic-release",
    "test": "jest"
  }
}"#;
    let files = [("package.json", text), ("web/package.json", text)];
    let release = ["package.json:4 tsc", "package.json:5 semantic-release"];
    for command in ["npm run release", "npm run-script release -- -d", "yarn release"] {
        assert_eq!(done(command, &files), release, "{command}");
    }
    assert_eq!(done("npm test", &files), ["package.json:6 jest"]);
    assert_eq!(done("npm --prefix web test", &files), ["web/package.json:6 jest"]);
    for other in ["npm release", "npm ci", "npm run test -w a", "npm run nothing"] {
        assert_eq!(done(other, &files), [""; 0], "{other}");
    }
    assert_eq!(done("npm test", &[("package.json", "{")]), [""; 0]);
}

#[test]
fn environments_of_tox() {
    let text = "\
[tox]
commands = none
[testenv]
commands = pytest {posargs}
[testenv:release, upload]
deps =
    twine
commands =
    # all of it
    -{envpython} -m build
    cov: twine upload {posargs:dist/*}
passenv = TWINE_*
";
    let files = [("tox.ini", text)];
    let release = ["tox.ini:8 \n# all of it\npython -m build\ntwine upload dist/*"];
    assert_eq!(done("tox -e release", &files), release);
    assert_eq!(done("uvx --with tox-uv tox run -e upload", &files), release);
    assert_eq!(done("tox -e py312,py313", &files), ["tox.ini:4 pytest"; 2]);
    assert_eq!(done("tox", &files), [""; 0]);
    let legacy = format!("[tool.tox]\nlegacy_tox_ini = \"\"\"\n{text}\"\"\"\n");
    assert_eq!(done("tox -e x", &[("pyproject.toml", &legacy)]), ["pyproject.toml:5 pytest"]);
    let table = "\
[env_run_base]
commands = [['pytest', 'a b']]
[env.docs]
commands = [['mkdocs', 'gh-deploy']]
";
    let table = [("tox.toml", table)];
    assert_eq!(done("tox -e docs", &table), ["tox.toml:3 mkdocs gh-deploy"]);
    assert_eq!(done("tox -e lint", &table), ["tox.toml:1 pytest 'a b'"]);
}

#[test]
fn tasks_of_pyproject() {
    let text = "\
[tool.hatch.envs.docs.scripts]
deploy = ['build', 'mkdocs gh-deploy']
build = 'mkdocs build'
[tool.pdm.scripts]
pub = {composite = ['pub-check {args}', 'twine upload dist/*']}
pub-check = {cmd = ['twine', 'check', 'dist/*']}
[tool.poe.tasks]
note.shell = 'gh issue create'
[tool.pixi.tasks]
site = {cmd = 'ghp-import -p site', depends-on = ['make-site']}
make-site = 'sphinx-build . site'
";
    let files = [("pyproject.toml", text)];
    for (command, expected) in [
        ("hatch run docs:deploy", &["2 mkdocs build", "2 mkdocs gh-deploy"][..]),
        ("pdm run pub", &["5 twine check 'dist/*'", "5 twine upload dist/*"]),
        ("uv run poe note", &["8 gh issue create"]),
        ("pixi run site", &["10 sphinx-build . site", "10 ghp-import -p site"]),
        ("poetry run deploy", &[]),
        ("deploy", &[]),
        ("hatch run nothing", &[]),
    ] {
        let expected: Vec<_> = expected.iter().map(|it| format!("pyproject.toml:{it}")).collect();
        assert_eq!(done(command, &files), expected, "{command}");
    }
    assert_eq!(done("pdm run pub", &[("pyproject.toml", "[")]), [""; 0]);
}
