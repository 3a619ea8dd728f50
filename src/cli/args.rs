//! The arguments.

mod github;

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::actions::{Date, Range, TagOf, Upgrade};
use crate::rules::{RULES, Rule, Runs};

pub(super) use github::{GithubArguments, Kind, Named};

/// How many days a release has to be out before it is taken. Hijacked releases of actions were found
/// within hours to a few days.
const MIN_AGE: u32 = 7;

/// Make a repository's GitHub workflows follow SPEC 8, "Securing the Release Process".
///
/// Without an option, prints what would change as a unified diff and changes nothing.
#[derive(Debug, Parser)]
#[command(
    name = "spec8-fix",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0, nothing is left to do here; 1, there are changes to make; 2, something could not be read, written or done."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// A repository, a folder of repositories, or files [default: the current repository]
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Print a unified diff and change nothing (the default)
    #[arg(long, conflicts_with_all = ["write", "interactive"])]
    pub(super) dry_run: bool,

    /// Apply the fixes to the files
    #[arg(long)]
    pub(super) write: bool,

    /// Show each fix and ask about it, then apply those that were chosen
    #[arg(long, conflicts_with_all = ["pull_request", "repo", "repos_from", "org"])]
    pub(super) interactive: bool,

    /// Also make fixes that could change or stop a run, or need something outside the file
    #[arg(long = "unsafe")]
    pub(super) allow_unsafe: bool,

    /// Say behind each new permission what it is needed for
    #[arg(long)]
    pub(super) comment_permissions: bool,

    /// Also make version comments exact that are right: `# v4` becomes `# v4.4.0`
    #[arg(long)]
    pub(super) exact_comments: bool,

    /// Take this tag as it is, although it was moved; may be given several times
    #[arg(long, value_name = "OWNER/NAME@TAG")]
    pub(super) accept_moved: Vec<TagOf>,

    /// Also write the diff to this file
    #[arg(long, value_name = "FILE")]
    pub(super) diff_file: Option<PathBuf>,

    /// Run these rules only; one that is off by default runs only so
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_names())]
    select: Vec<String>,

    /// Do not run these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_names())]
    ignore: Vec<String>,

    /// Take the newest release in place of the one in use, for tags and for pins that are there
    /// already: of the same major version (minor, the default), with another last number only (patch),
    /// or of all (major, which needs --unsafe)
    #[arg(
        long,
        value_name = "RANGE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "minor"
    )]
    upgrade: Option<UpgradeRange>,

    /// Upgrade only to releases that have been out for so many days [default: 7]
    #[arg(long, value_name = "DAYS", requires = "upgrade")]
    min_age: Option<u32>,

    /// Use no network: what neither earlier runs saw nor the built-in index holds is left
    #[arg(long)]
    pub(super) offline: bool,

    /// Ask again for what earlier runs saw within the hour
    #[arg(long, conflicts_with = "offline")]
    pub(super) refresh: bool,

    /// Print the diff and errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// List every finding, and what is known about each fix
    #[arg(short, long, action = ArgAction::Count)]
    pub(super) verbose: u8,

    #[command(flatten)]
    pub(super) github: GithubArguments,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the rules
    Rules,
    /// Explain a rule: what it does, why, and what it leaves
    Explain {
        /// The rule's name
        #[arg(value_parser = rule_names())]
        rule: String,
    },
    /// Write files that SPEC 8 asks for, drawn from the repository; one that is there stays
    Init(Init),
}

/// What to write.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Init {
    /// A page on how a release is made, `RELEASING.md`, from the workflows that publish
    #[arg(long, required_unless_present = "publish_workflow")]
    pub(super) release_docs: bool,

    /// The workflow that publishes a Python package, as SPEC 8 has it: `.github/workflows/publish.yml`
    #[arg(long)]
    pub(super) publish_workflow: bool,

    /// Print a unified diff and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Use no network: versions are those of earlier runs and of the built-in index
    #[arg(long)]
    pub(super) offline: bool,

    /// The repository [default: the current one]
    #[arg(value_name = "PATH")]
    pub(super) path: Option<PathBuf>,
}

/// How far to upgrade.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum UpgradeRange {
    Patch,
    Minor,
    Major,
}

impl From<UpgradeRange> for Range {
    fn from(range: UpgradeRange) -> Self {
        match range {
            UpgradeRange::Patch => Self::Patch,
            UpgradeRange::Minor => Self::Minor,
            UpgradeRange::Major => Self::Major,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

impl Arguments {
    /// Whether a rule is to run.
    pub(super) fn wants(&self, rule: &Rule) -> bool {
        let is_named = |names: &[String]| names.iter().any(|name| name == rule.name);
        let selected = if self.select.is_empty() {
            rule.runs == Runs::ByDefault
        } else {
            is_named(&self.select)
        };
        selected && !is_named(&self.ignore)
    }

    /// How to move forward, if that is asked for.
    pub(super) fn upgrade(&self, today: Date) -> Option<Upgrade> {
        let min_age = self.min_age.unwrap_or(MIN_AGE);
        self.upgrade.map(|range| Upgrade { range: range.into(), min_age, today })
    }
}

fn rule_names() -> PossibleValuesParser {
    PossibleValuesParser::new(RULES.iter().map(|rule| rule.name))
}
