//! The requests that a script of Python sends.

use tree_sitter::Node;

use super::names::positional;
use super::value::{Site, unknown};
use super::{Reader, credentials, of_words};
use crate::shell::syntax::children;
use crate::shell::{Command, Word};

/// Classes whose objects send requests.
const SESSIONS: &[&str] =
    &["AsyncClient", "CachedSession", "Client", "ClientSession", "PoolManager", "Session"];

/// Arguments that take nothing along.
const BARE: &[&str] = &["allow_redirects", "stream", "timeout", "verify"];

/// The methods of HTTP, as functions are called.
const METHODS: &[&str] = &["delete", "get", "head", "options", "patch", "post", "put"];

/// Modules that send requests.
pub(super) const CLIENTS: &[&str] =
    &["aiohttp", "http", "httpx", "requests", "urllib", "urllib2", "urllib3"];

/// Whether a name is of a module that sends requests.
pub(super) fn is_of_client(full_name: &str) -> bool {
    CLIENTS.contains(&full_name.split('.').next().unwrap_or_default())
}

/// Whether something of this name may send a request.
pub(super) fn may_send(name: &str) -> bool {
    METHODS.contains(&name) || ["Request", "request", "urlopen"].contains(&name)
}

impl<'t> Reader<'t> {
    /// The requests that a call sends: one, or as many as it may be.
    pub(super) fn requests(&self, call: Node<'t>, full: &str, site: Site<'t>) -> Vec<Command> {
        let Some(function) = call.child_by_field_name("function") else { return Vec::new() };
        let last = self.values.names.last_name(function);
        let object = function.child_by_field_name("object");
        let is_client = is_of_client(full) || object.is_some_and(|object| self.sends(object));
        let given = |position, name| {
            let argument = self.values.argument(call, position, name);
            argument.map(|argument| self.values.of(argument, site))
        };
        let (methods, addresses) = match last {
            "urlopen" | "Request" if is_client => {
                let data = self.values.argument(call, 1, "data");
                let is_sent = data.is_some_and(|data| !self.values.is_none(data, site));
                let sent = if is_sent { "POST" } else { "GET" };
                let named = self.values.keyword(call, "method");
                let named = named.map(|method| self.values.of(method, site));
                (named.unwrap_or_else(|| vec![sent.into()]), given(0, "url"))
            }
            "request" => (given(0, "method").unwrap_or_else(|| vec![unknown()]), given(1, "url")),
            _ if METHODS.contains(&last) => {
                (vec![last.to_ascii_uppercase().as_str().into()], given(0, "url"))
            }
            _ => return Vec::new(),
        };
        // An object that is sent was made by a call of its own, which says what it is.
        let is_object = last == "urlopen"
            && addresses.as_ref().is_some_and(|it| *it == [unknown()])
            && self.values.names.text.contains("Request(");
        let changes = !matches!(last, "get" | "head" | "options");
        let is_request = match &addresses {
            Some(words) if words.iter().any(is_address) => true,
            Some(_) => is_client || changes && self.has_client && object.is_some(),
            None => false,
        };
        if is_object || !is_request {
            return Vec::new();
        }
        let with = |address: Word| methods.iter().map(move |it| (it.clone(), address.clone()));
        let pairs = addresses.unwrap_or_default().into_iter().flat_map(with);
        let is_bare = is_of_client(full) && self.takes_nothing_along(call);
        pairs.map(|(method, address)| self.request(method, address, is_bare)).collect()
    }

    /// Whether nothing stands in a call beside the address.
    fn takes_nothing_along(&self, call: Node<'t>) -> bool {
        let arguments = call.child_by_field_name("arguments").map_or_else(Vec::new, children);
        let named = arguments.iter().filter_map(|it| it.child_by_field_name("name"));
        named.map(|name| self.values.names.text_of(name)).all(|name| BARE.contains(&name))
            && !arguments.iter().any(|it| it.kind() == "dictionary_splat")
            && positional(call).len() < 2
    }

    /// A request as a command, with what it may take along.
    fn request(&self, method: Word, address: Word, is_bare: bool) -> Command {
        let of_github = ["https://api.github.com", "https://uploads.github.com"];
        let is_elsewhere =
            address.starts_with("http") && !of_github.iter().any(|host| address.starts_with(host));
        let is_graphql = address.contains("graphql");
        let mut words = vec!["http".into(), method, address];
        if !(is_bare && is_elsewhere) {
            words.push(credentials());
        }
        if is_graphql {
            words.extend(self.queries.iter().cloned());
        }
        of_words(words)
    }

    /// Whether an object is a session that sends requests, or makes one.
    fn sends(&self, object: Node<'t>) -> bool {
        let is_session = |value: &Node<'t>| {
            let function = value.child_by_field_name("function").unwrap_or(*value);
            SESSIONS.contains(&self.values.names.last_name(function))
        };
        is_session(&object) || self.values.names.values(object).iter().any(is_session)
    }
}

/// Whether a word looks like an address.
fn is_address(word: &Word) -> bool {
    ["http", "/repos/", "repos/"].iter().any(|start| word.starts_with(start))
        || ["/repos/", "://"].iter().any(|part| word.contains(part))
}
