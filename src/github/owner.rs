//! The repositories of an organisation or a user.

use serde::Deserialize;
use serde_json::json;

use super::{Client, Problem};

const REPOSITORIES: &str = "\
query repositories($owner: String!, $after: String) {
  repositoryOwner(login: $owner) {
    repositories(
      first: 100
      after: $after
      ownerAffiliations: [OWNER]
      orderBy: { field: NAME, direction: ASC }
    ) {
      nodes { nameWithOwner }
      pageInfo { hasNextPage endCursor }
    }
  }
}
";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    repository_owner: Option<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    repositories: Page,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    name_with_owner: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// The names of all repositories that the token can see, in order.
pub(crate) async fn repositories_of(client: &Client, owner: &str) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    let mut after = None;
    loop {
        let variables = json!({ "owner": owner, "after": after });
        let answer: Answer = client
            .query(REPOSITORIES, &variables)
            .await
            .map_err(|failure| Problem::failed(owner, &failure))?;
        let Some(Owner { repositories }) = answer.repository_owner else {
            return Err(Problem::new(format!("{owner}: no such organisation or user")));
        };
        names.extend(repositories.nodes.into_iter().map(|node| node.name_with_owner));
        let PageInfo { has_next_page, end_cursor } = repositories.page_info;
        match end_cursor.filter(|_| has_next_page) {
            Some(cursor) => after = Some(cursor),
            None => return Ok(names),
        }
    }
}
