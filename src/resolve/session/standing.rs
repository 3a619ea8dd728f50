//! Where commits stand that neither a listing nor the API could tell: the git server knows.

use std::collections::BTreeSet;

use super::{Host, Told};
use crate::actions::{Commit, Ref, Refs, RepositoryName, Standing};
use crate::resolve::cache::Scope;
use crate::resolve::failure::Failure;
use crate::resolve::git;
use crate::resolve::patience::Patience;
use crate::resolve::wanted::Wish;

impl Host<'_> {
    /// Lists all refs of a repository.
    pub(super) async fn list(
        &self,
        patience: &Patience,
        repository: RepositoryName<'_>,
        wish: &Wish<'_>,
    ) -> Result<Refs, Failure> {
        let (client, server) = (&self.session.client, &self.endpoints.server);
        patience.ask(async || git::list(client, server, repository, &wish.commits).await).await
    }

    /// An answer with where all wanted commits stand. Nobody else is asked where it tells of all; for
    /// others it takes one request, and one for a listing where the API gave a part of the refs.
    ///
    /// What cannot be told takes nothing away from the answer.
    pub(super) async fn settled(
        &self,
        patience: &Patience,
        wish: &Wish<'_>,
        mut told: Told,
    ) -> Told {
        let open = |refs: &Refs| -> Vec<Commit> {
            let commits = wish.commits.iter().copied();
            commits.filter(|&commit| refs.standing(commit).is_none()).collect()
        };
        let commits = open(&told.refs);
        if commits.is_empty() {
            return told;
        }
        let found = match told.scope {
            Scope::Everything => self.ask_history(patience, &told.refs, &commits).await,
            Scope::Part { .. } => match self.ask_listing(patience, &told.refs, commits).await {
                Ok((refs, standings)) => {
                    told.refs.refs.to_mut().extend(refs);
                    Ok(standings)
                }
                Err(failure) => Err(failure),
            },
        };
        told.refs.standings.extend(found.unwrap_or_default());
        for commit in open(&told.refs) {
            told.refs.standings.push((commit, Standing::Unknown));
        }
        told
    }

    /// Asks for all refs; gives those on the commits, and where the other commits stand.
    async fn ask_listing(
        &self,
        patience: &Patience,
        refs: &Refs,
        commits: Vec<Commit>,
    ) -> Result<(Vec<Ref>, Vec<(Commit, Standing)>), Failure> {
        let name = RepositoryName::parse(&refs.repository).ok_or(Failure::NotFound)?;
        let wish = Wish { commits: commits.into_iter().collect(), ..Wish::default() };
        let listing = self.list(patience, name, &wish).await?;
        let open: Vec<_> = wish
            .commits
            .iter()
            .copied()
            .filter(|&commit| listing.standing(commit).is_none())
            .collect();
        let mut standings = self.ask_history(patience, &listing, &open).await?;
        standings.extend(&listing.standings);
        let is_wanted = |entry: &&Ref| wish.commits.contains(&entry.commit);
        Ok((listing.refs.iter().filter(is_wanted).cloned().collect(), standings))
    }

    async fn ask_history(
        &self,
        patience: &Patience,
        refs: &Refs,
        commits: &[Commit],
    ) -> Result<Vec<(Commit, Standing)>, Failure> {
        if commits.is_empty() {
            return Ok(Vec::new());
        }
        let (client, server) = (&self.session.client, &self.endpoints.server);
        let heads: BTreeSet<_> = refs.refs.iter().map(|entry| entry.commit).collect();
        let repository = refs.repository.as_ref();
        patience
            .ask(async || git::standings(client, server, repository, &heads, commits).await)
            .await
    }
}
