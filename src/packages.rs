//! What the packages of a repository are called, by the files at its top that say so.
//!
//! Names that a program would have to compute, `setup.py` say, are not known.

use serde_json::Value as Json;
use toml::Value as Toml;

use crate::actions::upload::Destination;

/// The packages that a repository has at its top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packages {
    /// The name on PyPI.
    pub python: Option<String>,
    /// The name on crates.io.
    pub rust: Option<String>,
    /// The name on npm.
    pub node: Option<String>,
    /// The registry that `package.json` says is published to.
    pub node_registry: Option<String>,
}

impl Packages {
    /// The files that tell.
    pub const FILES: [&'static str; 4] =
        ["pyproject.toml", "setup.cfg", "Cargo.toml", "package.json"];

    /// Reads the files; `text` gives the content of one of [`Self::FILES`], where it is there.
    pub fn read(text: impl Fn(&str) -> Option<String>) -> Self {
        let pyproject = text("pyproject.toml").and_then(|text| text.parse::<toml::Table>().ok());
        let python = pyproject
            .and_then(|table| python_name(&Toml::Table(table)))
            .or_else(|| setup_cfg_name(&text("setup.cfg")?));
        let cargo = text("Cargo.toml").and_then(|text| text.parse::<toml::Table>().ok());
        let package: Option<Json> =
            text("package.json").and_then(|text| serde_json::from_str(&text).ok());
        Self {
            python,
            rust: cargo.and_then(|table| rust_name(&Toml::Table(table))),
            node: package.as_ref().and_then(node_name),
            node_registry: package
                .as_ref()
                .and_then(|it| it.pointer("/publishConfig/registry")?.as_str())
                .map(str::to_owned),
        }
    }

    /// The name of the package at a place that it is uploaded to, if it is known.
    pub fn name(&self, to: &Destination) -> Option<&str> {
        match to {
            Destination::PyPi | Destination::TestPyPi => self.python.as_deref(),
            Destination::CratesIo => self.rust.as_deref(),
            Destination::Npm => self.node.as_deref(),
            _ => None,
        }
    }

    /// The page of the package at a place that it is uploaded to, if its name is known.
    pub fn page(&self, to: &Destination) -> Option<String> {
        let start = match to {
            Destination::PyPi => "https://pypi.org/p/",
            Destination::TestPyPi => "https://test.pypi.org/p/",
            Destination::CratesIo => "https://crates.io/crates/",
            Destination::Npm => "https://www.npmjs.com/package/",
            _ => return None,
        };
        self.name(to).map(|name| format!("{start}{name}"))
    }
}

/// `[project]`, and the tables of tools that are older:
/// <https://packaging.python.org/en/latest/specifications/pyproject-toml/#name>,
/// <https://python-poetry.org/docs/pyproject/#name>,
/// <https://flit.pypa.io/en/stable/pyproject_toml.html#old-style-metadata>.
fn python_name(pyproject: &Toml) -> Option<String> {
    let paths: [&[&str]; 4] = [
        &["project", "name"],
        &["tool", "poetry", "name"],
        &["tool", "flit", "metadata", "dist-name"],
        &["tool", "flit", "metadata", "module"],
    ];
    paths.iter().find_map(|path| toml_text(pyproject, path)).filter(|name| is_name(name, "._-"))
}

/// The key `name` of `[metadata]`: <https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>.
fn setup_cfg_name(text: &str) -> Option<String> {
    let section = text.lines().map(str::trim).skip_while(|line| *line != "[metadata]").skip(1);
    let name = section.take_while(|line| !line.starts_with('[')).find_map(|line| {
        let (key, value) = line.split_once(['=', ':'])?;
        (key.trim() == "name").then(|| value.trim())
    });
    name.filter(|name| is_name(name, "._-")).map(str::to_owned)
}

/// <https://doc.rust-lang.org/cargo/reference/manifest.html>.
fn rust_name(manifest: &Toml) -> Option<String> {
    let is_private = manifest.get("package")?.get("publish").and_then(Toml::as_bool) == Some(false);
    toml_text(manifest, &["package", "name"]).filter(|name| !is_private && is_name(name, "_-"))
}

/// <https://docs.npmjs.com/cli/configuring-npm/package-json>.
fn node_name(package: &Json) -> Option<String> {
    let is_private = package.get("private").and_then(Json::as_bool) == Some(true);
    let name = package.get("name")?.as_str()?;
    (!is_private && is_name(name.strip_prefix('@').unwrap_or(name), "._-/"))
        .then(|| name.to_owned())
}

fn toml_text(value: &Toml, path: &[&str]) -> Option<String> {
    let found = path.iter().try_fold(value, |value, key| value.get(key))?;
    found.as_str().map(str::to_owned)
}

/// Whether a text is a name that can stand in an address as it is.
fn is_name(text: &str, also: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(files: &[(&str, &str)]) -> Packages {
        Packages::read(|name| {
            files.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned())
        })
    }

    #[test]
    fn names_are_read() {
        for (file, text, expected) in [
            ("pyproject.toml", "[project]\nname = 'a.b'\n", "https://pypi.org/p/a.b"),
            ("pyproject.toml", "[tool.poetry]\nname = \"poem\"\n", "https://pypi.org/p/poem"),
            ("pyproject.toml", "[tool.flit.metadata]\nmodule = \"m\"\n", "https://pypi.org/p/m"),
            (
                "setup.cfg",
                "[options]\nname = x\n[metadata]\nname = right\n",
                "https://pypi.org/p/right",
            ),
            ("Cargo.toml", "[package]\nname = \"crate\"\n", "https://crates.io/crates/crate"),
            ("package.json", r#"{"name": "@a/b"}"#, "https://www.npmjs.com/package/@a/b"),
        ] {
            let found = packages(&[(file, text)]);
            let to = [Destination::PyPi, Destination::CratesIo, Destination::Npm];
            let pages: Vec<_> = to.iter().filter_map(|to| found.page(to)).collect();
            assert_eq!(pages, [expected], "{text}");
        }
    }

    #[test]
    fn names_that_are_not_known() {
        for (file, text) in [
            ("pyproject.toml", "[build-system]\n"),
            ("pyproject.toml", "not toml"),
            ("setup.cfg", "[metadata]\nname = file: NAME\n"),
            ("Cargo.toml", "[workspace]\n"),
            ("Cargo.toml", "[package]\nname = \"x\"\npublish = false\n"),
            ("package.json", r#"{"name": "x", "private": true}"#),
            ("package.json", "{"),
        ] {
            assert_eq!(packages(&[(file, text)]), Packages::default(), "{text}");
        }
    }

    #[test]
    fn the_registry_of_npm_is_read() {
        let text = r#"{"name": "x", "publishConfig": {"registry": "https://npm.pkg.github.com"}}"#;
        let found = packages(&[("package.json", text)]);
        assert_eq!(found.node_registry.as_deref(), Some("https://npm.pkg.github.com"));
    }
}
