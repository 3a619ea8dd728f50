use super::super::{Dialect, Script, Statement, Word, parse};

/// What a script does, a line each: its commands with the variables in front that they are given.
fn does(text: &str) -> Vec<String> {
    let Script { statements, .. } = parse(text, Dialect::Python);
    let line = |statement| match statement {
        Statement::Command(command) => {
            let variables =
                command.variables.iter().map(|(name, it)| format!("{name}={}", it.shown()));
            let words = command.words.iter().map(Word::shown);
            variables.chain(words).collect::<Vec<_>>().join(" ")
        }
        Statement::Set { name, value } => format!("{name} := {}", value.shown()),
    };
    statements.into_iter().map(line).collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(does(text), expected, "{text}");
}

#[test]
fn programs_by_their_words() {
    check(
        "import subprocess\nsubprocess.run(['git', 'push', 'origin', tag])",
        &["git push origin …"],
    );
    check(
        "import subprocess as sp\nsp.check_call('git tag v1 && git push', shell=True)",
        &["git tag v1", "git push"],
    );
    check(
        "from subprocess import check_output as out\nx = out(('gh', 'pr', 'list'))",
        &["gh pr list"],
    );
    check("import os\nos.system(f'twine upload {path}')", &["twine upload …"]);
    check(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'twine', 'upload', 'dist/*'])",
        &["twine upload dist/*"],
    );
    check(
        "import shlex, subprocess\nsubprocess.run(shlex.split('git push'))\nsubprocess.run('gh pr list'.split())",
        &["git push", "gh pr list"],
    );
    check("import subprocess\ncmd = ['git', 'push'] + more\nsubprocess.run(cmd)", &["git push …"]);
    check(
        "import subprocess\nfor c in (['git', 'add'], ['git', 'push']):\n    subprocess.run(c)",
        &["git add", "git push"],
    );
    check("import subprocess\nsubprocess.run(commands[0])", &["…"]);
    check(
        "import subprocess\nprint('subprocess.run([\"git\", \"push\"])')  # subprocess.run(x)",
        &[],
    );
    check("import os\nos.execvp('gh', ['gh'])\nexec(text)", &["…", "…"]);
    check("import re\nre.compile('x').exec('git push')\nrun(['git', 'push'])", &[]);
}

#[test]
fn programs_that_asyncio_starts() {
    check(
        "import asyncio\nasync def main():\n    await asyncio.create_subprocess_exec('git', 'push')\n    await asyncio.subprocess.create_subprocess_shell('gh pr list')",
        &["git push", "gh pr list"],
    );
    check(
        "import importlib.machinery\nimportlib.machinery.SourceFileLoader('x', 'x.py').load_module()",
        &["…"],
    );
}

#[test]
fn programs_by_the_calls_of_the_function_around() {
    check(
        "import subprocess\ndef run(cmd, check=True):\n    return subprocess.run(cmd, check=check)\nrun(['git', 'push'])\nrun(cmd=['gh', 'pr', 'list'])",
        &["git push", "gh pr list"],
    );
    check(
        "import subprocess\ndef git(*args):\n    subprocess.check_call(['git', *args])\ngit('tag', 'v1')\ngit('push', f'v{x}')",
        &["git tag v1", "git push v…"],
    );
    check(
        "import subprocess\ndef push(remote='origin'):\n    subprocess.run(['git', 'push', remote])\npush()",
        &["git push origin"],
    );
    check("import subprocess\ndef main(cmd):\n    subprocess.run(cmd)", &["…"]);
}

#[test]
fn requests_by_method_and_address() {
    check(
        "import os, requests\nAPI = 'https://api.github.com'\nrepo = os.environ['GITHUB_REPOSITORY']\nrequests.post(f'{API}/repos/{repo}/issues', json={})",
        &["http POST https://api.github.com/repos/$GITHUB_REPOSITORY/issues $…"],
    );
    check(
        "import os, httpx\nclient = httpx.Client(headers={'Authorization': os.getenv('GH_TOKEN')})\nclient.patch('https://api.github.com/repos/' + name + '/pulls/1')",
        &["http PATCH https://api.github.com/repos/…/pulls/1 $…"],
    );
    check(
        "import requests\nwith requests.Session() as s:\n    s.request('DELETE', 'https://api.github.com/repos/{}/{}/issues/1'.format(a, b))",
        &["http DELETE https://api.github.com/repos/…/…/issues/1 $…"],
    );
    check(
        "from urllib.request import Request, urlopen\nreq = Request('https://api.github.com/repos/%s/releases' % name, data=b'', method='POST')\nurlopen(req)",
        &["http POST https://api.github.com/repos/…/releases $…"],
    );
    check(
        "import requests\nrequests.get('https://pypi.org/pypi/numpy/json').json().get('info')",
        &["http GET https://pypi.org/pypi/numpy/json"],
    );
    check(
        "import requests\nd = {}\nd.get(key)\nqueue.put(item)\napi.post(url)",
        &["http PUT … $…", "http POST … $…"],
    );
    check("d.get(key)\napi.post(url)", &[]);
    check(
        "import requests\nQUERY = 'mutation { addComment(input: {}) { x } }'\nrequests.post('https://api.github.com/graphql', json={'query': QUERY})",
        &["http POST https://api.github.com/graphql $… 'mutation { addComment(input: {}) { x } }'"],
    );
}

#[test]
fn requests_by_the_calls_of_the_function_around() {
    check(
        "import urllib.request, os\ndef api(method, path, data=None):\n    url = 'https://api.github.com' + path\n    r = urllib.request.Request(url, data=data, method=method)\n    return urllib.request.urlopen(r)\napi('GET', '/repos/o/r/pulls')\napi('POST', f'/repos/o/r/issues/{n}/comments', x)",
        &[
            "http GET https://api.github.com/repos/o/r/pulls $…",
            "http POST https://api.github.com/repos/o/r/issues/…/comments $…",
        ],
    );
    check(
        "import requests\nclass Api:\n    def __init__(self):\n        self.base = 'https://api.github.com'\n        self.s = requests.Session()\n    def send(self, method, path):\n        return self.s.request(method, f'{self.base}{path}')\nApi().send('PUT', '/repos/o/r/topics')",
        &["http PUT https://api.github.com/repos/o/r/topics $…"],
    );
}

#[test]
fn what_a_program_is_given_in_its_environment() {
    check(
        "import os, subprocess\nsubprocess.run(['gh', 'pr', 'list'], env={**os.environ, 'GH_TOKEN': os.environ['TOKEN']})",
        &["GH_TOKEN=$TOKEN gh pr list"],
    );
    check(
        "import os, subprocess\nenv = os.environ.copy()\nenv['GH_TOKEN'] = os.getenv('TOKEN')\nsubprocess.run(['gh', 'pr', 'list'], env=env)",
        &["GH_TOKEN=$… GITHUB_TOKEN=$… NODE_AUTH_TOKEN=$… gh pr list"],
    );
    check("import os\nos.environ['GH_TOKEN'] = os.environ['TOKEN']", &["GH_TOKEN := $TOKEN"]);
}

#[test]
fn modules_that_are_not_known() {
    check("import packaging.version", &[]);
    check("import packaging.release", &["import packaging.release"]);
    check(
        "import os, requests.adapters as a\nfrom pathlib import Path\nfrom __future__ import annotations",
        &[],
    );
    check(
        "import github\nfrom . import tools\nfrom ghapi.all import GhApi",
        &["import github", "import .", "import ghapi.all"],
    );
    let modules = super::MODULES.lines().filter(|line| !line.starts_with('#'));
    assert!(modules.is_sorted());
}

#[test]
fn lists_are_sorted() {
    for list in [super::requests::CLIENTS, super::HIDERS, super::FAMILIES] {
        assert!(list.is_sorted(), "{list:?}");
    }
}

#[test]
fn scripts_inside_scripts_of_a_shell() {
    for (text, expected) in [
        ("python -c 'import os; os.system(\"git push\")'", "git push"),
        ("python3 - <<'EOF'\nimport subprocess\nsubprocess.run(['git', 'push'])\nEOF", "git push"),
        (
            "python <<EOF\nimport requests\nrequests.post(\"https://api.github.com/repos/$REPO/issues\", headers=h)\nEOF",
            "http POST https://api.github.com/repos/${{ env.REPO }}/issues $…",
        ),
    ] {
        let script = parse(text, Dialect::Bash);
        let commands: Vec<_> = script
            .commands()
            .map(|it| it.words.iter().map(Word::shown).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(commands, [expected], "{text}");
    }
}

#[test]
fn none_is_no_data() {
    check(
        "from urllib.request import Request\ndef api(path, data=None):\n    Request('https://api.github.com' + path, data)\napi('/repos/o/r/pulls')\napi('/repos/o/r/issues', b'x')",
        &[
            "http GET https://api.github.com/repos/o/r/pulls $…",
            "http POST https://api.github.com/repos/o/r/issues $…",
        ],
    );
    check(
        "from urllib.request import Request\nRequest('https://api.github.com/x', None, headers)",
        &["http GET https://api.github.com/x $…"],
    );
}

#[test]
fn lists_that_hold_each_other_come_to_an_end() {
    let spread = "import subprocess\ncmd = ['git', 'push']\nif x: cmd = [*cmd, '--force']\nsubprocess.run(cmd)\n";
    assert!(does(spread).iter().any(|line| line == "git push"));
    let long = format!("import os\na{}(1)\n", ".b".repeat(60_000));
    check(&long, &[]);
    let nested = format!("{}1{}", "f(".repeat(2_000), ")".repeat(2_000));
    check(&nested, &[]);
}

#[test]
fn names_that_are_set_to_each_other_come_to_an_end() {
    let sets: String = (0..200).map(|at| format!("x = x + x + [x, {at}]\n")).collect();
    let script =
        format!("import subprocess\n{sets}def f(x):\n    f(f(x))\n    subprocess.run(x)\nf(x)\n");
    check(&script, &["…"]);
}
