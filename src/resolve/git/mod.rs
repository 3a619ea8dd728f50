//! The refs of a repository by the git protocol over HTTP, which needs no token and knows no hourly
//! limit.
//!
//! One request a repository: the `ls-refs` command of version 2, sent without asking for the
//! server's capabilities first, see <https://git-scm.com/docs/protocol-v2> and
//! <https://git-scm.com/docs/http-protocol>. A server may ignore the version. Its answer is then
//! empty or no listing, and the listing of version 0 is asked for in a second request.

mod history;
mod listing;
mod pkt_line;

use std::collections::BTreeSet;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Url};

pub(super) use self::history::standings;
use self::listing::Listing;
use super::endpoints::BaseUrl;
use super::failure::Failure;
use super::transport::{self, Answer};
use crate::actions::{Commit, Refs, RepositoryName, Source, Standing};

/// Lists all tags and branches of a repository, and tells which of these commits are the objects of
/// annotated tags.
pub(super) async fn list(
    client: &Client,
    server: &BaseUrl,
    repository: RepositoryName<'_>,
    commits: &BTreeSet<Commit>,
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
    let tag_objects = listing.tag_objects.into_iter();
    let tag_objects = tag_objects.filter(|(object, _)| commits.contains(object));
    Ok(Refs {
        default_branch: listing.default_branch.map(Into::into),
        // It was asked without a token.
        is_private: Some(false),
        standings: tag_objects.map(|(object, commit)| (object, Standing::TagOf(commit))).collect(),
        ..Refs::new(name.into(), listing.refs.into(), Source::Repository)
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
        "ls-refs",
        &["peel", "symrefs", "ref-prefix HEAD", "ref-prefix refs/tags/", "ref-prefix refs/heads/"],
    );
    let (answer, url) = post(client, base, &request, |_| false).await?;
    Ok((answer.success()?, url))
}

/// Sends a request of version 2. Of the answer as much is read as is `enough`.
async fn post(
    client: &Client,
    base: &str,
    request: &[u8],
    enough: impl Fn(&[u8]) -> bool,
) -> Result<(Answer, Url), Failure> {
    let send = |url| {
        client
            .post(url)
            .header("Git-Protocol", "version=2")
            .header(CONTENT_TYPE, "application/x-git-upload-pack-request")
            .header(ACCEPT, "application/x-git-upload-pack-result")
            .body(request.to_owned())
    };
    transport::send_until(address(base, "git-upload-pack")?, send, enough).await
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
