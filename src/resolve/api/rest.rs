//! REST, for where a token is there but GraphQL is refused: a few requests a repository, and one for the
//! vulnerabilities of all.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Api;
use crate::actions::{Advisory, Ref, RefKind, Refs, Release, RepositoryName, Source, Teller};
use crate::resolve::failure::Failure;
use crate::resolve::patience::Patience;
use crate::resolve::raw::encoded;
use crate::resolve::wanted::Asked;

/// How many pages of a hundred tags are read.
const MAX_PAGES: usize = 10;

#[derive(Deserialize)]
struct Repository {
    full_name: String,
    default_branch: Option<String>,
    #[serde(default)]
    archived: Option<bool>,
    #[serde(default)]
    private: Option<bool>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    commit: Target,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(rename = "ref")]
    name: String,
    object: Target,
}

#[derive(Deserialize)]
struct Published {
    tag_name: String,
    published_at: Option<String>,
    draft: bool,
    prerelease: bool,
}

impl Published {
    /// The release by its tag; `None` for a draft.
    fn by_tag(self) -> Option<(String, Release)> {
        let since = self.published_at.filter(|_| !self.draft)?.parse().ok()?;
        let is_prerelease = self.prerelease;
        Some((self.tag_name, Release { since, told_by: Teller::GitHub, is_prerelease }))
    }
}

#[derive(Deserialize)]
struct Target {
    sha: String,
}

#[derive(Deserialize)]
struct GlobalAdvisory {
    ghsa_id: String,
    severity: String,
    withdrawn_at: Option<String>,
    #[serde(default)]
    vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    package: Option<Package>,
    vulnerable_version_range: Option<String>,
    first_patched_version: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: Option<String>,
}

/// Asks about one repository.
///
/// Its tags come from `/tags`, which gives commits: `/git/matching-refs/tags/` gives the objects of
/// annotated tags, and each would take one more request.
pub(in crate::resolve) async fn ask(
    api: &Api,
    patience: &Patience,
    (repository, wish): Asked<'_>,
) -> Result<Refs, Failure> {
    let base = format!("/repos/{repository}");
    let about: Repository = patience.ask(async || Ok(get(api, &base).await?.0)).await?;
    let mut refs = BTreeMap::new();
    for page in 1..=MAX_PAGES {
        let route = format!("{base}/tags?per_page=100&page={page}");
        let (tags, headers): (Vec<Tag>, _) = patience.ask(async || get(api, &route).await).await?;
        for tag in tags {
            add(&mut refs, RefKind::Tag, tag.name, &tag.commit);
        }
        if !has_next(&headers) {
            break;
        }
    }
    // No ref has `..` in its name, and an address with it is another one.
    for name in wish.names.iter().filter(|name| !name.contains("..")) {
        let route = format!("{base}/git/matching-refs/heads/{}", encoded(name));
        let branches: Vec<Branch> = patience.ask(async || Ok(get(api, &route).await?.0)).await?;
        for branch in branches {
            if let Some(found) = branch.name.strip_prefix("refs/heads/") {
                add(&mut refs, RefKind::Branch, found.to_owned(), &branch.object);
            }
        }
    }
    let mut releases = BTreeMap::new();
    if !wish.newer.is_empty() {
        let route = format!("{base}/releases?per_page=50");
        let found: Vec<Published> = patience.ask(async || Ok(get(api, &route).await?.0)).await?;
        releases.extend(found.into_iter().filter_map(Published::by_tag));
    }
    let refs = refs.into_values().collect();
    Ok(Refs {
        default_branch: about.default_branch.map(Into::into),
        archived: about.archived,
        is_private: about.private,
        releases,
        ..Refs::new(about.full_name.into(), refs, Source::Repository)
    })
}

/// Asks for the known vulnerabilities of these repositories, and gives each with the name of its own.
///
/// No more than the newest hundred are read: most actions have none, the others a few.
pub(in crate::resolve) async fn advisories(
    api: &Api,
    patience: &Patience,
    repositories: &[RepositoryName<'_>],
) -> Result<Vec<(String, Advisory)>, Failure> {
    let names: Vec<_> = repositories.iter().map(ToString::to_string).collect();
    let route = format!("/advisories?ecosystem=actions&per_page=100&affects={}", names.join(","));
    let found: Vec<GlobalAdvisory> = patience.ask(async || Ok(get(api, &route).await?.0)).await?;
    let standing = found.into_iter().filter(|advisory| advisory.withdrawn_at.is_none());
    let each =
        standing.flat_map(|GlobalAdvisory { ghsa_id, severity, vulnerabilities, .. }| {
            vulnerabilities.unwrap_or_default().into_iter().filter_map(move |it| {
                let package = it.package.filter(|package| package.ecosystem == "actions")?;
                let range = it.vulnerable_version_range?;
                let patched = it.first_patched_version.as_deref();
                let advisory = Advisory::read(ghsa_id.clone(), &severity, &range, patched)?;
                Some((package.name?, advisory))
            })
        });
    Ok(each.collect())
}

fn add(refs: &mut BTreeMap<(RefKind, String), Ref>, kind: RefKind, name: String, target: &Target) {
    if let Ok(commit) = target.sha.parse() {
        let entry = Ref { name: name.clone().into(), kind, commit, date: None, listed: true };
        refs.insert((kind, name), entry);
    }
}

async fn get<T: DeserializeOwned>(api: &Api, route: &str) -> Result<(T, HeaderMap), Failure> {
    let answer = api.get(route).await?;
    let headers = answer.headers.clone();
    let body = answer.success().map_err(|failure| api.without_token(failure))?;
    Ok((super::from_json(&body)?, headers))
}

/// Whether the `link` header names a next page.
fn has_next(headers: &HeaderMap) -> bool {
    let links = headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    links.into_iter().any(|links| links.contains("rel=\"next\""))
}
