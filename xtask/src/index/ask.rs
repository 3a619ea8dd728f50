//! What the network says, through the program's own resolver.

use std::collections::BTreeMap;
use std::time::Duration;

use spec8_fix::actions::{Commit, Date, Ref, RefKind, Refs, RepositoryName, Source, Uses};
use spec8_fix::resolve::{Answers, Limits, Network, Resolve as _, Settings, TokenSource, Wanted};

use super::tables::Tables;
use crate::{Fault, say};

/// How long all of it may take.
const OVERALL: Duration = Duration::from_secs(20 * 60);

/// What a repository says.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// All its tags and branches.
    pub(super) listing: Refs,
    /// Its name as the owner spells it, where GitHub's API was asked.
    pub(super) spelling: Option<String>,
    /// The days of commits.
    pub(super) dates: BTreeMap<Commit, Date>,
}

/// Asks for every repository; gives in their order what each says, or why it says nothing.
pub(super) fn all(tables: &Tables) -> Result<Vec<Result<Answer, String>>, Fault> {
    let settings = Settings {
        elsewhere: None,
        cache: None,
        offline: false,
        refresh: true,
        limits: Limits { overall: OVERALL, ..Limits::default() },
        ..Settings::from_environment().map_err(|error| error.to_string())?
    };
    let names: Vec<_> = tables.repositories().map(|repository| (&*repository.name, None)).collect();
    let listings = resolve(Settings { token: TokenSource::None, ..settings.clone() }, &names);
    let mut answers: Vec<_> = tables
        .repositories()
        .map(|repository| {
            let listing = listing(&listings, &repository.name)?;
            let dates = dates(&repository.refs);
            Ok(Answer { listing, spelling: None, dates })
        })
        .collect();
    if let TokenSource::Unusable(notice) = &settings.token {
        say(&notice.to_string());
    }
    if matches!(settings.token, TokenSource::Given(_)) {
        add_dates(settings, tables, &mut answers);
    }
    Ok(answers)
}

/// Asks GitHub's API for the days of the newest tags, and of the branches whose day is not known.
fn add_dates(settings: Settings, tables: &Tables, answers: &mut [Result<Answer, String>]) {
    let wanted: Vec<_> = tables
        .repositories()
        .zip(&*answers)
        .filter_map(|(repository, answer)| Some((repository, answer.as_ref().ok()?)))
        .flat_map(|(repository, answer)| {
            let undated = answer.listing.refs.iter().filter(|entry| {
                super::merge::is_kept(entry, repository, &answer.listing)
                    && entry.kind == RefKind::Branch
                    && !answer.dates.contains_key(&entry.commit)
            });
            let name = &*repository.name;
            [(name, None)].into_iter().chain(undated.map(move |entry| (name, Some(&*entry.name))))
        })
        .collect();
    let told = resolve(settings, &wanted);
    for (repository, answer) in tables.repositories().zip(answers) {
        let (Ok(answer), Ok(told)) = (answer, listing(&told, &repository.name)) else { continue };
        // What the tables say of a commit is not asked again.
        for (commit, date) in dates(&told.refs) {
            answer.dates.entry(commit).or_insert(date);
        }
        // Only the API tells whether a repository is archived, and only it knows how it is spelled.
        if told.archived.is_some() {
            answer.spelling = Some(told.repository.into_owned());
        }
    }
}

/// One run of the resolver, for these repositories and refs.
fn resolve(settings: Settings, names: &[(&str, Option<&str>)]) -> Answers {
    let uses: Vec<_> = names
        .iter()
        .map(|(repository, git_ref)| format!("{repository}@{}", git_ref.unwrap_or("HEAD")))
        .collect();
    let actions = uses.iter().filter_map(|text| match Uses::parse(text) {
        Uses::Repository(action) => Some(action),
        _ => None,
    });
    let answers =
        Network::new(settings, Box::new(|_, _| {})).resolve(&actions.collect::<Wanted<'_>>());
    answers.notices().iter().for_each(|notice| say(&notice.to_string()));
    answers
}

/// What a repository itself said: neither cache nor index stands in for it here.
fn listing(answers: &Answers, name: &str) -> Result<Refs, String> {
    let name = RepositoryName::parse(name).ok_or("not OWNER/NAME")?;
    match answers.get(name) {
        Ok(refs) if refs.source == Source::Repository => Ok(refs.clone()),
        Ok(_) => Err("there was no answer".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}

fn dates(refs: &[Ref]) -> BTreeMap<Commit, Date> {
    refs.iter().filter_map(|entry| Some((entry.commit, entry.date?))).collect()
}
