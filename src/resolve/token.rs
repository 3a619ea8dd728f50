//! The token that GitHub's API asks for.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use super::answers::Notice;
use super::endpoints::BaseUrl;
use crate::subprocess;

/// How long the GitHub CLI may take to say its token.
const GH_TIME: Duration = Duration::from_secs(5);

/// The variables that may hold a token, the first one set wins: GitHub's CLI reads them so.
const VARIABLES: [&str; 2] = ["GH_TOKEN", "GITHUB_TOKEN"];

/// A text that nobody gets to see: neither `{}` nor `{:?}` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the blanks around a token away, and checks that it can be one: that it can stand in a
    /// header. `None` where it cannot.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text itself, for the one place that sends it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// A text with the secret taken out, should somebody have put it in.
    pub(super) fn hide_in(&self, text: &str) -> String {
        text.replace(&self.0, "[token]")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token]")
    }
}

/// A token, and where it came from.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub secret: Secret,
    /// `GH_TOKEN`, `GITHUB_TOKEN` or `gh auth token`.
    pub origin: &'static str,
}

impl Token {
    /// The token that the environment holds.
    ///
    /// # Errors
    ///
    /// Where a variable is set, but holds what cannot be a token.
    pub fn from_variables(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Notice> {
        let set = |origin| Some((origin, variable(origin).filter(|text| !text.trim().is_empty())?));
        let Some((origin, text)) = VARIABLES.into_iter().find_map(set) else { return Ok(None) };
        let secret = Secret::new(&text).ok_or_else(|| Notice::TokenUnused {
            origin,
            why: "it holds blanks, line breaks or other characters that no token has".to_owned(),
        })?;
        Ok(Some(Self { secret, origin }))
    }

    /// The token with which the GitHub CLI is logged in to a server, if it is.
    pub(super) fn from_gh(server: &BaseUrl) -> Option<Self> {
        let mut gh = Command::new("gh");
        gh.args(["auth", "token", "--hostname", server.host()]);
        gh.env("GH_PROMPT_DISABLED", "1").env("GH_NO_UPDATE_NOTIFIER", "1");
        let output = subprocess::output_of(&mut gh, GH_TIME)?;
        Some(Self { secret: Secret::new(&output)?, origin: "`gh auth token`" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Option<(String, &'static str)>, Notice> {
        Token::from_variables(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .map(|token| token.map(|token| (token.secret.expose().to_owned(), token.origin)))
    }

    #[test]
    fn comes_from_the_first_variable_that_is_set() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[("GH_TOKEN", " "), ("GITHUB_TOKEN", "")]), Ok(None));
        assert_eq!(
            of(&[("GH_TOKEN", " abc\r\n"), ("GITHUB_TOKEN", "def")]),
            Ok(Some(("abc".to_owned(), "GH_TOKEN")))
        );
        assert_eq!(
            of(&[("GH_TOKEN", ""), ("GITHUB_TOKEN", "def")]),
            Ok(Some(("def".to_owned(), "GITHUB_TOKEN")))
        );
    }

    #[test]
    fn is_checked_and_never_shown() {
        let notice = of(&[("GH_TOKEN", "sesame\nopen")]).unwrap_err();
        assert!(!notice.to_string().contains("sesame"), "{notice}");
        let secret = Secret::new("sesame").unwrap();
        assert_eq!(
            format!("{secret} {secret:?} {}", secret.hide_in("a sesame")),
            "[token] Secret(…) a [token]"
        );
        let token = Token { secret, origin: "GH_TOKEN" };
        assert!(!format!("{token:?}").contains("sesame"));
    }
}
