//! GitHub's API, through octocrab.
//!
//! Octocrab carries the requests, and no more: what it offers for retries, rate limits and GraphQL
//! was tried and is left out. Its retries send a POST again that may have been done; it sleeps
//! without a bound for a rate limit; its `graphql()` throws all data away when any error is there,
//! so that one missing repository would lose the batch.

pub(super) mod graphql;
pub(super) mod rest;

use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use reqwest::{Client, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::endpoints::BaseUrl;
use super::failure::{Failure, one_line};
use super::token::Secret;
use super::transport::{self, Answer, MAX_BODY};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 3;

/// One of GitHub's APIs.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    octocrab: Octocrab,
    base: BaseUrl,
    secret: Secret,
}

impl Api {
    /// An API at this address, asked with this token. Needs to be in a runtime: octocrab starts a
    /// task.
    ///
    /// The layers are put together here, for the usual ones name octocrab as the user agent, beside
    /// any other. Requests name no host, so that the token goes to the base's and no further.
    pub(crate) fn new(client: Client, base: &BaseUrl, secret: &Secret) -> Result<Self, Failure> {
        let broken = |error: &dyn std::error::Error| {
            Failure::Malformed(secret.hide_in(&one_line(&error.to_string())))
        };
        let uri = base.as_str().parse().map_err(|error| broken(&error))?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", secret.expose()))
            .map_err(|error| broken(&error))?;
        authorization.set_sensitive(true);
        let agent = HeaderValue::from_static(transport::USER_AGENT);
        let headers = vec![(USER_AGENT, agent), (AUTHORIZATION, authorization)];
        let octocrab = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(client))
            .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
            .with_layer(&BaseUriLayer::new(uri))
            .with_auth(AuthState::None)
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Self { octocrab, base: base.clone(), secret: secret.clone() })
    }

    /// Asks for an address below the base, and follows redirects on the same host: renamed
    /// repositories have them.
    pub(crate) async fn get(&self, route: &str) -> Result<Answer, Failure> {
        let mut url = address(&format!("{}{route}", self.base))?;
        for _ in 0..MAX_REDIRECTS {
            // Without a host: octocrab puts the base's there, and with it the token.
            let query = url.query().map_or(String::new(), |query| format!("?{query}"));
            let answer = self.send(&format!("{}{query}", url.path()), None).await?;
            match transport::moved_to(&url, answer.status, &answer.headers)? {
                Some(next) => url = next,
                None => return Ok(answer),
            }
        }
        Err(Failure::Malformed("the API redirects in a circle".to_owned()))
    }

    /// Sends a body to the base itself.
    pub(crate) async fn post(&self, body: &Value) -> Result<Answer, Failure> {
        self.post_to("", body).await
    }

    /// Sends a body to an address below the base.
    pub(crate) async fn post_to(&self, route: &str, body: &Value) -> Result<Answer, Failure> {
        let url = address(&format!("{}{route}", self.base))?;
        let answer = self.send(url.path(), Some(body)).await?;
        match transport::moved_to(&url, answer.status, &answer.headers)? {
            Some(_) => Err(Failure::Malformed("the API redirects what is sent to it".to_owned())),
            None => Ok(answer),
        }
    }

    async fn send(&self, target: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let response = match body {
            Some(_) => self.octocrab._post(target, body).await,
            None => self.octocrab._get(target).await,
        };
        let (parts, body) = response.map_err(|error| self.failure(&error))?.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await;
        let body = body.map_err(|error| self.failure(error.as_ref()))?.to_bytes().into();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// What an error of octocrab means: mostly there is one of the HTTP client in it.
    fn failure(&self, error: &(dyn std::error::Error + 'static)) -> Failure {
        let mut next = Some(error);
        let mut last = error;
        while let Some(cause) = next {
            if let Some(cause) = cause.downcast_ref::<reqwest::Error>() {
                return Failure::of_client(cause);
            }
            last = cause;
            next = cause.source();
        }
        Failure::Malformed(one_line(&self.secret.hide_in(&last.to_string())))
    }

    /// A failure's words, should the server have said the token.
    pub(crate) fn without_token(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Refused(status, words) => {
                Failure::Refused(status, self.secret.hide_in(&words))
            }
            Failure::Malformed(words) => Failure::Malformed(self.secret.hide_in(&words)),
            failure => failure,
        }
    }
}

fn address(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure::Malformed(format!("no address: {error}")))
}

/// Reads a body of JSON.
fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    transport::from_json(body, "the API")
}

fn unreadable() -> Failure {
    Failure::Malformed("the API's answer cannot be read".to_owned())
}
