//! The digests of images, from the registries that hold them.
//!
//! The requests are those of the OCI distribution specification,
//! <https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md>: one `HEAD` a tag, and one
//! more with a token that the registry gives to everybody. `HEAD`, because Docker Hub counts a `GET` as
//! a pull and limits those. The digest that its header names is taken at its word: who runs the image
//! has it verified, for it is what the content is called by. A body that is read is verified here.

mod challenge;

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, StatusCode, Url};
use serde::Deserialize;
use tokio::time::Instant;

use self::challenge::Challenge;
use super::endpoints::BaseUrl;
use super::failure::{Failure, one_line};
use super::patience::Patience;
use super::settings::Settings;
use super::token::Secret;
use super::transport::{self, Answer};
use crate::images::{DOCKER_HUB, Digest, Image};

/// What an image may be: an index of one image for each platform, or an image for one. A registry
/// gives the first that it has, so that a tag for several platforms has the digest of its index.
const MANIFESTS: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

const CONTENT_DIGEST: &str = "docker-content-digest";

/// Asks for all of these, each registry with the patience of its own.
pub(super) async fn ask<'i>(
    client: &Client,
    settings: &Settings,
    deadline: Instant,
    images: &[&'i Image],
    progress: &dyn Fn(),
) -> BTreeMap<&'i Image, Result<Digest, Failure>> {
    let mut registries = BTreeMap::new();
    let mut repositories = BTreeMap::<_, Vec<_>>::new();
    for &image in images {
        registries.entry(image.registry.as_str()).or_insert_with(|| Registry {
            client,
            base: base(&image.registry, settings),
            patience: Patience::new(settings.limits, deadline),
        });
        repositories.entry((&image.registry, &image.repository)).or_default().push(image);
    }
    // The tags of a repository share its token, one after the other.
    let registries = &registries;
    let answers = repositories.into_values().map(|images| async move {
        let token = RefCell::new(None);
        let mut answers = Vec::new();
        for image in images {
            let registry = &registries[image.registry.as_str()];
            let digest = match &registry.base {
                Ok(base) => registry.digest(base, image, &token).await,
                Err(failure) => Err(failure.clone()),
            };
            progress();
            answers.push((image, digest));
        }
        answers
    });
    let answers: Vec<_> =
        stream::iter(answers).buffered(settings.limits.concurrency).collect().await;
    answers.into_iter().flatten().collect()
}

/// Where a registry is.
fn base(registry: &str, settings: &Settings) -> Result<BaseUrl, Failure> {
    if registry == DOCKER_HUB {
        return Ok(settings.docker_hub.clone());
    }
    BaseUrl::of_registry(registry)
        .ok_or_else(|| Failure::Malformed(format!("`{registry}` is no host")))
}

/// A registry.
struct Registry<'c> {
    client: &'c Client,
    base: Result<BaseUrl, Failure>,
    patience: Patience,
}

impl Registry<'_> {
    async fn digest(
        &self,
        base: &BaseUrl,
        image: &Image,
        token: &RefCell<Option<Secret>>,
    ) -> Result<Digest, Failure> {
        let address = format!("{base}/v2/{}/manifests/{}", image.repository, image.tag);
        let url = Url::parse(&address)
            .map_err(|error| Failure::Malformed(format!("no address: {error}")))?;
        let question = Question { client: self.client, base, image, url, token };
        self.patience.ask(async || question.ask().await).await
    }
}

/// What is asked about one image.
struct Question<'q> {
    client: &'q Client,
    base: &'q BaseUrl,
    image: &'q Image,
    url: Url,
    /// The token of the repository, once there is one.
    token: &'q RefCell<Option<Secret>>,
}

impl Question<'_> {
    async fn ask(&self) -> Result<Digest, Failure> {
        match self.manifest(Method::HEAD).await.and_then(checked) {
            Ok(answer) => match named(&answer)? {
                Some(digest) => Ok(digest),
                None => self.read().await,
            },
            // Not every registry takes a `HEAD`, or names the digest.
            Err(Failure::Refused(StatusCode::METHOD_NOT_ALLOWED, _)) => self.read().await,
            Err(failure) => Err(failure),
        }
    }

    /// Reads the manifest for its digest.
    async fn read(&self) -> Result<Digest, Failure> {
        let answer = self.manifest(Method::GET).await.and_then(checked)?;
        let found = Digest::of(&answer.body);
        match named(&answer)? {
            Some(named) if named != found => {
                Err(Failure::Malformed(format!("the registry says {named} and sends {found}")))
            }
            _ => Ok(found),
        }
    }

    /// Asks for the manifest, and once more with a token where the registry wants one.
    async fn manifest(&self, method: Method) -> Result<Answer, Failure> {
        let answer = self.send(&method).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let challenge = Challenge::from_headers(&answer.headers).ok_or(Failure::Unauthorized)?;
        let token = self.fetch_token(&challenge).await?;
        *self.token.borrow_mut() = Some(token);
        self.send(&method).await
    }

    async fn send(&self, method: &Method) -> Result<Answer, Failure> {
        let authorization = match &*self.token.borrow() {
            Some(token) => Some(authorization(token)?),
            None => None,
        };
        let request = |url| {
            let mut request = self.client.request(method.clone(), url);
            for manifest in MANIFESTS {
                request = request.header(ACCEPT, manifest);
            }
            match &authorization {
                Some(authorization) => request.header(AUTHORIZATION, authorization),
                None => request,
            }
        };
        // A redirect to another host is not followed, with the token or without.
        Ok(transport::send(self.url.clone(), request).await?.0)
    }

    /// Gets the token that everybody gets.
    async fn fetch_token(&self, challenge: &Challenge) -> Result<Secret, Failure> {
        #[derive(Deserialize)]
        struct Token {
            token: Option<String>,
            access_token: Option<String>,
        }
        let broken = |why: &str| Failure::Malformed(format!("the registry's token {why}"));
        let url = challenge
            .url(&self.image.repository)
            .ok_or_else(|| broken("is to be had at what is no address"))?;
        let is_safe = match url.scheme() {
            "https" => true,
            // A registry on this machine may keep its tokens there, too.
            "http" => {
                self.base.is_loopback()
                    && BaseUrl::of_url(&url).is_some_and(|realm| realm.is_loopback())
            }
            _ => false,
        };
        if !is_safe {
            return Err(broken("is to be had on an open line"));
        }
        let (answer, _) = transport::send(url, |url| self.client.get(url)).await?;
        let body = answer.success().map_err(|failure| match failure {
            Failure::NotFound | Failure::Refused(StatusCode::FORBIDDEN, _) => Failure::Unauthorized,
            failure => failure,
        })?;
        let token: Token = transport::from_json(&body, "the registry")?;
        // Both names are in use, for the same.
        token
            .token
            .or(token.access_token)
            .and_then(|token| Secret::new(&token))
            .ok_or_else(|| broken("is none"))
    }
}

fn authorization(token: &Secret) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| Failure::Malformed("the registry's token is none".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The digest that an answer names, if it does.
fn named(answer: &Answer) -> Result<Option<Digest>, Failure> {
    let Some(value) = answer.headers.get(CONTENT_DIGEST) else { return Ok(None) };
    let digest = value.to_str().ok().and_then(|text| text.parse().ok());
    digest.map(Some).ok_or_else(|| Failure::Malformed("the registry names no SHA-256".to_owned()))
}

/// An answer that is a success, and about a manifest of today: not a page of HTML.
fn checked(answer: Answer) -> Result<Answer, Failure> {
    if !answer.status.is_success() {
        return Err(Failure::of_status(answer.status, &answer.headers, &answer.body));
    }
    let value = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if MANIFESTS.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Ok(answer);
    }
    let kind = one_line(kind);
    Err(Failure::Malformed(format!("the registry answers with `{kind}`, which is no image")))
}
