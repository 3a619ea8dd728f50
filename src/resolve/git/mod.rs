//! The refs of a repository by the git protocol over HTTP, which needs no token and knows no hourly
//! limit.
//!
//! One request a repository: the `ls-refs` command of version 2, sent without asking for the
//! server's capabilities first, see <https://git-scm.com/docs/protocol-v2> and
//! <https://git-scm.com/docs/http-protocol>. A server may ignore the version. Its answer is then
//! empty or no listing, and the listing of version 0 is asked for in a second request.

mod listing;
mod pkt_line;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Url};

use self::listing::Listing;
use super::endpoints::BaseUrl;
use super::failure::Failure;
use super::transport::{self, USER_AGENT};
use crate::actions::{Refs, RepositoryName, Source};

/// Lists all tags and branches of a repository.
pub(super) async fn list(
    client: &Client,
    server: &BaseUrl,
    repository: RepositoryName<'_>,
) -> Result<Refs, Failure> {
    let base = format!("{server}/{repository}.git");
    let (body, url) = ask_version_2(client, &base).await.map_err(hidden_as_not_found)?;
    let name = name_in(&url, server).unwrap_or_else(|| repository.to_string());
    let listing = match Listing::version_2(&body)? {
        Some(listing) => listing,
        None => {
            let base = format!("{server}/{name}.git");
            let body = ask_version_0(client, &base).await.map_err(hidden_as_not_found)?;
            Listing::version_0(&body)?
        }
    };
    Ok(Refs {
        repository: name.into(),
        refs: listing.refs.into(),
        listed_until: None,
        source: Source::Repository,
        default_branch: listing.default_branch.map(Into::into),
        archived: None,
        moved: Vec::new(),
    })
}

/// GitHub asks for credentials where a repository does not exist.
fn hidden_as_not_found(failure: Failure) -> Failure {
    match failure {
        Failure::Unauthorized => Failure::NotFound,
        failure => failure,
    }
}

async fn ask_version_2(client: &Client, base: &str) -> Result<(Vec<u8>, Url), Failure> {
    let request = pkt_line::request(
        &["command=ls-refs", &format!("agent={USER_AGENT}"), "object-format=sha1"],
        &["peel", "symrefs", "ref-prefix HEAD", "ref-prefix refs/tags/", "ref-prefix refs/heads/"],
    );
    let (answer, url) = transport::send(address(base, "git-upload-pack")?, |url| {
        client
            .post(url)
            .header("Git-Protocol", "version=2")
            .header(CONTENT_TYPE, "application/x-git-upload-pack-request")
            .header(ACCEPT, "application/x-git-upload-pack-result")
            .body(request.clone())
    })
    .await?;
    Ok((answer.success()?, url))
}

async fn ask_version_0(client: &Client, base: &str) -> Result<Vec<u8>, Failure> {
    let url = address(base, "info/refs?service=git-upload-pack")?;
    let (answer, _) = transport::send(url, |url| client.get(url)).await?;
    answer.success()
}

fn address(base: &str, service: &str) -> Result<Url, Failure> {
    Url::parse(&format!("{base}/{service}"))
        .map_err(|error| Failure::Malformed(format!("no address: {error}")))
}

/// The repository whose address answered: a renamed one redirects to its new name.
fn name_in(url: &Url, server: &BaseUrl) -> Option<String> {
    let path = url.path().strip_prefix(server.path())?.strip_prefix('/')?;
    let name = path.strip_suffix("/git-upload-pack")?;
    let name = name.strip_suffix(".git").unwrap_or(name);
    RepositoryName::parse(name).map(|name| name.to_string())
}
