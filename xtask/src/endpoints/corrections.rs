//! Endpoints that the lists do not have, or not rightly, with the page that says more.

use super::Source;
use super::needs::{Grant, Level, Needs};
use super::openapi::Endpoint;

/// What is known of an endpoint; of `None` that it asks for nothing.
type Correction = (&'static str, &'static str, Option<Grant>, &'static str);

const CORRECTIONS: [Correction; 9] = [
    // GitHub names both scopes here, but with the one for contents alone it refuses:
    // @octokit/app-permissions has it right.
    (
        "GET",
        "/repos/{owner}/{repo}/pulls/{pull_number}",
        Some(("pull-requests", Level::Read)),
        "https://docs.github.com/rest/pulls/pulls#get-a-pull-request",
    ),
    // It has an address of its own, uploads.github.com, and so stands in no list.
    (
        "POST",
        "/repos/{owner}/{repo}/releases/{release_id}/assets",
        Some(("contents", Level::Write)),
        "https://docs.github.com/rest/releases/assets#upload-a-release-asset",
    ),
    // "can be used without … permissions"
    (
        "GET",
        "/repos/{owner}/{repo}/releases/{release_id}/reactions",
        None,
        "https://docs.github.com/rest/reactions/reactions#list-reactions-for-a-release",
    ),
    (
        "POST",
        "/repos/{owner}/{repo}/releases/{release_id}/reactions",
        None,
        "https://docs.github.com/rest/reactions/reactions#create-reaction-for-a-release",
    ),
    (
        "DELETE",
        "/repos/{owner}/{repo}/releases/{release_id}/reactions/{reaction_id}",
        None,
        "https://docs.github.com/rest/reactions/reactions#delete-a-release-reaction",
    ),
    // "the attestations:read permission is required"
    (
        "GET",
        "/orgs/{org}/attestations/{subject_digest}",
        Some(("attestations", Level::Read)),
        "https://docs.github.com/rest/orgs/attestations#list-attestations",
    ),
    (
        "POST",
        "/orgs/{org}/attestations/bulk-list",
        Some(("attestations", Level::Read)),
        "https://docs.github.com/rest/orgs/attestations#list-attestations-by-bulk-subject-digests",
    ),
    (
        "GET",
        "/users/{username}/attestations/{subject_digest}",
        Some(("attestations", Level::Read)),
        "https://docs.github.com/rest/users/attestations#list-attestations",
    ),
    (
        "POST",
        "/users/{username}/attestations/bulk-list",
        Some(("attestations", Level::Read)),
        "https://docs.github.com/rest/users/attestations#list-attestations-by-bulk-subject-digests",
    ),
];

pub(super) fn of(endpoint: &Endpoint) -> Option<(Needs, Source)> {
    let (_, _, grant, page) = CORRECTIONS
        .iter()
        .find(|(method, path, ..)| endpoint.method == *method && endpoint.path == *path)?;
    Some((grant.map_or(Needs::Nothing, Needs::one), Source::Page(page)))
}
