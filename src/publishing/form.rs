//! The forms in which registries take a trusted publisher.

use crate::actions::upload::Destination;

/// What a registry wants to know of a trusted publisher.
#[derive(Clone, Copy, Debug)]
pub struct PublisherForm<'f> {
    /// The owner of the repository.
    pub owner: &'f str,
    /// The repository's name, without its owner.
    pub repository: &'f str,
    /// The workflow's file name, without its folder.
    pub workflow: &'f str,
    /// The environment, where the job has one.
    pub environment: Option<&'f str>,
}

impl PublisherForm<'_> {
    /// The page with the form for a package that is there already. PyPI's takes the fields from its address:
    /// <https://github.com/pypi/warehouse/pull/16399>. `None` for a registry that is not known to have one.
    pub fn page(&self, to: &Destination, package: &str) -> Option<String> {
        Some(match to {
            Destination::PyPi | Destination::TestPyPi => {
                let host = Self::pypi_host(to);
                format!(
                    "https://{host}/manage/project/{package}/settings/publishing/?{}",
                    self.query()
                )
            }
            Destination::CratesIo => {
                format!("https://crates.io/crates/{package}/settings/new-trusted-publisher")
            }
            Destination::Npm => format!("https://www.npmjs.com/package/{package}/access"),
            _ => return None,
        })
    }

    /// The host of PyPI, or of its twin for tests.
    pub fn pypi_host(to: &Destination) -> &'static str {
        if *to == Destination::TestPyPi { "test.pypi.org" } else { "pypi.org" }
    }

    fn query(&self) -> String {
        let fields = [
            ("owner", self.owner),
            ("repository", self.repository),
            ("workflow_filename", self.workflow),
        ];
        let environment = self.environment.map(|name| ("environment", name));
        let fields = fields.into_iter().chain(environment);
        let fields = fields.map(|(field, value)| format!("&{field}={}", escaped(value)));
        format!("provider=github{}", fields.collect::<String>())
    }
}

/// A value of a query: <https://datatracker.ietf.org/doc/html/rfc3986#section-2.3>.
fn escaped(value: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn values_are_escaped() {
        assert_eq!(escaped("publish-package_1.2"), "publish-package_1.2");
        assert_eq!(escaped("a b/ü"), "a%20b%2F%C3%BC");
    }
}
