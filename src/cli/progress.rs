//! How far resolving is, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::resolve::Progress;

/// A bar on standard error, if that is a terminal. It is drawn by whoever reports progress: a thread
/// that draws would wait for the stream, which this program holds.
pub(super) fn bar() -> Box<Progress> {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("Looking up {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    Box::new(move |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        if done < all { bar.tick() } else { bar.finish_and_clear() }
    })
}
