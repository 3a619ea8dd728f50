//! What a run found, told to those who read it.

pub mod text;
