//! The GitHub CLI.

use super::table::{Does, Gh, gh_rows};
use super::{Call, http, value};
use crate::expression::{Carries, Known};
use crate::permissions::credentials::GitNeed;
use crate::permissions::job::Walk;
use crate::permissions::state::State;
use crate::shell::{Input, Word};

/// The variables that it reads a token from: <https://cli.github.com/manual/gh_help_environment>.
const TOKENS: &[&str] = &["GH_TOKEN", "GITHUB_TOKEN"];

impl<'d> Walk<'_, 'd> {
    pub(super) fn gh(&mut self, call: &Call<'_, 'd>, state: &mut State) {
        let from_env = call.first_variable(TOKENS);
        let carries = from_env.unwrap_or(state.gh);
        let rows: Vec<_> = gh_rows(call.command).collect();
        let words: Vec<_> = call.command.operands().filter_map(Word::text).take(2).collect();
        match words[..] {
            ["pr", "checkout"] | ["repo", "sync"] => {
                let evidence = call.site.evidence(&call.shown(), "fetches");
                self.found.git(call.site.step, GitNeed::Fetch, evidence);
            }
            ["auth", "login"] => state.gh = state.gh.or(call.input_carries()),
            ["auth", "setup-git"] if carries.is_any() => state.git = Some(carries),
            _ => {}
        }
        if is_elsewhere(call, self.files.name.as_deref()) {
            return;
        }
        if !carries.is_any() {
            return self.gh_without_token(call, &rows);
        }
        if rows.is_empty() && carries.token {
            let evidence = call.site.evidence(&call.shown(), "is a command that is not known here");
            return self.found.lasting_doubt_of(call.site.step, evidence);
        }
        for row in rows {
            let evidence = call.site.evidence(&call.shown(), row.why);
            match &row.does {
                Does::Asks(asks) => self.asks(asks, carries, call.frame, call.site, &evidence),
                Does::CallsEndpoint => self.gh_api(call, carries),
                Does::RunsAnything => {
                    let evidence = call.site.evidence(&call.shown(), "runs what is not seen here");
                    self.found.lasting_doubt_of(call.site.step, evidence);
                }
            }
        }
    }

    /// It cannot write without a token. Most likely the workflow's is meant, which it does not take by itself.
    fn gh_without_token(&mut self, call: &Call<'_, 'd>, rows: &[&Gh]) {
        for row in rows.iter().filter(|row| row.writes()) {
            let Does::Asks(asks) = &row.does else { continue };
            let what = format!("{}, with a token that the workflow does not show", row.why);
            let evidence = call.site.evidence(&call.shown(), &what);
            for (scope, _) in asks.grants(call.frame.scenario) {
                self.found.guess(call.site.step, scope, &evidence);
            }
            self.found.doubt(call.site.step, evidence);
        }
    }

    /// `gh api ENDPOINT`: <https://cli.github.com/manual/gh_api>.
    fn gh_api(&mut self, call: &Call<'_, 'd>, carries: Carries) {
        let command = call.command;
        let takes_value = |word: &Word| {
            word.text().is_some_and(|text| {
                [
                    "-X",
                    "--method",
                    "-f",
                    "-F",
                    "--field",
                    "--raw-field",
                    "-H",
                    "--header",
                    "-q",
                    "--jq",
                    "-t",
                    "--template",
                    "--input",
                    "--cache",
                    "--hostname",
                    "-p",
                    "--preview",
                ]
                .contains(&text)
            })
        };
        let words = command.arguments();
        let endpoint =
            words.iter().enumerate().skip(1).find(|(position, word)| {
                !word.starts_with("-") && !takes_value(&words[position - 1])
            });
        let Some((_, endpoint)) = endpoint else { return };
        if endpoint.text() == Some("graphql") {
            return self.gh_graphql(call, carries);
        }
        let has_fields = ["-f", "-F", "--field", "--raw-field", "--input"]
            .iter()
            .any(|it| command.option(&[it]).is_some());
        let method = command.option(&["-X", "--method"]);
        let method = match &method {
            Some(word) => word.text(),
            None => Some(if has_fields { "POST" } else { "GET" }),
        };
        self.endpoint(call, method, endpoint, carries);
    }

    /// A query or a mutation in the arguments, or in what is read.
    fn gh_graphql(&mut self, call: &Call<'_, 'd>, carries: Carries) {
        let mut text: String = call.command.words.iter().map(|word| word.shown() + "\n").collect();
        if let Some(Input::Text(input)) = &call.command.input {
            text.push_str(&input.shown());
        }
        let held = variables(&text).find_map(|name| match call.variable(name)?.known {
            Known::Text(value) => Some(value),
            _ => None,
        });
        text.extend(held);
        self.graphql_text(call, &text, carries);
    }

    /// What a text of GraphQL needs.
    pub(super) fn graphql_text(&mut self, call: &Call<'_, 'd>, text: &str, carries: Carries) {
        let is_known = self.graphql(text, &call.shown(), carries, call.frame, call.site);
        if !is_known || !text.contains('{') {
            let what = "runs a query of GraphQL that is not known here";
            let evidence = call.site.evidence(&call.shown(), what);
            self.found.lasting_doubt_of(call.site.step, evidence);
        }
    }
}

/// The names of the variables in a text.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

/// Whether it acts on another repository, which the workflow's token does not reach.
fn is_elsewhere(call: &Call<'_, '_>, own: Option<&str>) -> bool {
    let named = call.command.option(&["-R", "--repo"]).map(|word| value(&word, call.frame).known);
    let named = named.or_else(|| call.variable("GH_REPO").map(|value| value.known));
    match (named, own) {
        (Some(Known::Text(named)), Some(own)) => !http::is_same_repository(&named, own),
        _ => false,
    }
}
