//! The changes that take a token out of a job.

use crate::actions::upload::Destination;
use crate::rules::new_step::{NewAction, in_front_of};
use crate::rules::upload_step;
use crate::shell::Command;
use crate::workflow::{self, Step};
use crate::yaml::{Change, Document, Entry, NodeId, Operation, Value, ValueEntry};

/// A job, and the step in it that uploads.
pub(super) struct Job<'j, 'd> {
    pub(super) document: &'d Document,
    pub(super) job: &'j workflow::Job<'d>,
    pub(super) step: Step<'d>,
}

impl<'d> Job<'_, 'd> {
    /// Takes away inputs and variables that hold a token (`password`, `env.TWINE_PASSWORD`), the user
    /// that belongs to it, and variables that carried it to an input.
    ///
    /// # Errors
    ///
    /// What stands where the tool does not take it away.
    pub(super) fn without(&self, tokens: &[&str], also: &[&str]) -> Result<Vec<Operation>, String> {
        let mut operations = Vec::new();
        let mut gone = Vec::new();
        let mut carriers = Vec::new();
        if tokens.is_empty() {
            return Err("an earlier command keeps the token: take that away".to_owned());
        }
        for name in tokens {
            if let Some(variable) = name.strip_prefix("env.") {
                carriers.push(variable.to_owned());
                continue;
            }
            let Some(node) = self.step.input(name) else {
                return Err(format!("take `{name}` out of the command, with what belongs to it"));
            };
            carriers.extend(variable_of(self.document.scalar(node).unwrap_or_default()));
            gone.push(node);
        }
        gone.extend(also.iter().filter_map(|name| self.step.input(name)));
        for &node in &gone {
            operations.push(Operation::new(self.document.path(node), Change::Remove));
        }
        for variable in carriers {
            let is_own = tokens.iter().any(|it| it.strip_prefix("env.") == Some(&variable));
            operations.extend(self.without_variable(&variable, is_own, &gone)?);
        }
        Ok(operations)
    }

    /// Takes away what a job or workflow sets for a step that becomes an action, where nothing else reads it.
    pub(super) fn without_leftovers(&self, tokens: &[&str]) -> Vec<Operation> {
        let own = self.step.get("env");
        let is_outside =
            |variable: &&str| own.is_none_or(|env| self.document.entry(env, variable).is_none());
        let variables = tokens.iter().filter_map(|token| token.strip_prefix("env."));
        let gone = variables.filter(is_outside).map(|it| self.without_variable(it, true, &[]));
        gone.filter_map(Result::ok).flatten().collect()
    }

    /// Takes a variable away where only the upload reads it; `is_own` tells that it must go, for the upload
    /// itself reads it.
    fn without_variable(
        &self,
        variable: &str,
        is_own: bool,
        gone: &[NodeId],
    ) -> Result<Vec<Operation>, String> {
        let document = self.document;
        let root = document.root().unwrap_or(self.job.node());
        let scopes = [self.step.node(), self.job.node(), root];
        let found = scopes.into_iter().find_map(|scope| {
            Some((scope, document.entry(document.get(scope, "env")?, variable)?))
        });
        let Some((scope, entry)) = found else {
            return Err(format!(
                "take `{variable}` away, which is not set by an `env:` of the workflow"
            ));
        };
        if self.is_read_elsewhere(variable, scope, entry, gone) {
            return match is_own {
                true => Err(format!(
                    "`{variable}` is for other steps, too: take it away where they need it no more"
                )),
                false => Ok(Vec::new()),
            };
        }
        let mut entries = vec![entry];
        let user = ["PASSWORD", "TOKEN"].iter().find_map(|end| variable.strip_suffix(end));
        let user = user.map(|start| format!("{start}USERNAME")).filter(|_| is_own);
        let user = user.and_then(|user| document.entry(document.get(scope, "env")?, &user));
        entries.extend(user);
        let remove = |entry: Entry| Operation::new(document.path(entry.value), Change::Remove);
        Ok(entries.into_iter().map(remove).collect())
    }

    /// Whether a variable's name stands anywhere in its scope, other than where it is set and in what goes;
    /// or, where the scope is wider than the step, whether other steps may read it unseen.
    fn is_read_elsewhere(
        &self,
        variable: &str,
        scope: NodeId,
        entry: Entry,
        gone: &[NodeId],
    ) -> bool {
        let document = self.document;
        let is_free =
            |node: NodeId| node == entry.key || node == entry.value || gone.contains(&node);
        let mut nodes = document.nodes().filter(|&node| document.is_within(node, scope));
        let is_named = nodes.any(|node| {
            !is_free(node) && document.scalar(node).is_some_and(|text| has_word(text, variable))
        });
        let root = document.root();
        let jobs = root.and_then(|root| document.get(root, "jobs"));
        let other_jobs = jobs.map_or(0, |jobs| document.entries(jobs).len()) > 1;
        let uploads = |step: &Step<'_>| {
            step.node() != self.step.node()
                && step.text("run").is_some_and(|text| {
                    ["twine", "publish", "push", "upload", "release", "deploy"]
                        .iter()
                        .any(|word| has_word(text, word))
                })
        };
        let is_wide = Some(scope) == root && other_jobs;
        let may_be_read = scope != self.step.node() && self.job.steps().iter().any(uploads);
        is_named || is_wide || may_be_read
    }

    /// Whether a tool that proves by itself which workflow it runs in will do so after these changes: where
    /// it is told a user, it asks for a password, and `uv` can be told not to try.
    ///
    /// # Errors
    ///
    /// What else has to go.
    pub(super) fn logs_in_by_itself(
        &self,
        command: &Command,
        changes: &[Operation],
    ) -> Result<(), String> {
        const USERS: [&str; 3] =
            ["UV_PUBLISH_USERNAME", "MATURIN_USERNAME", "PDM_PUBLISH_USERNAME"];
        let document = self.document;
        let gone = |what: &str| Err(format!("take {what} away, too, with the token"));
        if command.option(&["-u", "--username"]).is_some() {
            return gone("`--username`");
        }
        if command.option(&["--trusted-publishing"]).is_some_and(|it| it.text() == Some("never")) {
            return gone("`--trusted-publishing never`");
        }
        let scopes = [Some(self.step.node()), Some(self.job.node()), document.root()];
        let set = scopes.into_iter().flatten().flat_map(|scope| {
            let env = document.get(scope, "env");
            USERS.iter().filter_map(move |user| Some((user, document.entry(env?, user)?)))
        });
        let is_kept = |entry: &Entry| {
            let path = document.path(entry.value);
            !changes.iter().any(|change| change.at == path)
        };
        let mut kept = set.filter(|(_, entry)| is_kept(entry)).map(|(user, _)| *user);
        let inline = || {
            let names = command.variables.iter().map(|(name, _)| name.as_str());
            USERS.into_iter().find(|user| names.clone().any(|name| name == *user))
        };
        kept.next().or_else(inline).map_or(Ok(()), |user| gone(&format!("`{user}`")))
    }

    /// A step in front of the upload.
    ///
    /// # Errors
    ///
    /// Why there is no room for it.
    pub(super) fn new_step(
        &self,
        action: &NewAction,
        more: Vec<ValueEntry>,
    ) -> Result<Operation, String> {
        let mut entries = vec![action.entry()];
        entries.extend(more);
        entries.extend(self.step.text("if").map(|text| ValueEntry::new("if", text)));
        in_front_of(self.document, self.job, self.step, entries)
    }

    /// Gets a token of crates.io in a step of its own.
    ///
    /// # Errors
    ///
    /// Why a person has to do it.
    pub(super) fn crates_io(
        &self,
        action: &NewAction,
        tokens: &[&str],
    ) -> Result<Vec<Operation>, String> {
        const TOKEN: &str = "CARGO_REGISTRY_TOKEN";
        let document = self.document;
        let env = self.step.get("env").and_then(|env| document.get(env, TOKEN));
        let value = env.filter(|_| matches!(tokens, ["env.CARGO_REGISTRY_TOKEN"]));
        let Some(value) = value else {
            return Err("the token is not in the step's own `env:`".to_owned());
        };
        let steps = self.job.steps();
        let publishing = steps
            .iter()
            .filter(|step| step.text("run").is_some_and(|text| text.contains("cargo publish")));
        if publishing.count() > 1 {
            return Err("several steps upload, for which one token is enough".to_owned());
        }
        if steps.iter().any(|step| step.text("id") == Some("auth")) {
            return Err("another step has the ID `auth`".to_owned());
        }
        let new = self.new_step(action, vec![ValueEntry::new("id", "auth")])?;
        let change = Change::SetScalar("${{ steps.auth.outputs.token }}".to_owned());
        Ok(vec![new, Operation::new(document.path(value), change)])
    }

    /// Makes the action of PyPI of a step that does nothing but upload with twine.
    ///
    /// # Errors
    ///
    /// Why a person has to do it.
    pub(super) fn twine(
        &self,
        action: &NewAction,
        to: &Destination,
    ) -> Result<Vec<Operation>, String> {
        let document = self.document;
        let runner = self.job.get("runs-on").and_then(|node| document.scalar(node));
        if !runner.is_some_and(|name| name.starts_with("ubuntu"))
            || self.job.get("container").is_some()
        {
            return Err("PyPI's action runs on Linux alone, outside a container".to_owned());
        }
        let more = "the step does more than to upload with twine";
        let script = upload_step::only_uploading(self.step, &["twine"]).ok_or(more)?;
        let uploads = script.commands().filter(|it| upload_step::uploads_with(it, "twine"));
        let [upload] = uploads.collect::<Vec<_>>()[..] else { return Err(more.to_owned()) };
        let folder = self.step.working_directory();
        let mut with = inputs(upload, folder, to)?;
        with.sort_by_key(|entry| entry.key != "repository-url");
        let goes = ["run", "shell", "working-directory", "env"];
        let stays = ["name", "id", "if", "continue-on-error"];
        let mut entries = Vec::new();
        for entry in document.entries(self.step.node()) {
            let key = document.scalar(entry.key).unwrap_or_default();
            match (document.scalar(entry.value), document.style(entry.value)) {
                (Some(text), Some(style)) if stays.contains(&key) => {
                    let value = match text {
                        "true" | "false" => Value::Boolean(text == "true"),
                        _ if style.is_block() => Value::from(text),
                        _ => Value::Styled(style, text.to_owned()),
                    };
                    entries.push(ValueEntry { key: key.to_owned(), value, comment: None });
                }
                _ if goes.contains(&key) => {}
                _ => {
                    return Err(format!(
                        "the step has `{key}`, which is not known to fit the action"
                    ));
                }
            }
        }
        let env = self.step.get("env").map_or(&[][..], |env| document.entries(env));
        let is_twine = |entry: &Entry| {
            document.scalar(entry.key).is_some_and(|name| name.starts_with("TWINE_"))
        };
        if !env.iter().all(is_twine) {
            return Err("the step sets variables that are not twine's".to_owned());
        }
        entries.push(action.entry());
        if !with.is_empty() {
            let value = Value::Mapping(with);
            entries.push(ValueEntry { key: "with".to_owned(), value, comment: None });
        }
        let at = document.path(document.target(self.step.node()));
        Ok(vec![Operation::new(at, Change::Replace(Value::Mapping(entries)))])
    }
}

/// The variable that an expression hands on: `NAME` of `${{ env.NAME }}`.
fn variable_of(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix("${{")?.strip_suffix("}}")?.trim();
    Some(inner.strip_prefix("env.")?.to_owned())
}

fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c: char| !is_part(c)).any(|part| part == word)
}

/// The inputs of the action for what a command says.
fn inputs(
    upload: &Command,
    folder: Option<&str>,
    to: &Destination,
) -> Result<Vec<ValueEntry>, String> {
    let mut with = Vec::new();
    if *to == Destination::TestPyPi {
        with.push(ValueEntry::new("repository-url", "https://test.pypi.org/legacy/"));
    }
    let mut folders = Vec::new();
    let start = upload.words.iter().position(|word| word.text() == Some("upload"));
    let mut words = upload.words.iter().skip(start.map_or(0, |at| at + 1));
    while let Some(word) = words.next() {
        match word.text() {
            Some(
                "-u" | "--username" | "-p" | "--password" | "-r" | "--repository"
                | "--repository-url",
            ) => {
                words.next();
            }
            Some("--non-interactive" | "--disable-progress-bar") => {}
            Some("--skip-existing") => with.push(entry("skip-existing")),
            Some("--verbose") => with.push(entry("verbose")),
            Some(text) if !text.starts_with('-') => folders.push(text.trim_start_matches("./")),
            _ if ["--username=", "--password=", "--repository=", "--repository-url="]
                .iter()
                .any(|option| word.starts_with(option)) => {}
            _ => return Err(format!("the action has nothing for `{}`", word.shown())),
        }
    }
    let of = |pattern: &str| {
        let (folder, files) = pattern.rsplit_once('/')?;
        matches!(files, "*" | "*.whl" | "*.tar.gz").then(|| folder.to_owned())
    };
    let all: Option<Vec<_>> = folders.iter().map(|pattern| of(pattern)).collect();
    let whole = folders.iter().any(|it| it.ends_with("/*")) || folders.len() > 1;
    let packages = match all.as_deref() {
        Some([first, rest @ ..]) if whole && rest.iter().all(|it| it == first) => first.clone(),
        _ => return Err("which folder holds all that is uploaded is not seen".to_owned()),
    };
    let packages = match folder.map(|it| it.trim_start_matches("./").trim_end_matches('/')) {
        Some("" | ".") | None => packages,
        Some(folder)
            if packages.contains("..") || packages.starts_with('/') || folder.contains("${{") =>
        {
            return Err("which folder it uploads is not seen".to_owned());
        }
        Some(folder) => format!("{folder}/{packages}"),
    };
    if packages != "dist" {
        with.push(ValueEntry::new("packages-dir", packages.as_str()));
    }
    Ok(with)
}

fn entry(name: &str) -> ValueEntry {
    ValueEntry { key: name.to_owned(), value: Value::Boolean(true), comment: None }
}
