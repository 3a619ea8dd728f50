//! An OCI registry as small as may be, faithful to the specification as far as it goes, and a real
//! one where it is installed.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use spec8_fix::images::Digest;
use tempfile::TempDir;

use crate::server::{Reply, Request};

/// The types of an index and of an image for one platform.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const IMAGE: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// The token that the registry gives to everybody.
pub(crate) const TOKEN: &str = "eyJ.sesame.anonymous";

/// A manifest: its type and its text.
type Manifest = (&'static str, String);

/// What a registry holds, by repository and tag.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    manifests: BTreeMap<(String, String), Manifest>,
    wants_token: bool,
    names_no_digest: bool,
    takes_no_head: bool,
}

impl Registry {
    /// An image for one platform.
    pub(crate) fn image(mut self, repository: &str, tag: &str) -> Self {
        let manifest = (IMAGE, image_manifest(&format!("{repository}:{tag}")));
        self.manifests.insert((repository.to_owned(), tag.to_owned()), manifest);
        self
    }

    /// An image for two platforms.
    pub(crate) fn index(mut self, repository: &str, tag: &str) -> Self {
        let manifest = (INDEX, index_manifest(&format!("{repository}:{tag}")));
        self.manifests.insert((repository.to_owned(), tag.to_owned()), manifest);
        self
    }

    /// Asks everybody for a token, as Docker Hub and ghcr.io do.
    pub(crate) fn with_tokens(self) -> Self {
        Self { wants_token: true, ..self }
    }

    pub(crate) fn without_digests(self) -> Self {
        Self { names_no_digest: true, ..self }
    }

    pub(crate) fn without_head(self) -> Self {
        Self { takes_no_head: true, ..self }
    }

    /// The digest that a tag stands for.
    pub(crate) fn digest(&self, repository: &str, tag: &str) -> String {
        let (_, text) = &self.manifests[&(repository.to_owned(), tag.to_owned())];
        Digest::of(text.as_bytes()).to_string()
    }

    pub(crate) fn serve(&self, request: &Request) -> Reply {
        if request.path() == "/token" {
            return token(request);
        }
        let Some((repository, reference)) =
            request.path().strip_prefix("/v2/").and_then(|rest| rest.split_once("/manifests/"))
        else {
            return Reply::new(404, "");
        };
        if self.wants_token && request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            let host = request.header("host").unwrap();
            let challenge = format!(
                "Bearer realm=\"http://{host}/token\",service=\"registry.test\",\
                 scope=\"repository:{repository}:pull\""
            );
            return error(401, "UNAUTHORIZED").with("WWW-Authenticate", &challenge);
        }
        if self.takes_no_head && request.method == "HEAD" {
            return error(405, "UNSUPPORTED");
        }
        let key = (repository.to_owned(), reference.to_owned());
        let Some((kind, text)) = self.manifests.get(&key) else {
            return error(404, "MANIFEST_UNKNOWN");
        };
        // It gives what the client takes, which is how older ones got one platform of many.
        let accepted: Vec<_> =
            request.headers.iter().filter(|(name, _)| name == "accept").collect();
        if !accepted.iter().any(|(_, value)| value.contains(kind)) {
            return error(404, "MANIFEST_UNKNOWN");
        }
        let reply = Reply::new(200, text.as_bytes()).with("Content-Type", kind);
        if self.names_no_digest {
            return reply;
        }
        reply.with("Docker-Content-Digest", &Digest::of(text.as_bytes()).to_string())
    }
}

fn token(request: &Request) -> Reply {
    let query = request.query();
    let is_asked = query.contains("service=registry.test") && query.contains("scope=repository%3A");
    if is_asked && request.header("authorization").is_none() {
        Reply::new(200, format!("{{\"token\": \"{TOKEN}\", \"expires_in\": 300}}"))
    } else {
        Reply::new(400, "")
    }
}

fn error(status: u16, code: &str) -> Reply {
    let body = format!("{{\"errors\": [{{\"code\": \"{code}\", \"message\": \"no\"}}]}}");
    Reply::new(status, body).with("Content-Type", "application/json")
}

fn image_manifest(name: &str) -> String {
    let config = Digest::of(name.as_bytes());
    format!(
        "{{\"schemaVersion\": 2, \"mediaType\": \"{IMAGE}\", \"config\": {{\"mediaType\": \
         \"application/vnd.docker.container.image.v1+json\", \"size\": {}, \"digest\": \
         \"{config}\"}}, \"layers\": []}}",
        name.len()
    )
}

fn index_manifest(name: &str) -> String {
    let platform = |architecture: &str| {
        let manifest = image_manifest(&format!("{name}-{architecture}"));
        format!(
            "{{\"mediaType\": \"{IMAGE}\", \"size\": {}, \"digest\": \"{}\", \"platform\": \
             {{\"architecture\": \"{architecture}\", \"os\": \"linux\"}}}}",
            manifest.len(),
            Digest::of(manifest.as_bytes())
        )
    };
    format!(
        "{{\"schemaVersion\": 2, \"mediaType\": \"{INDEX}\", \"manifests\": [{}, {}]}}",
        platform("amd64"),
        platform("arm64")
    )
}

/// The registry of the distribution project, on this machine: Debian's package `docker-registry`.
pub(crate) struct RealRegistry {
    process: Child,
    pub(crate) port: u16,
    _folder: TempDir,
}

impl RealRegistry {
    /// Starts one with an image for one platform and one for two, `own/er:1.0` and `own/er:2.0`;
    /// gives their digests, too. `None`, with a message, where it is not installed.
    pub(crate) fn start() -> Option<(Self, [String; 2])> {
        let folder = tempfile::tempdir().unwrap();
        let storage = folder.path().join("storage");
        let manifests = [
            image_manifest("own/er:1.0"),
            image_manifest("own/er:2.0-amd64"),
            image_manifest("own/er:2.0-arm64"),
            index_manifest("own/er:2.0"),
        ];
        let [one, .., many] = manifests.each_ref().map(|text| put(&storage, text));
        tag(&storage, "1.0", &one);
        tag(&storage, "2.0", &many);
        // A port that was free a moment ago.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {storage:?}}}\nhttp: {{addr: \"127.0.0.1:{port}\"}}\n"
        );
        let file = folder.path().join("config.yml");
        fs::write(&file, configuration).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            println!("skipped: no docker-registry is installed");
            return None;
        };
        let registry = Self { process, port, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "docker-registry does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some((registry, [one, many]))
    }
}

impl Drop for RealRegistry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Puts a manifest into the registry's storage, where pushing it would have put it; gives its digest.
fn put(storage: &Path, text: &str) -> String {
    let digest = Digest::of(text.as_bytes()).to_string();
    let hex = digest.strip_prefix("sha256:").unwrap();
    let blob = format!("docker/registry/v2/blobs/sha256/{}/{hex}/data", &hex[..2]);
    let revision = format!("{REPOSITORY}/_manifests/revisions/sha256/{hex}/link");
    for (path, content) in [(blob, text), (revision, digest.as_str())] {
        let path = storage.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    digest
}

/// Lets a tag stand for a digest.
fn tag(storage: &Path, tag: &str, digest: &str) {
    let folder = storage.join(format!("{REPOSITORY}/_manifests/tags/{tag}/current"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("link"), digest).unwrap();
}

const REPOSITORY: &str = "docker/registry/v2/repositories/own/er";
