//! Edits inside brackets and braces.

use std::collections::BTreeMap;

use super::Editor;
use crate::yaml::document::NodeId;
use crate::yaml::operation::Change;
use crate::yaml::plan::Plan;
use crate::yaml::source::Span;

impl Editor<'_> {
    /// Adds an entry or an item to a flow collection, in front of the one at `index`.
    pub(super) fn insert_in_flow(&mut self, collection: NodeId, index: usize, text: &str) {
        let source = self.document.source();
        let children = self.flow_children(collection);
        let Some(previous) = index.checked_sub(1).map(|previous| children[previous]) else {
            match children.first() {
                None => {
                    let inside = self.document.span(collection).start + 1;
                    self.insert_at(inside, text);
                }
                Some(first) => self.insert_at(first.start, format!("{text}, ")),
            }
            return;
        };
        let line = source.line_of(previous.start);
        let pad = source.leading_blanks(line);
        let starts_line = source.line(line).start + pad.len() == previous.start;
        if !starts_line {
            self.insert_at(previous.end, format!(", {text}"));
            return;
        }
        // One child a line: so is the new one, behind the comment of the one before.
        let ending = source.ending_for_new_line(source.line_of(previous.end));
        let comma = self.comma_behind(previous.end);
        let end = comma.map_or(previous.end, |comma| comma + 1);
        let line_end = source.line(source.line_of(end)).end;
        let shares_line = self.document.text()[end..line_end]
            .trim_start()
            .bytes()
            .next()
            .is_some_and(|byte| byte != b'#');
        let at = if shares_line { end } else { line_end };
        match comma {
            Some(_) => self.insert_at(at, format!("{ending}{pad}{text},")),
            None if at == end => self.insert_at(end, format!(",{ending}{pad}{text}")),
            None => {
                self.insert_at(end, ",");
                self.insert_at(at, format!("{ending}{pad}{text}"));
            }
        }
    }

    /// The text of each entry or item of a flow collection.
    fn flow_children(&self, collection: NodeId) -> Vec<Span> {
        let document = self.document;
        let items = document
            .items(collection)
            .iter()
            .map(|&item| Span::new(document.outer_start(item), document.span(item).end));
        let entries = document.entries(collection).iter().map(|entry| {
            Span::new(document.outer_start(entry.key), document.span(entry.value).end)
        });
        items.chain(entries).collect()
    }

    /// Where the comma behind a child stands, if there is one before the bracket closes.
    fn comma_behind(&self, offset: usize) -> Option<usize> {
        let text = self.document.text();
        let mut at = offset;
        loop {
            at += text[at..].len() - text[at..].trim_start_matches([' ', '\t', '\r', '\n']).len();
            match text.as_bytes().get(at)? {
                b',' => return Some(at),
                b'#' => at = self.document.source().line(self.document.source().line_of(at)).end,
                _ => return None,
            }
        }
    }

    /// Takes entries out of flow mappings, each with a comma: the one before it or, where nothing
    /// before it stays, the one behind.
    pub(super) fn remove_flow_entries(&mut self, plan: &Plan) {
        let document = self.document;
        let mut removed = BTreeMap::<NodeId, Vec<usize>>::new();
        for operation in plan.operations().iter().filter(|wanted| wanted.change == Change::Remove) {
            let Some(node) = document.find(&operation.at) else { continue };
            let Some(mapping) = document.parent(node) else { continue };
            let entries = document.entries(mapping);
            let index = entries.iter().position(|entry| entry.value == node);
            if let Some(index) = index.filter(|_| document.parent_in_flow(node)) {
                removed.entry(mapping).or_default().push(index);
            }
        }
        for (mapping, indices) in removed {
            let children = self.flow_children(mapping);
            for &index in &indices {
                let stays_before = (0..index).any(|before| !indices.contains(&before));
                let span = if stays_before {
                    Span::new(children[index - 1].end, children[index].end)
                } else {
                    let next =
                        children.get(index + 1).map_or(children[index].end, |next| next.start);
                    Span::new(children[index].start, next)
                };
                self.edit(span, "");
            }
        }
    }
}
