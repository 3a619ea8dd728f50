//! The images that a job and its services run in, where they are pulled with the workflow's token.

use super::action::REGISTRIES;
use super::condition::may_fit;
use super::frame::Frame;
use super::job::{Site, Walk};
use crate::expression::template;
use crate::workflow::{Job, Level, Scope};
use crate::yaml::Document;

impl<'d> Walk<'_, 'd> {
    /// What pulling the images of a job takes: `credentials` of `container:` and of `services:`,
    /// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainercredentials>.
    pub(super) fn containers(
        &mut self,
        document: &'d Document,
        job: &Job<'d>,
        frame: &Frame<'_>,
        file: Option<&'d str>,
    ) {
        for container in job.containers() {
            let text = |node| document.scalar(node);
            let image = document.get(container, "image").and_then(text);
            let credentials = document.get(container, "credentials");
            let password = credentials.and_then(|node| document.get(node, "password"));
            let (Some(image), Some(password)) = (image, password) else { continue };
            let carries = template(text(password).unwrap_or_default(), frame).carries;
            let name = template(image.trim_start_matches("docker://"), frame).known;
            let is_of_github = REGISTRIES.iter().any(|host| may_fit(&format!("{host}/*"), &name));
            if is_of_github && !frame.scenario.is_restricted() {
                let line = document.position(document.target(password)).line;
                let site = Site {
                    step: job.node().into(),
                    line,
                    title: None,
                    depth: 0,
                    file,
                    folder: None,
                };
                let evidence = site.evidence(image, "is pulled from GitHub's package registry");
                self.need_with(carries, &[(Scope::Packages, Level::Read)], site, &evidence);
            }
        }
    }
}
