//! What is known of container images: how a text names one, and what it is by its content.

mod digest;
mod reference;

pub use digest::{Digest, NotADigest};
pub use reference::{DOCKER_HUB, Image, ImageRef, InvalidReference};
