//! Images: the cache, their registries, and for lack of an answer what was seen before.

use std::time::SystemTime;

use reqwest::StatusCode;

use super::Network;
use crate::images::{Digest, Image};
use crate::resolve::answers::{ImageDigest, NoDigest};
use crate::resolve::cache::Seen;
use crate::resolve::failure::Failure;
use crate::resolve::wanted::Wanted;

/// What an image is told to be.
type Known = Result<ImageDigest, NoDigest>;

impl Network {
    /// What the wanted images are.
    pub(super) fn images(&self, wanted: &Wanted<'_>) -> Vec<(Image, Known)> {
        let now = SystemTime::now();
        let (offline, refresh) = (self.settings.offline, self.settings.refresh);
        let fresh = |image: &Image| {
            let seen = self.image_cache.load(image, now).filter(Seen::is_fresh);
            seen.filter(|_| offline || !refresh)
        };
        let mut known = Vec::new();
        let mut open = Vec::new();
        for image in wanted.images() {
            match fresh(image) {
                Some(seen) => {
                    let digest = ImageDigest { digest: seen.digest, as_of: None };
                    known.push((image.clone(), Ok(digest)));
                }
                None => open.push(image),
            }
        }
        if open.is_empty() {
            return known;
        }
        if offline {
            let seen = open.into_iter().map(|image| {
                (image.clone(), self.seen_before(image, now).ok_or(NoDigest::Offline))
            });
            known.extend(seen);
            return known;
        }
        match self.session() {
            Ok(session) => {
                let told = session.ask_images(&self.settings, &open, &*self.progress);
                let told = told.into_iter();
                known
                    .extend(told.map(|(image, told)| (image.clone(), self.told(image, told, now))));
            }
            Err(failure) => known.extend(
                open.into_iter()
                    .map(|image| (image.clone(), self.told(image, Err(failure.clone()), now))),
            ),
        }
        known
    }

    fn told(&self, image: &Image, told: Result<Digest, Failure>, now: SystemTime) -> Known {
        match told {
            Ok(digest) => {
                self.image_cache.store(image, digest, now);
                Ok(ImageDigest { digest, as_of: None })
            }
            Err(Failure::NotFound) => Err(NoDigest::NotFound),
            Err(Failure::Unauthorized | Failure::Refused(StatusCode::FORBIDDEN, _)) => {
                Err(NoDigest::NotShown)
            }
            Err(failure) => {
                self.seen_before(image, now).ok_or_else(|| NoDigest::Failed(failure.of_registry()))
            }
        }
    }

    /// What an earlier run saw.
    fn seen_before(&self, image: &Image, now: SystemTime) -> Option<ImageDigest> {
        let seen = self.image_cache.load(image, now)?;
        Some(ImageDigest { digest: seen.digest, as_of: Some(seen.day) })
    }
}
