//! The HTTP client: one for a run, built before the first request and not earlier.

use std::error::Error as _;

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::failure::Failure;
use super::settings::Limits;

/// How this program names itself.
pub(super) const USER_AGENT: &str = concat!("spec8-fix/", env!("CARGO_PKG_VERSION"));

/// The longest answer that is read. A repository with 100,000 refs takes 10 MB.
pub(super) const MAX_BODY: usize = 64 << 20;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// Builds the client. Its proxies come from the environment (`HTTPS_PROXY`, `NO_PROXY`) or the
/// system, its certificates from the system.
pub(crate) fn client(limits: &Limits) -> Result<Client, Failure> {
    // Who is second finds the provider installed, which is what was wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(USER_AGENT)
        // Where a redirect leads is looked at first: see `moved_to`.
        .redirect(Policy::none())
        .connect_timeout(limits.connect)
        .timeout(limits.request)
        .build()
        .map_err(|error| {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Failure::Unreachable(format!("no connection can be made ({cause})"))
        })
}

/// An answer that was read to its end, or as far as was wanted.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body, if the answer is a success.
    pub(crate) fn success(self) -> Result<Vec<u8>, Failure> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        Err(Failure::of_status(self.status, &self.headers, &self.body))
    }
}

/// Sends a request, and once more to where it is redirected on the same host. Gives the answer with
/// the address that it came from.
pub(super) async fn send(
    url: Url,
    request: impl Fn(Url) -> RequestBuilder,
) -> Result<(Answer, Url), Failure> {
    send_until(url, request, |_| false).await
}

/// The same, but no more of the body is read than is `enough`.
pub(super) async fn send_until(
    url: Url,
    request: impl Fn(Url) -> RequestBuilder,
    enough: impl Fn(&[u8]) -> bool,
) -> Result<(Answer, Url), Failure> {
    let mut url = url;
    for _ in 0..=MAX_REDIRECTS {
        let response =
            request(url.clone()).send().await.map_err(|error| Failure::of_client(&error))?;
        match moved_to(&url, response.status(), response.headers())? {
            Some(next) => url = next,
            None => return Ok((read(response, enough).await?, url)),
        }
    }
    Err(Failure::Malformed(format!("{} redirects in a circle", url.host_str().unwrap_or_default())))
}

/// Where an answer redirects to, if it does: to the same host only, for no one else is trusted with
/// a token, or to say where an action is.
pub(super) fn moved_to(
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Url>, Failure> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let next = location
        .and_then(|location| from.join(location).ok())
        .ok_or_else(|| Failure::Malformed("a redirect that leads nowhere".to_owned()))?;
    if next.origin() == from.origin() {
        Ok(Some(next))
    } else {
        let host = next.host_str().unwrap_or("nowhere").to_owned();
        Err(Failure::Redirected(next.port().map_or(host.clone(), |port| format!("{host}:{port}"))))
    }
}

/// Reads a body of JSON that somebody sent.
pub(super) fn from_json<T: DeserializeOwned>(body: &[u8], sender: &str) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Eof => Failure::Passing(format!("{sender}'s answer breaks off")),
        _ => Failure::Malformed(format!("{sender}'s answer cannot be read")),
    })
}

async fn read(mut response: Response, enough: impl Fn(&[u8]) -> bool) -> Result<Answer, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of_client(&error))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Failure::Malformed(format!("an answer of more than {MAX_BODY} bytes")));
        }
        body.extend_from_slice(&chunk);
        if enough(&body) {
            break;
        }
    }
    Ok(Answer { status: response.status(), headers: response.headers().clone(), body })
}
