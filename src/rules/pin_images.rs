//! Container images by digest.

use std::collections::BTreeMap;

use super::{Rule, Runs};
use crate::actions::RepositoryName;
use crate::finding::{Applicability, Clause, Facts, File, Finding, Fix, Remedy, Severity, View};
use crate::images::ImageRef;
use crate::resolve::{BaseUrl, ImageDigest, Wanted};
use crate::yaml::{Change, Document, NodeId, Operation};

const EXPLANATION: &str = "\
## What it does

Names every container image by the digest that its tag stands for today: those of `container:`, of
`services:`, and of `docker://` in steps and actions. The tag stays in front of the digest.

## Why

A tag of an image is moved with every rebuild, and by whoever gains control of its repository; an
action's commit is pinned in vain where the image that it runs in is not. A digest is made of the
image's content and cannot be moved. An image for several platforms keeps them: its digest is that
of the index, which names one image for each.

## Why it is off by default

Somebody has to move the digests forward: Renovate does it, Dependabot does not update images in
workflows. Without that, a job misses the security updates that its tag would have brought, and some
registries remove what no tag names any more. Run it with `--select pin-images`.

## Example

    container: node:22

becomes

    container: node:22@sha256:…

An image without a tag is `latest`, and is named so: `alpine:latest@sha256:…`.

## What is left

- images that an expression names, `${{ matrix.image }}`
- images that their registry does not show to everybody: no credentials are used
- images of your own organisation on ghcr.io by a tag without a number, such as `latest`: your own trust

A tag without a number, such as `latest` or `edge`, names no version: a digest holds it still, so
that it needs `--unsafe`. So does an image of a registry on the machine itself, for a runner asks
its own.

Registries are asked for the digest as Docker asks them. Without network the digests of earlier runs
serve, with `--unsafe` where they are older than an hour.

## To silence it

`# spec8-fix: ignore[pin-images]` on the line or above it. `# zizmor: ignore[unpinned-images]` and
`# ratchet:exclude` are honoured, too.
";

/// See [`EXPLANATION`].
pub(super) const RULE: Rule = Rule {
    name: "pin-images",
    clause: Clause::PinActions,
    runs: Runs::WhenSelected,
    summary: "name every container image by its digest",
    explanation: EXPLANATION,
    aliases: &["unpinned-images", "unpinned-uses"],
    replaces: &[],
    wants,
    check,
};

/// What stands in front of an image in a `uses:`.
const SCHEME: &str = "docker://";

/// An image's name in a file.
struct Site<'d> {
    /// Where the name is written: at an alias's anchor.
    node: NodeId,
    /// Where it names an image.
    at: NodeId,
    /// The image, without `docker://`.
    name: &'d str,
    /// Whether it has `docker://` in front.
    has_scheme: bool,
}

/// The nodes that name images, aliases as they are.
fn nodes(file: &File<'_>) -> Vec<NodeId> {
    let document = file.document;
    let is_docker =
        |&node: &NodeId| document.scalar(node).is_some_and(|text| text.trim().starts_with(SCHEME));
    match file.view {
        View::Workflow(workflow) => {
            let of_job = |job: crate::workflow::Job<'_>| {
                let uses = job.steps().into_iter().filter_map(|step| step.uses());
                job.images().into_iter().chain(uses.filter(is_docker)).collect::<Vec<_>>()
            };
            workflow.jobs().flat_map(of_job).collect()
        }
        View::Action(action) => {
            let uses = action.steps().into_iter().filter_map(|step| step.uses());
            action.image().into_iter().chain(uses).filter(is_docker).collect()
        }
        View::Dependabot(_) => Vec::new(),
    }
}

/// The images of a file, each once.
fn sites<'d>(document: &'d Document, nodes: &[NodeId]) -> Vec<Site<'d>> {
    // Of an anchor and its aliases the anchor comes first, as it does in the file.
    let mut places = BTreeMap::new();
    for &at in nodes.iter().filter(|&&node| !document.is_null(node)) {
        let place = places.entry(document.target(at)).or_insert(at);
        *place = at.min(*place);
    }
    let site = |(node, at)| {
        let text = document.scalar(node)?.trim();
        let name = text.strip_prefix(SCHEME);
        Some(Site { node, at, name: name.unwrap_or(text), has_scheme: name.is_some() })
    };
    // An empty name is a service that is left out.
    places.into_iter().filter_map(site).filter(|site| !site.name.is_empty()).collect()
}

impl<'d> Site<'d> {
    /// The image, if it is one that can be pinned and is not yet.
    fn unpinned(&self) -> Option<ImageRef<'d>> {
        ImageRef::parse(self.name).ok().filter(|image| image.digest.is_none())
    }
}

fn wants<'d>(file: &File<'d>, wanted: &mut Wanted<'d>) {
    let images = sites(file.document, &nodes(file));
    images.iter().filter_map(Site::unpinned).for_each(|image| wanted.insert_image(image.image()));
}

fn check(file: &File<'_>, facts: &Facts) -> Vec<Finding> {
    let document = file.document;
    let nodes = nodes(file);
    let finding = |site: &Site<'_>| {
        let remedy = remedy(document, &nodes, site, facts)?;
        Some(Finding {
            rule: RULE.name,
            clause: RULE.clause,
            severity: Severity::Warning,
            span: document.span(site.at),
            message: format!("the image `{}` is not pinned", site.name),
            remedy,
        })
    };
    sites(document, &nodes).iter().filter_map(finding).collect()
}

/// What can be done about an image; `None` where it is pinned.
fn remedy(document: &Document, nodes: &[NodeId], site: &Site<'_>, facts: &Facts) -> Option<Remedy> {
    if site.name.contains("${{") {
        return Some(manual("an expression names it: pin the values that it can have"));
    }
    let image = match ImageRef::parse(site.name) {
        Ok(image) if image.digest.is_some() => return None,
        Ok(image) => image,
        Err(invalid) => return Some(manual(&format!("Docker would not take its name: {invalid}"))),
    };
    if is_own(&image, facts) && !names_a_version(&image) {
        return Some(manual(
            "it is an image of this repository's owner: \
             pin it by hand if not everyone who can push there is trusted here",
        ));
    }
    let digest = match facts.answers.image(&image.image()) {
        Ok(digest) => digest,
        Err(why) => return Some(manual(&why.to_string())),
    };
    if is_shared_with_others(document, nodes, site.node) {
        return Some(manual(
            "a YAML alias shares it with what is no image: give each a value of its own",
        ));
    }
    Some(Remedy::Fix(fix(document, site, &image, digest)))
}

fn manual(advice: &str) -> Remedy {
    Remedy::Manual(advice.to_owned())
}

/// Whether the repository's owner owns the image, too: on GitHub's registry, which has the same names.
fn is_own(image: &ImageRef<'_>, facts: &Facts) -> bool {
    let here = facts.files.name.as_deref().and_then(RepositoryName::parse);
    let owner = image.path.split('/').next().unwrap_or_default();
    image.registry() == "ghcr.io" && here.is_some_and(|here| here.is_owned_by(owner))
}

/// Whether its tag names a version: it has a number, which `latest` and `edge` have not.
fn names_a_version(image: &ImageRef<'_>) -> bool {
    image.tag.is_some_and(|tag| tag.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether the node is also the value of something else, through an alias.
fn is_shared_with_others(document: &Document, nodes: &[NodeId], target: NodeId) -> bool {
    document.shared_through(target) == Some(target)
        && document.nodes().any(|node| document.target(node) == target && !nodes.contains(&node))
}

fn fix(document: &Document, site: &Site<'_>, image: &ImageRef<'_>, found: ImageDigest) -> Fix {
    let ImageDigest { digest, as_of } = found;
    let scheme = if site.has_scheme { SCHEME } else { "" };
    let tag = if image.tag.is_none() { ":latest" } else { "" };
    let pinned = format!("{scheme}{}{tag}@{digest}", site.name);
    let applicability = match as_of {
        Some(day) => Applicability::Unsafe(format!(
            "its digest is that of {day}, when its registry was last asked: \
             the tag may have moved since"
        )),
        None if BaseUrl::of_registry(image.registry()).is_some_and(|url| url.is_loopback()) => {
            Applicability::Unsafe(
                "its registry is on the machine that runs this, and a runner asks its own"
                    .to_owned(),
            )
        }
        None if names_a_version(image) => Applicability::Safe,
        None => Applicability::Unsafe(format!(
            "`{}` names no version to follow: the digest holds it still",
            image.tag.unwrap_or("latest")
        )),
    };
    Fix {
        title: format!("pin to {digest}"),
        operations: vec![Operation::everywhere(
            document.path(site.node),
            Change::SetScalar(pinned),
        )],
        applicability,
        note: None,
    }
}
