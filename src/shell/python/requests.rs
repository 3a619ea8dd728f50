//! The requests that a script of Python sends.

use tree_sitter::Node;

use super::value::{Site, unknown};
use super::{CLIENTS, Reader, of_words};
use crate::shell::{Command, Word};

/// Classes whose objects send requests.
const SESSIONS: &[&str] = &["AsyncClient", "Client", "ClientSession", "PoolManager", "Session"];

/// The methods of HTTP, as functions are called.
const METHODS: &[&str] = &["delete", "get", "head", "options", "patch", "post", "put"];

/// Whether something of this name may send a request.
pub(super) fn may_send(name: &str) -> bool {
    METHODS.contains(&name) || ["Request", "request", "urlopen"].contains(&name)
}

impl<'t> Reader<'t> {
    /// The requests that a call sends: one, or as many as it may be.
    pub(super) fn requests(
        &self,
        call: Node<'t>,
        function: Node<'t>,
        full: &str,
        site: Site<'t>,
    ) -> Vec<Command> {
        let last = self.values.names.last_name(function);
        let object = function.child_by_field_name("object");
        let is_client = CLIENTS.contains(&full.split('.').next().unwrap_or_default())
            || object.is_some_and(|object| self.sends(object));
        let given = |position, name| {
            let argument = self.values.argument(call, position, name);
            argument.map(|argument| self.values.of(argument, site))
        };
        let (methods, addresses) = match last {
            "urlopen" | "Request" if is_client => {
                let sent = if given(1, "data").is_some() { "POST" } else { "GET" };
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
        let changes = !matches!(last, "get" | "put" | "head" | "options");
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
        pairs.map(|(method, address)| self.request(call, method, address)).collect()
    }

    /// A request as a command, with what it may take along.
    fn request(&self, call: Node<'t>, method: Word, address: Word) -> Command {
        let names_credentials =
            ["auth", "headers"].iter().any(|name| self.values.keyword(call, name).is_some());
        let is_elsewhere =
            address.starts_with("http") && !address.starts_with("https://api.github.com");
        let is_graphql = address.contains("graphql");
        let mut words = vec!["http".into(), method, address];
        if names_credentials || !is_elsewhere {
            words.push(Word::new(self.credentials.iter().cloned()));
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
