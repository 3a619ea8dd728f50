//! Scripts as workflows have them.

use proptest::prelude::*;

use super::*;

fn commands(text: &str, dialect: Dialect) -> Vec<String> {
    let script = parse(text, dialect);
    script
        .commands()
        .map(|command| command.words.iter().map(Word::shown).collect::<Vec<_>>().join(" "))
        .collect()
}

#[track_caller]
fn bash(text: &str, expected: &[&str]) {
    assert_eq!(commands(text, Dialect::Bash), expected, "{text}");
}

#[track_caller]
fn powershell(text: &str, expected: &[&str]) {
    assert_eq!(commands(text, Dialect::PowerShell), expected, "{text}");
}

#[test]
fn commands_are_found_wherever_they_stand() {
    bash("git push", &["git push"]);
    bash("# git push\necho 'git push' \"git push\" # git push", &["echo git push git push"]);
    bash("a && b || c; d | e &\nf", &["a", "b", "c", "d", "e", "f"]);
    bash("if a; then b; else c; fi", &["a", "b", "c"]);
    bash("for x in 1 2; do a $x; done; while b; do c; done", &["a $x", "b", "c"]);
    bash("case $x in y) a;; *) b;; esac", &["a", "b"]);
    bash("f() { a; }\nf", &["a"]);
    bash("f() { \"$@\"; }\nf b", &["…", "f b"]);
    bash("docker() { command docker -v; }\ndocker push", &["docker -v", "docker push"]);
    bash("x=$(a \"$(b)\")", &["a …", "b"]);
    bash("(a; b) > c", &["a", "b"]);
    bash("cat <<EOF\ngit push\nEOF", &["cat"]);
    bash("a \\\n  b \\\n  --c", &["a b --c"]);
}

#[test]
fn words_are_known_as_far_as_they_go() {
    bash("a 'b c' \"d $E\" f${G}h $(i) \\$j k\\ l", &["a b c d $E f$Gh … $j k l", "i"]);
    bash("a ${{ github.token }} '${{ x }}y'", &["a ${{ github.token }} ${{ x }}y"]);
    bash("${{ inputs.command }} b", &["${{ inputs.command }} b"]);
    bash(
        "a https://x:$TOKEN@github.com/${{ github.repository }}.git",
        &["a https://x:$TOKEN@github.com/${{ github.repository }}.git"],
    );
    bash("a $B/c/$D/e --f $G/h$I/j\nk $L/$M", &["a $B/c/$D/e --f $G/h$I/j", "k $L/$M"]);
    bash("a \" b\" \"c \\\" d\" $'e'", &["a  b c \" d e"]);
}

#[test]
fn commands_inside_commands_are_run() {
    bash("sudo -u me git push", &["git push"]);
    bash("env A=b timeout -k 5 10m bash -c 'git push --tags'", &["git push --tags"]);
    bash("bash -euxo pipefail -c \"a && b $C\"", &["a", "b $C"]);
    bash("eval git push", &["git push"]);
    bash("sh <<'EOF'\na\nb\nEOF", &["a", "b"]);
    bash("find . | xargs -n 1 twine upload", &["find .", "twine upload"]);
    bash("uv run --with twine twine upload x", &["twine upload x"]);
    bash("npx semantic-release@22 --x", &["semantic-release --x"]);
    bash("npx -y -p a b", &["b"]);
    bash("bash ./release.sh", &["bash ./release.sh"]);
    bash("poetry run", &["poetry run"]);
    bash("time", &["time"]);
}

#[test]
fn options_have_values() {
    let script = parse("c -X POST --method=PUT -XGET -q=1 --flag --no=false", Dialect::Bash);
    let command = script.commands().next().unwrap();
    let option = |names: &[&str]| command.option(names).map(|word| word.shown());
    assert_eq!(option(&["-X"]).as_deref(), Some("GET"));
    assert_eq!(option(&["--method"]).as_deref(), Some("PUT"));
    assert_eq!(option(&["-X", "--method"]).as_deref(), Some("GET"), "the last one counts");
    assert_eq!(option(&["-q"]).as_deref(), Some("1"));
    assert_eq!(option(&["--absent"]), None);
    assert!(command.has_option(&["--flag"]));
    assert!(!command.has_option(&["--no"]));
    assert!(!command.has_option(&["--fla"]));
}

#[test]
fn variables_and_input_are_told() {
    let script = parse(
        "export A=${{ secrets.B }}\nC=d e\necho \"$A\" | docker login\nf <<< g\nh <<X\ni $j\nX\n",
        Dialect::Bash,
    );
    let [
        Statement::Set { name, value },
        Statement::Command(e),
        _,
        Statement::Command(login),
        Statement::Command(f),
        Statement::Command(h),
    ] = &script.statements[..]
    else {
        panic!("{:?}", script.statements);
    };
    assert_eq!((name.as_str(), value.shown().as_str()), ("A", "${{ secrets.B }}"));
    assert_eq!(e.variables, [("C".to_owned(), Word::from("d"))]);
    let Some(Input::Pipe(words)) = &login.input else { panic!("{login:?}") };
    assert_eq!(words[1], Word::new([Piece::Variable("A".to_owned())]));
    assert_eq!(f.input, Some(Input::Text("g".into())));
    let Some(Input::Text(text)) = &h.input else { panic!("{h:?}") };
    assert_eq!((text.shown().as_str(), h.line), ("i $j\n", 4));
}

#[test]
fn powershell_is_read_in_its_own_way() {
    powershell(
        "git push origin \"v$v\" --force\ngh release upload $env:TAG dist/*.zip | Out-Null",
        &["git push origin v$v --force", "gh release upload $TAG dist/*.zip", "Out-Null"],
    );
    powershell(
        "& \"C:\\x\\tool.exe\" push -k '${{ secrets.K }}'",
        &["C:\\x\\tool.exe push -k ${{ secrets.K }}"],
    );
    powershell("if (Test-Path x) { a } else { b -c }", &["Test-Path x", "a", "b -c"]);
    let script = parse("$env:GH_TOKEN = \"${{ github.token }}\"\ngh pr list", Dialect::PowerShell);
    let Statement::Set { name, value } = &script.statements[0] else { panic!("{script:?}") };
    assert_eq!((name.as_str(), value.shown().as_str()), ("GH_TOKEN", "${{ github.token }}"));
    assert_eq!(
        parse("& \"C:\\x\\git.exe\" y", Dialect::PowerShell).commands().next().unwrap().name(),
        Some("git")
    );
}

proptest! {
    #[test]
    fn any_text_is_taken_apart(text in "[a-z$(){}\"'`|&;<> \n\\\\é]{0,60}", more: String) {
        for text in [&text, &more] {
            parse(text, Dialect::Bash);
            parse(text, Dialect::PowerShell);
            parse(text, Dialect::Python);
        }
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    assert!(parse("a 'b' && c", Dialect::Bash).is_whole);
    assert!(!parse("if a; then", Dialect::Bash).is_whole);
    let deep = format!("{}a{}", "$(".repeat(400), ")".repeat(400));
    parse(&deep, Dialect::Bash);
}

/// The grammar looks such characters up in a table that does not have them.
#[test]
fn any_character_may_stand_in_braces() {
    for text in ["{\u{e014d}", "a {1..2\u{e014d}", "{{9\u{2003}}", "${\u{e0103}"] {
        let script = parse(&format!("twine upload x\n{text}"), Dialect::Bash);
        assert_eq!(script.commands().next().and_then(|it| it.name()), Some("twine"), "{text}");
    }
    let script = parse("echo {\u{e014d}", Dialect::Bash);
    let words: Vec<_> = script.commands().flat_map(super::Command::arguments).collect();
    assert_eq!(words.first().and_then(|word| word.text()), Some("{\u{e014d}"));
}
