//! What a run found, told to those who read it.

pub mod markdown;
pub mod pull_request;
pub mod settings;
pub mod text;
