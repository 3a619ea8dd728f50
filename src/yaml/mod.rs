//! The format-preserving YAML editor. It knows nothing of GitHub.
