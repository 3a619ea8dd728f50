//! What commands do with a token, from `data/commands.toml` and `data/gh-commands.tsv` to the statics
//! of `src/permissions/command/table.rs`.

use std::fmt::Write as _;

use serde::Deserialize;

use super::endpoints::asks_source;
use super::needs::{Doubt, Need, Token, completes, token_source};
use super::uploads::{Upload, destination_source, uploads_source};
use super::{Fault, line, read, rows, slice, table, toml};

const COMMANDS: &str = "data/commands.toml";
const GH: &str = "data/gh-commands.tsv";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Commands {
    needs_nothing: Vec<String>,
    modules: Vec<String>,
    cmdlets: Vec<String>,
    builds: Vec<String>,
    login: Vec<Login>,
    publisher: Vec<toml::Spanned<Publisher>>,
    command: Vec<toml::Spanned<Command>>,
}

/// A command that uploads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publisher {
    words: String,
    #[expect(dead_code, reason = "for people; that it is there is checked")]
    source: String,
    uploads: Vec<Upload>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

/// A command that keeps a token for later ones.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    words: String,
    to: String,
    #[serde(default)]
    with: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    words: String,
    #[expect(dead_code, reason = "for people; that it is there is checked")]
    source: String,
    token: Option<Token>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    doubts: Vec<Doubt>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

/// The source of the statics.
pub(super) fn source() -> Result<String, Fault> {
    let mut out = String::new();
    commands(&mut out)?;
    gh(&mut out)?;
    Ok(out)
}

fn commands(out: &mut String) -> Result<(), Fault> {
    let text = read(COMMANDS)?;
    let parsed: Commands = toml(COMMANDS, &text)?;
    let cmdlets: Vec<_> = parsed.cmdlets.iter().map(|name| name.to_ascii_lowercase()).collect();
    for (key, names) in [
        ("needs-nothing", &parsed.needs_nothing),
        ("modules", &parsed.modules),
        ("cmdlets", &cmdlets),
    ] {
        if !names.is_sorted_by(|one, next| one < next) {
            return Err(format!("{COMMANDS}: `{key}` is not sorted, or says something twice"));
        }
    }
    let programs = slice(parsed.needs_nothing.iter().map(|words| words_source(words)));
    let _ = writeln!(out, "static NEEDS_NOTHING: &[&[&str]] = {programs};");
    let _ = writeln!(out, "static MODULES: &[&str] = &{:?};", parsed.modules);
    let _ = writeln!(out, "static CMDLETS: &[&str] = &{cmdlets:?};");
    let mut entries = Vec::new();
    for command in parsed.command {
        let at = line(&text, command.span().start);
        let command = command.into_inner();
        let publishes = parsed.publisher.iter().any(|it| it.get_ref().words == command.words);
        let entry = command_source(&command, publishes);
        entries.push(entry.map_err(|fault| format!("{COMMANDS}:{at}: {fault}"))?);
    }
    out.push_str(&table("COMMANDS", "Known", &entries));
    Ok(())
}

/// The source of the statics of `src/publishing/table.rs`.
pub(super) fn publishing() -> Result<String, Fault> {
    let text = read(COMMANDS)?;
    let parsed: Commands = toml(COMMANDS, &text)?;
    let told = |fault| format!("{COMMANDS}: {fault}");
    let mut entries = Vec::new();
    for publisher in parsed.publisher {
        let at = line(&text, publisher.span().start);
        let entry = publisher_source(&publisher.into_inner());
        entries.push(entry.map_err(|fault| format!("{COMMANDS}:{at}: {fault}"))?);
    }
    let mut out = table("PUBLISHERS", "Publisher", &entries);
    let logins = parsed.login.iter().map(login_source).collect::<Result<Vec<_>, _>>();
    out.push_str(&table("LOGINS", "Login", &logins.map_err(told)?));
    let builds = slice(parsed.builds.iter().map(|words| words_source(words)));
    let _ = writeln!(out, "static BUILDS: &[&[&str]] = {builds};");
    Ok(out)
}

fn words_source(words: &str) -> String {
    format!("&{:?}", words.split(' ').collect::<Vec<_>>())
}

fn publisher_source(publisher: &Publisher) -> Result<String, Fault> {
    Ok(format!(
        "Publisher {{ words: {}, uploads: {}, flags: &{:?}, unless: &{:?} }}",
        words_source(&publisher.words),
        uploads_source(&publisher.uploads)?,
        publisher.flags,
        publisher.unless,
    ))
}

fn login_source(login: &Login) -> Result<String, Fault> {
    Ok(format!(
        "Login {{ words: {}, to: {}, with: {:?} }}",
        words_source(&login.words),
        destination_source(&login.to)?,
        login.with,
    ))
}

fn command_source(command: &Command, publishes: bool) -> Result<String, Fault> {
    if command.needs.iter().any(Need::has_unless) {
        return Err(format!("`{}`: `unless` speaks of the whole command", command.words));
    }
    let needs = command
        .needs
        .iter()
        .map(|need| need.source(command.token.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let doubts = command.doubts.iter().map(Doubt::source).collect::<Result<Vec<_>, _>>()?;
    Ok(format!(
        "Known {{ words: &{:?}, token: {}, needs: {}, doubts: {}, flags: &{:?}, unless: &{:?}, publishes: {publishes} }}",
        command.words.split(' ').collect::<Vec<_>>(),
        token_source(command.token.as_ref())?,
        slice(needs),
        slice(doubts),
        command.flags,
        command.unless,
    ))
}

fn gh(out: &mut String) -> Result<(), Fault> {
    let mut entries = Vec::new();
    rows(GH, &read(GH)?, |[command, flags, needs, _, also, why, _]| {
        completes(why)?;
        let does = match needs {
            "endpoint" => "Does::CallsEndpoint".to_owned(),
            "unknown" => "Does::RunsAnything".to_owned(),
            needs => format!("Does::Asks({})", asks_source(needs, command.starts_with("issue "))?),
        };
        let (without, flags) = match flags.strip_prefix('!') {
            Some(flags) => (true, flags),
            None => (false, flags),
        };
        let flags: Vec<_> = flags.split('|').filter(|flag| !flag.is_empty()).collect();
        for name in [command].into_iter().chain(also.split('|').filter(|name| !name.is_empty())) {
            let words: Vec<_> = name.split(' ').collect();
            entries.push(format!(
                "Gh {{ words: &{words:?}, flags: &{flags:?}, without: {without}, does: {does}, why: {why:?} }}"
            ));
        }
        Ok(())
    })?;
    out.push_str(&table("GH", "Gh", &entries));
    Ok(())
}
