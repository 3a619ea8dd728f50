//! What a network resolver is to know before it starts.

use std::path::PathBuf;
use std::time::Duration;

use super::answers::Notice;
use super::cache;
use super::endpoints::{BaseUrl, Endpoints, InvalidEndpoint};
use super::token::Token;

/// How to resolve.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where GitHub is.
    pub endpoints: Endpoints,
    /// Where else an action may live: it is asked without a token for what GitHub does not have.
    pub elsewhere: Option<Endpoints>,
    /// The token for [`Settings::endpoints`], and for nobody else.
    pub token: TokenSource,
    /// Where Docker Hub is. Other registries are where their names say.
    pub docker_hub: BaseUrl,
    /// The folder that remembers answers; `None` to remember nothing.
    pub cache: Option<PathBuf>,
    /// Whether to use no network.
    pub offline: bool,
    /// Whether to ask again for what the cache still holds.
    pub refresh: bool,
    /// How long things may take.
    pub limits: Limits,
}

/// Where a token comes from.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// There is none.
    None,
    /// This one.
    Given(Token),
    /// The one that was given cannot be used.
    Unusable(Notice),
    /// The GitHub CLI, to be asked before the first request.
    Gh,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To connect.
    pub connect: Duration,
    /// For one request, its answer included.
    pub request: Duration,
    /// To wait in all until a rate limit is over.
    pub wait: Duration,
    /// For everything.
    pub overall: Duration,
    /// How often a request is tried where what went wrong may pass.
    pub attempts: u32,
    /// The pause before the second attempt; each further one is twice as long.
    pub backoff: Duration,
    /// How many requests may be under way at once.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            wait: Duration::from_secs(60),
            overall: Duration::from_secs(120),
            attempts: 4,
            backoff: Duration::from_millis(500),
            concurrency: 16,
        }
    }
}

impl Settings {
    /// What the environment says.
    ///
    /// # Errors
    ///
    /// Where it names GitHub by what is no address.
    pub fn from_environment() -> Result<Self, InvalidEndpoint> {
        let variable = |name: &str| std::env::var(name).ok();
        let endpoints = Endpoints::from_variables(variable)?;
        let token = match Token::from_variables(variable) {
            Ok(Some(token)) => TokenSource::Given(token),
            Ok(None) => TokenSource::Gh,
            Err(notice) => TokenSource::Unusable(notice),
        };
        Ok(Self {
            elsewhere: endpoints.elsewhere(),
            endpoints,
            token,
            docker_hub: BaseUrl::docker_hub(),
            cache: cache::folder(|name| std::env::var_os(name)),
            offline: false,
            refresh: false,
            limits: Limits::default(),
        })
    }
}
