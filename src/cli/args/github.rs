//! The arguments for what happens on GitHub.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::actions::RepositoryName;
use crate::github::Request;

/// Where to look, other than on this machine, and how to hand the changes in.
#[derive(Debug, Args)]
#[command(next_help_heading = "GitHub")]
pub(in crate::cli) struct GithubArguments {
    /// Commit the fixes to a branch and open a pull request, or refresh the one that is open; touches
    /// no file of the clone
    #[arg(long, conflicts_with = "write")]
    pub(in crate::cli) pull_request: bool,

    /// The branch that the pull request is for [default: the repository's default branch]
    #[arg(long, value_name = "BRANCH")]
    base: Option<String>,

    /// The branch that the fixes are committed to [default: spec8-fix/BASE]
    #[arg(long, value_name = "BRANCH", requires = "pull_request")]
    branch: Option<String>,

    /// The title of the pull request
    #[arg(long, requires = "pull_request")]
    title: Option<String>,

    /// A label for the pull request; may be given several times
    #[arg(long, value_name = "NAME", requires = "pull_request")]
    label: Vec<String>,

    /// Open the pull request as a draft
    #[arg(long, requires = "pull_request")]
    draft: bool,

    /// Look at a repository on GitHub, without a clone
    #[arg(long, value_name = "OWNER/NAME", conflicts_with_all = ["paths", "write", "offline"])]
    pub(in crate::cli) repo: Option<Named>,

    /// Look at the repositories that a file lists, one `OWNER/NAME` a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "write", "offline", "repo"])]
    pub(in crate::cli) repos_from: Option<PathBuf>,

    /// Look at all repositories of an organisation or user
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["paths", "write", "offline", "repo", "repos_from"]
    )]
    pub(in crate::cli) org: Option<String>,

    /// Of many repositories also look at these
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(in crate::cli) include: Vec<Kind>,

    /// Look at one part of many repositories: 2/5 is the second of five parts, for several machines
    #[arg(long, value_name = "K/N")]
    pub(in crate::cli) shard: Option<Shard>,

    /// Where a run over many repositories notes what is done, to go on there once interrupted
    #[arg(long, value_name = "FILE", default_value = "spec8-fix-journal.jsonl")]
    pub(in crate::cli) journal: PathBuf,
}

/// What is left out unless it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Kind {
    /// Forks
    Forks,
    /// Archived repositories: they take no pull requests
    Archived,
}

/// `OWNER/NAME`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Named(pub(in crate::cli) String);

impl FromStr for Named {
    type Err = &'static str;

    /// Takes the address of a repository as well.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text
            .split_once("://")
            .map_or(text, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let path = path.trim_end_matches('/').trim_end_matches(".git");
        let fits = |part: &str| {
            let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !matches!(part, "." | "..") && part.bytes().all(is_known)
        };
        RepositoryName::parse(path)
            .filter(|name| fits(name.owner) && fits(name.name))
            .map(|name| Self(name.to_string()))
            .ok_or("expected OWNER/NAME")
    }
}

/// One of several parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Shard {
    /// From 0.
    pub(in crate::cli) part: usize,
    pub(in crate::cli) of: usize,
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |text: &str| text.parse::<usize>().ok();
        text.split_once('/')
            .and_then(|(part, of)| Some((parse(part)?, parse(of)?)))
            .filter(|&(part, of)| (1..=of).contains(&part))
            .map(|(part, of)| Self { part: part - 1, of })
            .ok_or("expected K/N, with K from 1 to N")
    }
}

impl GithubArguments {
    /// What is asked of pull requests.
    pub(in crate::cli) fn request(&self, is_dry_run: bool) -> Request {
        Request {
            base: self.base.clone(),
            branch: self.branch.clone(),
            title: self.title.clone(),
            labels: self.label.clone(),
            is_draft: self.draft,
            is_dry_run,
        }
    }

    /// Whether this is about many repositories.
    pub(in crate::cli) fn is_many(&self) -> bool {
        self.repos_from.is_some() || self.org.is_some()
    }

    /// Whether any of this is about GitHub.
    pub(in crate::cli) fn are_used(&self) -> bool {
        self.pull_request || self.repo.is_some() || self.is_many()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_named_in_several_ways() {
        for text in ["pypa/pip", "https://github.com/pypa/pip", "https://github.com/pypa/pip.git"] {
            assert_eq!(text.parse(), Ok(Named("pypa/pip".to_owned())), "{text}");
        }
        for text in ["pip", "a/b/c", "../b", "a/b?c", "https://github.com/pypa", ""] {
            assert!(text.parse::<Named>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_is_one_of_several() {
        assert_eq!("2/5".parse(), Ok(Shard { part: 1, of: 5 }));
        for text in ["0/5", "6/5", "1", "1/0", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
