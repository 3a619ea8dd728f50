//! What is to be known of a Python project to build it.

use toml::Table;

/// How the packages of a project are built, and what that takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// The packages are the same for all systems.
    #[default]
    Pure,
    /// By maturin, for each system.
    Maturin,
    /// By a backend that compiles, for each system.
    Compiled,
}

/// A Python project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its name on PyPI.
    pub name: String,
    /// How it is built.
    pub backend: Backend,
    /// Whether its version comes from git's tags.
    pub version_from_git: bool,
}

/// Backends that compile something:
/// <https://meson-python.readthedocs.io>, <https://scikit-build-core.readthedocs.io>,
/// <https://sipbuild.readthedocs.io>, and extensions of setuptools that do.
const COMPILING: &[&str] = &["mesonpy", "scikit_build_core", "sipbuild"];

/// What else in the requirements of a build says that something is compiled.
const COMPILERS: &[&str] = &[
    "cffi",
    "cmake",
    "cppyy",
    "cython",
    "meson-python",
    "numpy",
    "oldest-supported-numpy",
    "pybind11",
    "nanobind",
    "scikit-build",
    "setuptools-rust",
];

/// What takes a version from git's tags.
const FROM_GIT: &[&str] = &[
    "dunamai",
    "flit-scm",
    "hatch-vcs",
    "pdm-backend",
    "poetry-dynamic-versioning",
    "setuptools-git-versioning",
    "setuptools-scm",
    "versioneer",
    "versioningit",
];

impl Project {
    /// Reads `pyproject.toml`, which may be missing or wrong, of a project with this name on PyPI:
    /// <https://packaging.python.org/en/latest/specifications/pyproject-toml/#declaring-build-system-metadata-the-build-system-table>.
    pub fn read(name: String, pyproject: &str) -> Self {
        let table: Table = pyproject.parse().unwrap_or_default();
        let build = table.get("build-system");
        let backend = build.and_then(|build| build.get("build-backend")?.as_str());
        let backend = backend.unwrap_or("setuptools");
        let requires = build.and_then(|build| build.get("requires")?.as_array());
        let requires: Vec<_> = requires
            .into_iter()
            .flatten()
            .filter_map(|requirement| Some(package(requirement.as_str()?)))
            .collect();
        let requires_one_of =
            |names: &[&str]| requires.iter().any(|name| names.contains(&name.as_str()));
        let is_of = |name: &str| backend.split('.').next() == Some(name);
        Self {
            name,
            backend: if is_of("maturin") {
                Backend::Maturin
            } else if COMPILING.iter().any(|name| is_of(name)) || requires_one_of(COMPILERS) {
                Backend::Compiled
            } else {
                Backend::Pure
            },
            version_from_git: requires_one_of(FROM_GIT),
        }
    }
}

/// The normalised name of the package that a requirement is for.
fn package(requirement: &str) -> String {
    let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
    let name = &requirement[..end.unwrap_or(requirement.len())];
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_build_is_read() {
        for (text, backend, version_from_git) in [
            ("", Backend::Pure, false),
            ("not toml", Backend::Pure, false),
            (
                "[build-system]\nrequires = ['flit_core >=3']\nbuild-backend = 'flit_core.buildapi'",
                Backend::Pure,
                false,
            ),
            (
                "[build-system]\nrequires = ['hatchling', 'hatch-vcs']\nbuild-backend = 'hatchling.build'",
                Backend::Pure,
                true,
            ),
            (
                "[build-system]\nrequires = ['setuptools', 'setuptools_scm[toml]>=8']",
                Backend::Pure,
                true,
            ),
            ("[build-system]\nrequires = ['setuptools', 'Cython>=3']", Backend::Compiled, false),
            (
                "[build-system]\nrequires = ['meson-python']\nbuild-backend = 'mesonpy'",
                Backend::Compiled,
                false,
            ),
            (
                "[build-system]\nrequires = ['maturin>=1']\nbuild-backend = 'maturin'",
                Backend::Maturin,
                false,
            ),
        ] {
            let expected = Project { name: "x".to_owned(), backend, version_from_git };
            assert_eq!(Project::read("x".to_owned(), text), expected, "{text}");
        }
    }
}
