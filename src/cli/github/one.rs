//! One repository: a preview, or a pull request.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use super::{Run, differing, proposal};
use crate::cli::output::Output;
use crate::cli::{Exit, deliver, ended, exit_of};
use crate::fix::Outcome;
use crate::github::{About, Opened, Plan, Problem, Proposed, Snapshot, about, propose, snapshot};
use crate::load::{self, LoadError};
use crate::report::text::{self, Verb};

/// A pull request for the repository that a clone is of.
pub(super) fn from_clone(run: &Run<'_>, output: &mut Output) -> Result<Exit, Problem> {
    let (repositories, errors) = load::discover(&run.arguments.paths);
    if let Some(error) = errors.first() {
        return Err(Problem::new(error.to_string()));
    }
    let [repository] = &repositories[..] else {
        return Err(Problem::new("--pull-request takes one repository at a time")
            .with("for many: --repos-from FILE or --org NAME"));
    };
    if run.arguments.paths.iter().any(|path| path.is_file()) {
        return Err(Problem::new("--pull-request takes a whole repository, and no single files"));
    }
    let Some(name) = &repository.own.name else {
        return Err(Problem::new(
            "the remote `origin` of this clone does not tell which repository on GitHub it is of",
        )
        .with("name it: --repo OWNER/NAME"));
    };
    pull_request(run, name, Some(&repository.root), output)
}

/// A repository without a clone.
pub(super) fn remote(run: &Run<'_>, name: &str, output: &mut Output) -> Result<Exit, Problem> {
    if run.arguments.github.pull_request {
        return pull_request(run, name, None, output);
    }
    let request = run.arguments.github.request(true);
    let seen = run.client.wait(async {
        let about = about(&run.client, name, request.base.as_deref()).await?;
        let files = snapshot(&run.client, &about).await?;
        Ok::<_, Problem>((about, files))
    })?;
    let outcome = run.outcome(&seen)?;
    tell_notices(&outcome, output);
    deliver::show_diff(&outcome, output);
    let errors = finish(run, &outcome, Verb::Previewed, output);
    Ok(ended(&outcome, &errors, exit_of(&outcome, false, run.options)))
}

/// A pull request for a repository; `clone` is the folder that this was asked from.
fn pull_request(
    run: &Run<'_>,
    name: &str,
    clone: Option<&Path>,
    output: &mut Output,
) -> Result<Exit, Problem> {
    let is_dry_run = run.arguments.dry_run;
    let request = run.arguments.github.request(is_dry_run);
    let last = RefCell::new(None::<(About, Rc<Outcome>)>);
    let make = |about: &About, files: &Snapshot| {
        if let Some(root) = clone.filter(|_| last.borrow().is_none()) {
            tell_differences(root, about, files, output);
        }
        let outcome = run.outcome(&(about.clone(), files.clone()))?;
        let server = run.settings.endpoints.server.to_string();
        let proposal = proposal::of((about, files), &outcome, run.options, server);
        *last.borrow_mut() = Some((about.clone(), outcome));
        Ok(proposal)
    };
    let proposed = propose(&run.client, name, &request, None, make)?;
    let Some((about, outcome)) = last.into_inner() else {
        return Err(Problem::new(format!("{name}: nothing was read")));
    };
    if let Some(parent) = about.parent.as_deref().filter(|_| about.is_fork) {
        output.notice(&format!(
            "{} is a fork of {parent}: to propose it there, use --repo {parent}",
            about.name
        ));
    }
    tell_notices(&outcome, output);
    if is_dry_run {
        deliver::show_diff(&outcome, output);
    }
    let verb = if is_dry_run { Verb::Previewed } else { Verb::Sent };
    let errors = finish(run, &outcome, verb, output);
    let is_offer = matches!(proposed, Proposed::Plan(_));
    tell(&proposed, output);
    Ok(ended(&outcome, &errors, exit_of(&outcome, !is_offer, run.options)))
}

fn tell_notices(outcome: &Outcome, output: &mut Output) {
    outcome.notices.iter().for_each(|notice| output.notice(&notice.to_string()));
}

/// Says where a clone is not what the pull request is made from.
fn tell_differences(root: &Path, about: &About, files: &Snapshot, output: &mut Output) {
    let other = differing(root, files);
    let Some(first) = other.first() else { return };
    let more = match other.len() {
        1 => String::new(),
        all => format!(" and {} more", all - 1),
    };
    output.notice(&format!(
        "this clone differs from `{}` on GitHub in {first}{more}: the pull request goes by what is there",
        about.base
    ));
}

/// Writes what was asked for beside, and the summary; gives what went wrong.
fn finish(run: &Run<'_>, outcome: &Outcome, verb: Verb, output: &mut Output) -> Vec<LoadError> {
    let mut errors = outcome.errors.clone();
    if let Some(path) = &run.arguments.diff_file {
        errors.extend(deliver::write_diff(outcome, path).err());
    }
    errors.iter().for_each(|error| output.error(&error.to_string()));
    if !run.arguments.quiet {
        let all = run.arguments.verbose > 0;
        output.message(|stream| text::summary(stream, outcome, verb, all));
    }
    errors
}

/// Says what came of it, and how to take it back.
fn tell(proposed: &Proposed, output: &mut Output) {
    match proposed {
        Proposed::NothingToChange { open: None } => {}
        Proposed::NothingToChange { open: Some(url) } => output.notice(&format!(
            "the pull request {url} is not needed any more: gh pr close {url} --delete-branch"
        )),
        Proposed::UpToDate { url } => {
            output.print_line(url);
            output.message(|out| writeln!(out, "the pull request is as it should be"));
        }
        Proposed::Opened(opened) => {
            output.print_line(&opened.url);
            output.message(|out| {
                let Opened { url, head, branch, .. } = opened;
                writeln!(out, "opened, from the branch `{branch}` of {head}")?;
                writeln!(out, "to take it back: gh pr close {url} --delete-branch")
            });
            opened.notes.iter().for_each(|note| output.notice(note));
        }
        Proposed::Refreshed(opened) => {
            output.print_line(&opened.url);
            output.message(|out| refreshed(out, opened));
        }
        Proposed::Declined { url, branch } => output.notice(&format!(
            "the pull request {url} was closed, which is an answer: reopen it, or use another branch than \
             `{branch}`: --branch NAME"
        )),
        Proposed::Plan(plan) => output.message(|out| planned(out, plan)),
    }
}

fn refreshed(out: &mut dyn Write, opened: &Opened) -> io::Result<()> {
    let Opened { url, head, branch, before, .. } = opened;
    writeln!(out, "refreshed, from the branch `{branch}` of {head}")?;
    match before {
        Some(before) => writeln!(
            out,
            "to take it back: git fetch origin {before} && git push --force origin \
             {before}:refs/heads/{branch}; to give it up: gh pr close {url} --delete-branch"
        ),
        None => writeln!(out, "to give it up: gh pr close {url} --delete-branch"),
    }
}

/// What would be sent.
fn planned(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    writeln!(out, "\n--pull-request would")?;
    for step in &plan.steps {
        writeln!(out, "  {step}")?;
    }
    writeln!(out, "with the commits")?;
    for commit in &plan.commits {
        let files: Vec<_> = commit.files.keys().map(String::as_str).collect();
        writeln!(out, "  {} ({})", commit.headline, files.join(", "))?;
    }
    if let Some(missing) = &plan.missing {
        writeln!(out, "but it could not: {missing}")?;
    }
    writeln!(out, "\n{}\n\n{}", plan.title, plan.body)
}
