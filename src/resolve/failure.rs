//! What can go wrong with a request, and whether it is worth trying again.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How much of what a server says is told.
const MAX_TOLD: usize = 200;

/// Why a request brought no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No such repository, or none that may be seen.
    NotFound,
    /// The token was refused, or one is missing.
    Unauthorized,
    /// Too many requests: how long to wait, where the server says.
    RateLimited(Option<Duration>),
    /// The host was not reached.
    Unreachable(String),
    /// What may be over the next time: a fault of the server, a connection that broke.
    Passing(String),
    /// The server gave up: it may get less work done, or the same one later.
    TooSlow(String),
    /// The server does not do it.
    Refused(StatusCode, String),
    /// An answer that cannot be read.
    Malformed(String),
    /// A redirect that is not followed: to where.
    Redirected(String),
    /// There is no more time.
    OutOfTime,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Unauthorized => f.write_str("GitHub refused the credentials (401)"),
            Self::RateLimited(None) => f.write_str("GitHub's rate limit is used up"),
            Self::RateLimited(Some(wait)) => {
                let minutes = wait.as_secs().div_ceil(60);
                write!(f, "GitHub's rate limit is used up for {minutes} min")
            }
            Self::Unreachable(why)
            | Self::Passing(why)
            | Self::TooSlow(why)
            | Self::Malformed(why) => f.write_str(why),
            Self::Refused(status, why) if why.is_empty() => write!(f, "the server said {status}"),
            Self::Refused(status, why) => write!(f, "the server said {}: {why}", status.as_u16()),
            Self::Redirected(host) => {
                write!(f, "the server redirects to another host, {host}, which is not followed")
            }
            Self::OutOfTime => f.write_str("there was no answer in time"),
        }
    }
}

impl Failure {
    /// What an HTTP answer without success means.
    ///
    /// The signs of GitHub's rate limits are documented at
    /// <https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api>: `retry-after`,
    /// or nothing remaining until `x-ratelimit-reset`; without either the body says so.
    pub(crate) fn of_status(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let told = told(body);
        let limited = || {
            let spent = number(headers, "x-ratelimit-remaining") == Some(0);
            let wait = number(headers, RETRY_AFTER.as_str()).map(Duration::from_secs);
            let wait = wait.or_else(|| if spent { until_reset(headers) } else { None });
            let is_limit = spent || wait.is_some() || told.to_lowercase().contains("rate limit");
            is_limit.then_some(Self::RateLimited(wait))
        };
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => limited().unwrap_or(Self::RateLimited(None)),
            StatusCode::FORBIDDEN => limited().unwrap_or(Self::Refused(status, told)),
            StatusCode::REQUEST_TIMEOUT => Self::Passing(format!("the server said {status}")),
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
                Self::TooSlow(format!("the server said {status}"))
            }
            _ if status.is_server_error() => Self::Passing(format!("the server said {status}")),
            _ => Self::Refused(status, told),
        }
    }

    /// What an error of the HTTP client means.
    pub(crate) fn of_client(error: &reqwest::Error) -> Self {
        let host = error.url().and_then(|url| url.host_str()).unwrap_or("the server").to_owned();
        let chain = chain(error);
        if error.is_timeout() && !error.is_connect() {
            return Self::TooSlow(format!("{host} did not answer in time"));
        }
        if error.is_connect() || error.is_timeout() {
            let why = if chain.iter().any(|cause| cause.contains("dns error")) {
                format!("the host {host} was not found (no network?)")
            } else {
                let cause = chain.last().map_or("", String::as_str);
                format!("{host} cannot be reached ({cause})")
            };
            return Self::Unreachable(why);
        }
        if error.is_builder() {
            return Self::Malformed(chain.last().cloned().unwrap_or_default());
        }
        Self::Passing(format!(
            "the connection to {host} broke ({})",
            chain.last().map_or("", String::as_str)
        ))
    }

    /// What went wrong with a registry, which is not GitHub.
    pub(crate) fn of_registry(&self) -> String {
        match self {
            Self::RateLimited(None) => "it has a limit, which is used up".to_owned(),
            Self::RateLimited(Some(wait)) => {
                let minutes = wait.as_secs().div_ceil(60);
                format!("it has a limit, which is used up for {minutes} min")
            }
            failure => failure.to_string(),
        }
    }

    /// Whether the next attempt may fare better, without a word of the server about when.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Passing(_) | Self::TooSlow(_) | Self::Unreachable(_))
    }

    /// Whether all further requests to the same server would fail in the same way.
    pub(crate) fn concerns_all(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::RateLimited(_) | Self::OutOfTime | Self::Redirected(_)
        )
    }
}

/// An error's own words and those of its causes.
fn chain(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The time until the rate limit is reset, and a second, for clocks differ.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset = UNIX_EPOCH + Duration::from_secs(number(headers, "x-ratelimit-reset")?);
    let left = reset.duration_since(SystemTime::now()).unwrap_or_default();
    Some(left + Duration::from_secs(1))
}

/// What a server says in a body: the `message` of GitHub's API. Anything else may be a page of HTML.
fn told(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Told {
        message: String,
    }
    let message = serde_json::from_slice::<Told>(body).map(|told| told.message).unwrap_or_default();
    one_line(&message)
}

/// A text of somebody else's, fit to be printed: one line, not long.
pub(crate) fn one_line(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    visible.take(MAX_TOLD).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, headers: &[(&'static str, &str)], body: &str) -> Failure {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let headers = headers.collect();
        Failure::of_status(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
    }

    #[test]
    fn reads_the_signs_of_rate_limits() {
        let seconds = |n| Failure::RateLimited(Some(Duration::from_secs(n)));
        assert_eq!(of(403, &[("retry-after", "7")], ""), seconds(7));
        assert_eq!(of(429, &[("retry-after", "7")], ""), seconds(7));
        assert_eq!(of(429, &[], ""), Failure::RateLimited(None));
        let past = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")];
        assert_eq!(of(403, &past, ""), seconds(1));
        let said = r#"{"message": "You have exceeded a secondary rate limit."}"#;
        assert_eq!(of(403, &[], said), Failure::RateLimited(None));
        let left = [("x-ratelimit-remaining", "9"), ("x-ratelimit-reset", "1")];
        let refused = of(403, &left, "{\"message\": \"SAML\\u001b[31m\\nneeded\"}");
        let expected = Failure::Refused(StatusCode::FORBIDDEN, "SAML [31m needed".to_owned());
        assert_eq!(refused, expected);
    }

    #[test]
    fn tells_what_may_pass() {
        for status in [408, 500, 502, 503, 504] {
            assert!(of(status, &[], "<html>").may_pass(), "{status}");
        }
        for status in [400, 401, 403, 404, 405, 410, 422] {
            assert!(!of(status, &[], "<html>").may_pass(), "{status}");
        }
    }
}
