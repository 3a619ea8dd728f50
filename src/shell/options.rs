//! Options that take the word behind them as their value.

use super::word::Word;

/// Programs with those of their options that may stand in front of a subcommand and take a value. Of each other option
/// the value has to be taken for an argument.
const WITH_VALUE: &[(&str, &[&str])] = &[
    // https://docs.anaconda.com/anacondaorg/commandreference/
    ("anaconda", &["-s", "-t", "--site", "--token"]),
    // https://doc.rust-lang.org/cargo/commands/cargo.html#options
    ("cargo", &["-C", "-Z", "--color", "--config", "--manifest-path"]),
    // https://docs.docker.com/reference/cli/docker/#options
    ("docker", &["-c", "-H", "-l", "--config", "--context", "--host", "--log-level"]),
    // https://cli.github.com/manual/
    ("gh", &["-R", "--hostname", "--repo"]),
    // https://git-scm.com/docs/git#_options
    ("git", &["-C", "-c", "--config-env", "--git-dir", "--namespace", "--work-tree"]),
    // https://hatch.pypa.io/latest/cli/reference/#hatch
    ("hatch", &["-e", "-p", "--cache-dir", "--config", "--data-dir", "--env", "--project"]),
    // https://helm.sh/docs/helm/helm/#options
    ("helm", &["-n", "--kube-context", "--kubeconfig", "--namespace", "--registry-config"]),
    // https://mise.jdx.dev/cli/#flags
    ("mise", &["-C", "-E", "-j", "--cd", "--env", "--jobs"]),
    // https://docs.npmjs.com/cli/using-npm/config
    ("npm", &["-w", "--prefix", "--registry", "--userconfig", "--workspace"]),
    // https://pdm-project.org/latest/reference/cli/
    ("pdm", &["-c", "--config"]),
    // https://pnpm.io/pnpm-cli#options
    ("pnpm", &["-C", "-F", "--dir", "--filter"]),
    // https://python-poetry.org/docs/cli/#global-options
    ("poetry", &["-C", "-P", "--directory", "--project"]),
    // https://docs.astral.sh/uv/reference/cli/#uv
    ("uv", &["--cache-dir", "--color", "--config-file", "--directory", "--project"]),
    // https://yarnpkg.com/cli
    ("yarn", &["--cwd"]),
];

/// Whether a word is an option of a program that takes the next one as its value.
pub(crate) fn takes_value(program: &str, word: &Word) -> bool {
    let Some(text) = word.text() else { return false };
    WITH_VALUE.iter().any(|(name, options)| *name == program && options.contains(&text))
}

/// The words without the options that are known to take a value, and without their values; each with its position.
pub(super) fn without_values<'w>(
    program: Option<&str>,
    words: &'w [Word],
) -> impl Iterator<Item = (usize, &'w Word)> {
    let mut is_value = false;
    words.iter().enumerate().filter(move |(_, word)| {
        let is_option = !is_value && program.is_some_and(|program| takes_value(program, word));
        let counts = !is_value && !is_option;
        is_value = is_option;
        counts
    })
}

/// The same without any option, and without the toolchain of `cargo +nightly`.
pub(super) fn without_options<'w>(
    program: Option<&str>,
    words: &'w [Word],
) -> impl Iterator<Item = (usize, &'w Word)> {
    let is_toolchain = move |word: &Word| program == Some("cargo") && word.starts_with("+");
    without_values(program, words)
        .filter(move |(_, word)| !word.starts_with("-") && !is_toolchain(word))
}
