//! What the project's own programs and scripts need.

use super::shell::GH;
use super::*;

#[test]
fn the_project_itself_is_no_doubt() {
    for command in
        ["make", "pytest -x", "tox -e py312", "cargo test", "./build.sh", "npm run build"]
    {
        need(&format!("- uses: actions/checkout@v4\n- run: {command}"), "default");
    }
}

#[test]
fn scripts_of_the_repository_by_what_they_do() {
    let needs = |script: &str, steps: &str| {
        needs_of(&[
            (WORKFLOW, workflow("push", steps)),
            ("tools/release.sh", format!("#!/bin/bash\n{script}\n")),
        ])
    };
    let with_token = "- run: bash tools/release.sh v1\n  env: {GH_TOKEN: \"${{ github.token }}\"}";
    let certain = |scopes: &str| (scopes.to_owned(), None);
    assert_eq!(needs("gh release create \"$1\"", with_token), certain("contents: write"));
    assert_eq!(needs("gh issue create", with_token), certain("issues: write"));
    assert_eq!(needs("note() { echo $1; }\nnote x", with_token), certain("default"));
    let folder = "- uses: actions/checkout@v4\n- run: ./release.sh\n  working-directory: tools";
    assert_eq!(needs("git push", folder), certain("contents: write"));
    assert_eq!(needs("make wheels", folder), certain("default"));
    let moved = |text: &str| {
        let steps = "- uses: actions/checkout@v4\n- run: ./release.sh";
        let defaults = "defaults:\n  run:\n    working-directory: ./tools\n";
        let files = [
            (WORKFLOW, format!("{defaults}{}", workflow("push", steps))),
            ("tools/release.sh", text.to_owned()),
        ];
        needs_of(&files)
    };
    assert_eq!(moved("git push"), certain("contents: write"));
    let other = "- uses: actions/checkout@v4\n  with: {repository: own/er}\n";
    let (block, doubt) = needs("gh issue create", &format!("{other}{with_token}"));
    assert!(block == "contents: write" && doubt.is_some(), "{block}");
    // What is not understood of it stays a doubt.
    let (block, doubt) = needs("gh issue create\npython tools/notify.py", with_token);
    assert_eq!(block, "issues: write");
    let doubt = doubt.unwrap();
    assert!(
        doubt.contains("tools/release.sh line 3: `python tools/notify.py` is handed"),
        "{doubt}"
    );
    let (_, doubt) = needs("case x in", with_token);
    assert!(doubt.unwrap().contains("cannot be read in whole"));
    let handed = "- run: tools/release.sh ${{ github.token }}";
    assert!(needs("echo \"$1\"", handed).1.unwrap().contains("is handed the token"));
    let loops = "tools/release.sh\ngh issue create";
    assert_eq!(needs(loops, with_token).0, "issues: write");
}

#[test]
fn scripts_that_hand_on_the_word_to_publish_are_a_doubt() {
    let without = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
    let needs = |command: &str, script: &str| {
        let steps = format!("{without}\n- run: {command}");
        needs_of(&[(WORKFLOW, workflow("push", &steps)), ("build.sh", script.to_owned())])
    };
    let hands_on = "\"$PYTHON\" -m tool \"$@\"\n";
    let doubt = needs("./build.sh publish", hands_on).1.unwrap();
    assert!(doubt.contains("a token of OpenID Connect, for it is given no other"), "{doubt}");
    assert_eq!(needs("./build.sh test", hands_on).1, None);
    assert_eq!(needs("./build.sh publish", "make dist\n").1, None);
}

#[test]
fn scripts_of_python_by_what_they_do() {
    let needs = |script: &str, command: &str, token: &str| {
        let steps = format!(
            "- uses: actions/checkout@v4\n- run: {command}\n  env: {{{token}: '${{{{ github.token }}}}'}}"
        );
        needs_of(&[
            (WORKFLOW, workflow("push", &steps)),
            ("tools/notify.py", format!("import os, requests, subprocess\n{script}\n")),
        ])
    };
    let certain = |scopes: &str| (scopes.to_owned(), None);
    let run = "python tools/notify.py";
    let post = "requests.post(f\"https://api.github.com/repos/{os.environ['GITHUB_REPOSITORY']}/issues\", headers={'Authorization': os.environ['TOKEN']})";
    assert_eq!(needs(post, run, "TOKEN"), certain("contents: read, issues: write"));
    assert_eq!(
        needs(post, "uv run tools/notify.py --all", "TOKEN"),
        certain("contents: read, issues: write")
    );
    let gh = "subprocess.run(['gh', 'release', 'create', tag])";
    assert_eq!(needs(gh, run, "GH_TOKEN"), certain("contents: write"));
    let handed = "subprocess.run(['gh', 'issue', 'create'], env={'GH_TOKEN': os.environ['TOKEN']})";
    assert_eq!(needs(handed, run, "TOKEN"), certain("contents: read, issues: write"));
    assert_eq!(needs("subprocess.run(['git', 'push'])", run, "X"), certain("contents: write"));
    assert_eq!(needs("print('git push')", run, "GH_TOKEN"), certain("default"));
    let argument = "import sys\nrequests.post('https://api.github.com/repos/o/r/issues', headers={'Authorization': sys.argv[1]})";
    assert_eq!(
        needs(argument, "python tools/notify.py ${{ github.token }}", "X"),
        certain("contents: read, issues: write")
    );
    for (script, doubt) in [
        ("import github", "tools/notify.py line 2: `import github` is handed the token"),
        ("requests.post(url)", "line 2: `http POST …` sends the token to an address that is not"),
        ("subprocess.run(command)", "line 2: `…` is hidden by a variable, and is handed the token"),
        ("exec(code)", "is hidden by a variable"),
        ("def f(:", "does what is not followed here"),
    ] {
        let (block, said) = needs(script, run, "TOKEN");
        assert_eq!(block, "default", "{script}");
        let script = format!("{script}\nos.environ['TOKEN']");
        let said = said.or_else(|| needs(&script, run, "TOKEN").1).unwrap();
        assert!(said.contains(doubt), "{said}");
    }
    let release = |script: &str| {
        let steps = "- uses: actions/checkout@v4\n- run: python tools/release.py";
        let script = format!("import os\n{script}\n");
        needs_of(&[(WORKFLOW, workflow("push", steps)), ("tools/release.py", script)]).1
    };
    assert_eq!(release("print(os.getcwd())"), None);
    assert!(release("import project").unwrap().contains("its name says `release`"));
    let written = "- shell: python\n  run: |\n    import requests\n    requests.post('https://api.github.com/repos/o/r/issues', headers={'Authorization': 'Bearer ${{ github.token }}'})";
    need(written, "issues: write");
    let settings = "import sys\nTOKEN = sys.argv\nrequests.put('https://api.github.com/repos/o/r/pulls/1/merge', headers=h)";
    assert_eq!(needs(settings, run, "ANY"), certain("contents: write"));
    let inline = "- run: |\n    import os\n    os.system('gh release create v1')\n  shell: python\n  env: {GH_TOKEN: '${{ github.token }}'}";
    need(inline, "contents: write");
    need(
        "- run: python -c 'import os; os.system(\"gh issue create\")'\n  env: {GH_TOKEN: '${{ github.token }}'}",
        "issues: write",
    );
}

/// Each uses the token in a way that is not followed.
#[test]
fn scripts_of_python_that_hide_what_they_do_are_a_doubt() {
    let auth = "headers={'Authorization': os.environ['GH_TOKEN']}";
    let address = "'https://api.github.com/repos/o/r/issues'";
    for script in [
        "def git(args): subprocess.run(['git'] + args)\ngit(['push'])",
        "cmd = ['git']; cmd.append('push'); subprocess.run(cmd)",
        "cmd = ['git']\ncmd += ['push']\nsubprocess.run(cmd)",
        "import sys\nsubprocess.run(['git', *sys.argv[1:]])",
        "run = subprocess.run\nrun(['gh', 'issue', 'create'])",
        "import functools\nrun = functools.partial(subprocess.run, check=True)\nrun(['gh', 'issue', 'create'])",
        "import asyncio\nasyncio.to_thread(subprocess.run, ['gh', 'issue', 'create'])",
        "from subprocess import *\nrun(['gh', 'issue', 'create'])",
        "getattr(subprocess, 'run')(['gh', 'issue', 'create'])",
        &format!("getattr(requests, method)({address}, {auth})"),
        &format!("{{'post': requests.post}}[method]({address}, {auth})"),
        &format!("send = requests.post if x else requests.patch\nsend({address}, {auth})"),
        &format!(
            "from urllib.request import Request, urlopen\nr = Request({address}, {auth})\nr.data = b'x'\nurlopen(r)"
        ),
        &format!(
            "from urllib.request import Request\nr = Request({address}, {auth})\nr.get_method = lambda: 'DELETE'"
        ),
        "s = requests.Session()\ns.put(pr['url'] + '/merge')",
        "s = make()\ns.put(pr['url'] + '/merge')",
        "requests.post('https://bot.example.com/hook', json={'token': os.environ['GH_TOKEN']})",
        "os.environ.update({'GITHUB_TOKEN': x})\nsubprocess.run(['gh', 'issue', 'create'])",
        "commands = [['gh', 'issue', 'create']]\nfor cmd in commands: subprocess.run(cmd)\ncmd = ['ls']",
        "def run(cmd): subprocess.run(cmd)\nrun(['ls'])\npool(run, [['gh', 'issue', 'create']])",
        "import pty\npty.spawn(['gh', 'issue', 'create'])",
        "import importlib.util\nimportlib.util.spec_from_file_location('x', 'y.py')",
    ] {
        let steps = "- uses: actions/checkout@v4\n- run: python tools/x.py\n  env: {GH_TOKEN: '${{ github.token }}'}";
        let script_file = format!("import os, requests, subprocess\n{script}\n");
        let files = [(WORKFLOW, workflow("push", steps)), ("tools/x.py", script_file)];
        assert!(needs_of(&files).1.is_some(), "{script}");
    }
}

#[test]
fn the_project_itself_is_a_doubt_where_it_could_use_credentials() {
    for (command, reason) in [
        ("make release", "its name says `release`"),
        ("npm run deploy", "its name says `deploy`"),
        ("./scripts/push_docs.sh", "its name says `push`"),
        ("python tools/bump.py", "its name says `bump`"),
    ] {
        doubtful(&format!("- uses: actions/checkout@v4\n- run: {command}"), "default", reason);
        let without = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
        need(&format!("{without}\n- run: {command}"), "default");
    }
    let without = "- uses: actions/checkout@v4\n  with: {persist-credentials: false}";
    let login = "- uses: docker/login-action@v3\n  with: {registry: ghcr.io, username: x, password: '${{ github.token }}'}";
    let other = "- uses: actions/checkout@v4\n  with: {token: '${{ secrets.PAT }}'}";
    let reason = "may use another token of GitHub's than the workflow's";
    doubtful(&format!("{other}\n- run: make release"), "default", reason);
    let given = |name: &str| {
        format!("{without}\n- run: make release\n  env: {{{name}: '${{{{ secrets.X }}}}'}}")
    };
    doubtful(&given("GH_RELEASE_TOKEN"), "default", reason);
    need(&given("TWINE_PASSWORD"), "default");
    let publishes = format!("{without}\n- run: just publish dist");
    doubtful(&publishes, "default", "a token of OpenID Connect, for it is given no other");
    need(&format!("{publishes}\n  env: {{TOKEN: '${{{{ secrets.PYPI }}}}'}}"), "default");
    for publishes in ["./Publish.sh", "./publish.sh \"$VERSION\"", "$GITHUB_WORKSPACE/publish.sh"] {
        let steps = format!("{without}\n- run: {publishes}");
        doubtful(&steps, "default", "a token of OpenID Connect, for it is given no other");
    }
    let publish =
        format!("{without}\n- run: ./build.sh publish\n  env: {{GH: '${{{{ secrets.PAT }}}}'}}");
    let environment = "    environment: {name: pypi, url: 'https://pypi.org/p/x'}\n    steps:";
    let pypi = workflow("release", &publish).replace("    steps:", environment);
    let (block, doubt) = needs_of(&[(WORKFLOW, pypi)]);
    assert_eq!(block, "contents: read, id-token: write");
    assert!(doubt.unwrap().contains("it is given no other"));
    let pushes = format!("{without}\n{login}\n- run: ./tool image push x");
    doubtful(&pushes, "contents: read, packages: write", "the login to GitHub's package registry");
    let builds = format!("{without}\n{login}\n- run: ./tool image build x");
    need(&builds, "default");
    doubtful(&format!("- run: make docs{GH}"), "default", "is handed the token in `GH_TOKEN`");
    doubtful("- run: make docs T=${{ github.token }}", "default", "is handed the token");
    doubtful(&format!("- run: $TOOL docs{GH}"), "default", "is hidden by a variable");
    for source in ["source", "."] {
        let reads = |file: &str| format!("- run: {source} {file}{GH}");
        doubtful(&reads("tools/report.sh"), "default", "is handed the token in `GH_TOKEN`");
        need(&reads(".venv/bin/activate"), "default");
    }
    need(&format!("- run: mkdir -p docs && ls{GH}"), "default");
}
