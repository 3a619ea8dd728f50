//! Registries of containers and charts: GitHub's own take the workflow's token.

use super::Call;
use crate::expression::Carries;
use crate::permissions::credentials::GitNeed;
use crate::permissions::job::Walk;
use crate::permissions::state::State;
use crate::shell::Word;
use crate::workflow::{Level, Scope};

/// The programs.
const CLIENTS: &[&str] = &[
    "apptainer",
    "buildah",
    "cosign",
    "crane",
    "docker",
    "helm",
    "ko",
    "nerdctl",
    "oras",
    "podman",
    "regctl",
    "singularity",
    "skopeo",
];

/// Whether a program is one of them.
pub(super) fn is_client(name: &str) -> bool {
    CLIENTS.contains(&name)
}

impl<'d> Walk<'_, 'd> {
    pub(super) fn registry(&mut self, call: &Call<'_, 'd>, state: &mut State) {
        let command = call.command;
        let words: Vec<_> = command.operands().filter_map(Word::text).collect();
        let does = |word: &str| words.iter().take(3).any(|it| *it == word);
        if does("login") {
            let password = call.arguments_carry().or(call.input_carries());
            // No other registry takes it.
            state.registry |= password.token;
            if password.token {
                let evidence =
                    call.site.evidence(&call.shown(), "logs in to GitHub's package registry");
                self.need_with(password, &[(Scope::Packages, Level::Read)], call.site, &evidence);
            }
            return;
        }
        let own = Carries { token: state.registry, other: false };
        let pushes = does("push")
            || does("copy")
            || does("manifest") && does("push")
            || command.has_option(&["--push"])
            || command.name() == Some("ko") && does("build")
            || does("imagetools") && does("create");
        if pushes {
            let evidence = call.site.evidence(&call.shown(), "pushes to GitHub's package registry");
            self.need_with(own, &[(Scope::Packages, Level::Write)], call.site, &evidence);
        }
        if command.name() == Some("cosign") && (does("sign") || does("sign-blob") || does("attest"))
        {
            let with_key = command.option(&["--key", "-k"]).is_some();
            let evidence =
                call.site.evidence(&call.shown(), "signs with a token of OpenID Connect");
            if !with_key {
                self.need_with(
                    Carries::default(),
                    &[(Scope::IdToken, Level::Write)],
                    call.site,
                    &evidence,
                );
            }
            if !does("sign-blob") {
                let evidence =
                    call.site.evidence(&call.shown(), "stores the signature beside the image");
                self.need_with(own, &[(Scope::Packages, Level::Write)], call.site, &evidence);
            }
        }
        let runs_something = does("run") || does("build") || does("compose") || does("exec");
        if runs_something {
            let evidence =
                call.site.evidence(&call.shown(), "runs something that is not seen here");
            self.found.git(call.site.step, GitNeed::Unknown, evidence);
        }
        if runs_something && call.arguments_carry().token {
            let evidence = call.site.evidence(&call.shown(), "hands the token to what it runs");
            self.found.doubt(call.site.step, evidence);
        }
    }
}
