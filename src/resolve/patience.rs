//! The one loop for limits and failures: what is tried again, when, and for how long.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::failure::Failure;
use super::settings::Limits;

/// How often an unreachable host is tried, and one that gives up: neither changes within seconds.
const FEW_ATTEMPTS: u32 = 2;

/// The patience that one run has with one server.
#[derive(Debug)]
pub(crate) struct Patience {
    limits: Limits,
    /// When everything has to be done.
    deadline: Instant,
    /// When the last wait for a rate limit has to be over; counts from the first one.
    wait_until: Cell<Option<Instant>>,
    /// Why there is no point in asking this server once more.
    gone: RefCell<Option<Failure>>,
}

impl Patience {
    pub(crate) fn new(limits: Limits, deadline: Instant) -> Self {
        Self { limits, deadline, wait_until: Cell::new(None), gone: RefCell::new(None) }
    }

    /// Sends a request until it is answered, or there is no hope. Only for requests that change
    /// nothing: one whose answer got lost is sent again.
    pub(crate) async fn ask<T>(
        &self,
        request: impl AsyncFn() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut attempt = 1;
        loop {
            if let Some(failure) = &*self.gone.borrow() {
                return Err(failure.clone());
            }
            let failure = match timeout_at(self.deadline, request()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::OutOfTime,
            };
            let Some(pause) = self.pause(&failure, attempt) else {
                if failure.concerns_all() {
                    self.gone.borrow_mut().get_or_insert_with(|| failure.clone());
                }
                return Err(failure);
            };
            sleep(pause).await;
            attempt += 1;
        }
    }

    /// How long to wait before the next attempt; `None` where there is to be none.
    fn pause(&self, failure: &Failure, attempt: u32) -> Option<Duration> {
        let now = Instant::now();
        let attempts = match failure {
            Failure::Unreachable(_) | Failure::TooSlow(_) => FEW_ATTEMPTS.min(self.limits.attempts),
            _ => self.limits.attempts,
        };
        if attempt >= attempts {
            return None;
        }
        let pause = match failure {
            Failure::RateLimited(wait) => {
                let pause = wait.unwrap_or_else(|| self.backoff(attempt));
                let until = self.wait_until.get().unwrap_or(now + self.limits.wait);
                self.wait_until.set(Some(until));
                if now + pause > until {
                    return None;
                }
                pause
            }
            failure if failure.may_pass() => self.backoff(attempt),
            _ => return None,
        };
        (now + pause < self.deadline).then_some(pause)
    }

    /// Twice as long each time, and up to half of it more, so that many do not come back as one.
    fn backoff(&self, attempt: u32) -> Duration {
        let base = self.limits.backoff.saturating_mul(1 << attempt.saturating_sub(1).min(10));
        base.mul_f64(1.0 + fastrand::f64() / 2.0)
    }
}
