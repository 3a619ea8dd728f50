//! Files of repositories as they are, over HTTPS, for who has no token. They are sent to everybody, and
//! count against no hourly limit of the API.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};

use super::definition::Source;
use super::endpoints::BaseUrl;
use super::failure::Failure;
use super::patience::Patience;
use super::transport;
use crate::actions::Definition;

/// The longest definition that is read. GitHub's API gives no longer text either.
pub(super) const MAX_TEXT: usize = 512 << 10;

/// Reads a definition from the server at `base`: the first of its files that is there.
pub(super) async fn read(
    client: &Client,
    base: &BaseUrl,
    patience: &Patience,
    definition: &Definition,
) -> Result<Source, Failure> {
    for file in definition.files() {
        let path = [&definition.git_ref, &file].map(|part| encoded(part)).join("/");
        let address = format!("{base}/{}/{path}", definition.repository());
        let url = Url::parse(&address)
            .map_err(|error| Failure::Malformed(format!("no address: {error}")))?;
        match patience.ask(async || text(client, &url).await).await {
            Ok(text) => return Ok(Source { file, text }),
            Err(Failure::NotFound) => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::NotFound)
}

async fn text(client: &Client, url: &Url) -> Result<String, Failure> {
    let too_long = |body: &[u8]| body.len() > MAX_TEXT;
    let (answer, _) = transport::send_until(url.clone(), |url| client.get(url), too_long).await?;
    let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    // A page that asks for a login, say.
    let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
    let body = answer.success().map_err(|failure| match failure {
        // A private repository of a server that asks who wants to know.
        Failure::Unauthorized => Failure::NotFound,
        failure => failure,
    })?;
    if is_page {
        return Err(Failure::Malformed(
            "the server answers with a page, not with a file".to_owned(),
        ));
    }
    if too_long(&body) {
        return Err(Failure::Malformed(format!("it is longer than {MAX_TEXT} bytes")));
    }
    String::from_utf8(body).map_err(|_| Failure::Malformed("it is not UTF-8".to_owned()))
}

/// A ref's name or a path in an address: slashes stay.
pub(super) fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
