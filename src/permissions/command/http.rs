//! Clients of HTTP that call GitHub's API.

use super::{Call, value};
use crate::expression::{Carries, Known};
use crate::permissions::endpoint::{self, Asks, UNKNOWN};
use crate::permissions::job::Walk;
use crate::permissions::names::is_of_pull_request;
use crate::shell::{Command, Piece, Word};
use crate::workflow::{Level, Scope};

/// The programs.
const CLIENTS: &[&str] = &[
    "curl",
    "http",
    "https",
    "Invoke-RestMethod",
    "Invoke-WebRequest",
    "irm",
    "iwr",
    "wget",
    "xh",
];

/// Those that take the method as a word: <https://httpie.io/docs/cli/http-method>.
const HTTPIE: &[&str] = &["http", "https", "xh"];

/// The host of the API, as variables and expressions say it.
const API: &str = "https://api.github.com";

/// Whether a program is one of them.
pub(super) fn is_client(name: &str) -> bool {
    CLIENTS.iter().any(|client| client.eq_ignore_ascii_case(name))
}

/// The method that HTTPie and its like are told in front of the address.
fn named_method(command: &Command) -> Option<&Word> {
    let is_one_of_them = command.name().is_some_and(|name| HTTPIE.contains(&name));
    let first = command.operands().next().filter(|_| is_one_of_them)?;
    let is_method = match first.text() {
        Some(text) => text.bytes().all(|byte| byte.is_ascii_uppercase()),
        None => command.operands().nth(1).is_some_and(|next| next.contains("/")),
    };
    is_method.then_some(first)
}

/// Whether two names are of one repository; a host in front is no matter.
pub(super) fn is_same_repository(one: &str, other: &str) -> bool {
    let name = |text: &str| {
        let mut parts = text.trim_end_matches('/').rsplit('/').map(str::to_ascii_lowercase);
        (parts.next(), parts.next())
    };
    name(one) == name(other)
}

impl<'d> Walk<'_, 'd> {
    pub(super) fn http(&mut self, call: &Call<'_, 'd>) {
        let command = call.command;
        let carries = call.arguments_carry();
        let addresses: Vec<_> = command
            .arguments()
            .iter()
            .map(|word| (word, address(word, call)))
            .filter(|(_, text)| text.starts_with("http") || text.starts_with(UNKNOWN))
            .collect();
        let at_api = addresses.iter().find(|(_, text)| text.starts_with(API));
        if let Some((_, text)) = at_api {
            if !carries.token {
                return;
            }
            let path = &text[API.len()..];
            if path.starts_with("/graphql") {
                let body: String = command.words.iter().map(|word| word.shown() + "\n").collect();
                return self.graphql_text(call, &body, carries);
            }
            let method = command.option(&["-X", "--request", "-Method", "--method"]);
            let method = method.or_else(|| named_method(command).cloned());
            let sends = [
                "-d",
                "--data",
                "--data-raw",
                "--data-binary",
                "--json",
                "-F",
                "--form",
                "--post-data",
                "-Body",
            ];
            let sends = sends.iter().any(|name| command.option(&[name]).is_some());
            let method = match &method {
                Some(word) => word.text(),
                None => Some(if sends { "POST" } else { "GET" }),
            };
            return self.endpoint(call, method, &Word::from(path), carries);
        }
        if addresses.iter().any(|(_, text)| text.starts_with("https://uploads.github.com/")) {
            let evidence = call.site.evidence(&call.shown(), "uploads a file of a release");
            return self.need_with(
                carries,
                &[(Scope::Contents, Level::Write)],
                call.site,
                &evidence,
            );
        }
        if carries.token {
            let what = "sends the token to an address that is not GitHub's API";
            let reads = addresses
                .iter()
                .any(|(_, text)| text.starts_with("https://raw.githubusercontent.com/"));
            if !reads {
                let evidence = call.site.evidence(&call.shown(), what);
                self.found.lasting_doubt_of(call.site.step, evidence);
            }
        }
    }

    /// A call of an endpoint of the REST API; the path starts behind the host.
    pub(super) fn endpoint(
        &mut self,
        call: &Call<'_, 'd>,
        method: Option<&str>,
        path: &Word,
        carries: Carries,
    ) {
        let told = names_pull_request(path).then(|| call.frame.scenario.about_pull_request());
        let scenario = told.as_ref().unwrap_or(call.frame.scenario);
        let frame = &call.frame.in_run(scenario);
        let path = address(path, call);
        let path = path.strip_prefix(API).unwrap_or(&path);
        let path = format!("/{}", path.trim_start_matches('/'));
        let doubt = |walk: &mut Self, what: &str| {
            let evidence = call.site.evidence(&call.shown(), what);
            match carries.token {
                true => walk.found.lasting_doubt_of(call.site.step, evidence),
                false => walk.found.doubt(call.site.step, evidence),
            }
        };
        let Some(method) = method else {
            return doubt(self, "calls GitHub's API by a method that is not seen");
        };
        if is_elsewhere(&path, self.files.name.as_deref()) {
            return;
        }
        let reads = method.eq_ignore_ascii_case("GET");
        match endpoint::find(method, &path) {
            Some(found) => {
                let what = format!("calls {} {}", method.to_uppercase(), found.path);
                let evidence = call.site.evidence(&call.shown(), &what);
                self.asks(&found.asks, carries, frame, call.site, &evidence);
                if let Asks::Unavailable = found.asks
                    && !reads
                    && carries.token
                {
                    doubt(self, "calls an endpoint that the workflow's token does not reach");
                }
            }
            None if reads && !carries.token => {}
            None => doubt(self, "calls an endpoint of GitHub's API that is not seen"),
        }
    }
}

/// Whether the number of an issue in a path is called one of a pull request: `…/issues/$PR_NUMBER/labels`.
fn names_pull_request(path: &Word) -> bool {
    path.pieces().windows(2).any(|pieces| match pieces {
        [Piece::Text(before), Piece::Variable(name) | Piece::Expression(name)] => {
            before.ends_with("/issues/") && is_of_pull_request(name)
        }
        _ => false,
    })
}

/// The path's repository is another one than this.
fn is_elsewhere(path: &str, own: Option<&str>) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    let named = match (parts.next(), parts.next(), parts.next()) {
        (Some("repos"), Some(owner), Some(name)) => format!("{owner}/{name}"),
        _ => return false,
    };
    let known = !named.contains(UNKNOWN) && !named.contains('{');
    known && own.is_some_and(|own| !is_same_repository(&named, own))
}

/// A word as an address: parts that are not known as [`UNKNOWN`], the repository's own name as such.
fn address(word: &Word, call: &Call<'_, '_>) -> String {
    let piece = |piece: &Piece| {
        let name = match piece {
            Piece::Text(text) => return text.clone(),
            Piece::Variable(name) => name.to_ascii_lowercase().replace("github_", "github."),
            Piece::Expression(text) => text.trim().to_ascii_lowercase(),
            Piece::Unknown => return UNKNOWN.to_owned(),
        };
        match name.as_str() {
            "github.repository" | "github.event.repository.full_name" => {
                "{owner}/{repo}".to_owned()
            }
            "github.api_url" => API.to_owned(),
            "github.server_url" => "https://github.com".to_owned(),
            _ => match value(&Word::new([piece.clone()]), call.frame).known {
                Known::Text(text) => text,
                Known::Identity(_) => "{owner}/{repo}".to_owned(),
                _ => UNKNOWN.to_owned(),
            },
        }
    };
    word.pieces().iter().map(piece).collect()
}
