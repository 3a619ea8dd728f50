//! Random YAML documents: a tree of data with a style for each node, and its text.
//!
//! The strategies draw what to write and how; [`Sample::text`] writes it, and computes what it means
//! on the way.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::data::{Content, Data};

/// A document as it was drawn.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    head: Head,
    root: Node,
    foot: Vec<Remark>,
    explicit_end: bool,
    endings: Endings,
    byte_order_mark: bool,
    final_newline: bool,
    comment_gap: usize,
    step: usize,
}

/// What stands before the root.
#[derive(Clone, Debug)]
enum Head {
    Nothing,
    Remarks(Vec<Remark>),
    /// `---`, with a comment behind it or not.
    Start(Vec<Remark>, bool),
    /// `%YAML 1.2`
    Directive,
}

#[derive(Clone, Copy, Debug)]
enum Endings {
    Unix,
    Windows,
    /// A line ending of its own for each line, from these bits.
    Mixed(u64),
}

/// A comment on a line of its own, or a blank line.
#[derive(Clone, Copy, Debug)]
enum Remark {
    Blank,
    /// Not empty, but for the eye.
    Blanks,
    /// A comment at the column of what follows, or so much further to the right.
    Comment(usize),
    /// A comment at the first column.
    Outdented,
}

#[derive(Clone, Debug)]
struct Node {
    anchor: bool,
    tag: Option<&'static str>,
    /// A comment at the end of the line where the node starts or, for a scalar, ends.
    comment: bool,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    Empty,
    Alias(Index),
    Line(Line),
    Block(BlockScalar),
    Flow(Flow),
    Mapping(Layout, Vec<Entry>),
    Sequence(Layout, Vec<(Vec<Remark>, Node)>),
}

/// How a block collection stands below its key or dash.
#[derive(Clone, Copy, Debug)]
struct Layout {
    /// How much deeper; a sequence may stand at its key's column.
    deeper: usize,
    /// In an item: behind the dash.
    compact: bool,
    /// Blanks behind a dash.
    gap: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    before: Vec<Remark>,
    key: Key,
    value: Node,
}

#[derive(Clone, Debug)]
struct Key {
    text: &'static str,
    quote: Option<char>,
    blank_before_colon: bool,
    anchor: bool,
}

/// A plain or quoted scalar.
#[derive(Clone, Debug)]
struct Line {
    quote: Option<char>,
    /// On the line below its key.
    below: bool,
    words: Vec<(Gap, &'static str)>,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug)]
enum Gap {
    Blank,
    /// A line break, which means a blank.
    Break,
    /// A line break and so many blank lines, which mean as many line breaks.
    Blanks(usize),
}

#[derive(Clone, Debug)]
struct BlockScalar {
    folded: bool,
    chomping: &'static str,
    indicator: bool,
    deeper: usize,
    /// Each with the blanks that it is indented further.
    lines: Vec<(usize, Option<&'static str>)>,
    trailing: usize,
}

#[derive(Clone, Debug)]
struct Flow {
    /// `None`: on one line. Else how much deeper each child stands on a line of its own.
    lines: Option<usize>,
    padded: bool,
    trailing_comma: bool,
    /// The closing bracket at the column of the line that opened it.
    outdented_end: bool,
    children: FlowChildren,
}

#[derive(Clone, Debug)]
enum FlowChildren {
    Entries(Vec<(Key, Option<FlowNode>, bool)>),
    Items(Vec<(FlowNode, bool)>),
}

#[derive(Clone, Debug)]
enum FlowNode {
    Empty,
    Line(Line),
    Nested(Box<Flow>),
    /// `[key: value]`
    Pair(Key, Line),
    Anchored(Line),
    Alias(Index),
}

const KEYS: [&str; 14] = [
    "on",
    "jobs",
    "uses",
    "with",
    "name",
    "steps",
    "runs-on",
    "Ключ",
    "日本",
    "a b",
    "true",
    "12",
    "permissions",
    "x/y.z",
];
const PLAIN: [&str; 14] = [
    "read",
    "a/b@v1.2",
    "é",
    "日本",
    "🦀",
    "x#y",
    "it's",
    "a:b",
    "-x",
    "x\"y\"",
    "https://x.org/",
    "~x",
    "write-all",
    "ubuntu-latest",
];
/// These mean something else than a string.
const OTHERS: [&str; 6] = ["true", "12", "1.5", "null", "~", "False"];
const QUOTED: [&str; 12] =
    ["read", "#", ": ", "é", "'", "\"", "\\", "{a}", "[", "# no comment", "-", "日本"];
const BLOCK: [&str; 9] = [
    "echo x",
    "# no comment",
    "- a: b",
    "key: value",
    "é 日本",
    "\"",
    "x  ",
    "if [ -f \"$X\" ]; then",
    "---",
];
const TAGS: [&str; 3] = ["!!str", "!own", "!!map"];
const REMARKS: [&str; 5] = ["", " é 日本", " with\ta tab", " - uses: a/b@v1", " key: value"];

fn sometimes() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.15)
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.04)
}

fn remarks() -> impl Strategy<Value = Vec<Remark>> {
    let remark = prop_oneof![
        4 => Just(Remark::Blank),
        1 => Just(Remark::Blanks),
        6 => Just(Remark::Comment(0)),
        2 => (1..5_usize).prop_map(Remark::Comment),
        1 => Just(Remark::Outdented),
    ];
    prop_oneof![6 => Just(Vec::new()), 4 => vec(remark, 1..4)]
}

fn key() -> impl Strategy<Value = Key> {
    (select(&KEYS[..]), quote(), rarely(), rarely()).prop_map(
        |(text, quote, blank_before_colon, anchor)| Key { text, quote, blank_before_colon, anchor },
    )
}

fn quote() -> impl Strategy<Value = Option<char>> {
    prop_oneof![6 => Just(None), 1 => Just(Some('\'')), 1 => Just(Some('"'))]
}

fn line(breaks: bool) -> impl Strategy<Value = Line> {
    let gap = if breaks {
        prop_oneof![6 => Just(Gap::Blank), 2 => Just(Gap::Break), 1 => (1..3_usize).prop_map(Gap::Blanks)]
            .boxed()
    } else {
        Just(Gap::Blank).boxed()
    };
    let words = |pool: &'static [&'static str], gap: BoxedStrategy<Gap>| {
        prop_oneof![
            5 => select(pool).prop_map(|word| vec![(Gap::Blank, word)]),
            3 => vec((gap, select(pool)), 1..5),
        ]
    };
    let plain = (
        Just(None),
        prop_oneof![
            6 => words(&PLAIN, gap.clone()),
            2 => select(&OTHERS[..]).prop_map(|word| vec![(Gap::Blank, word)]),
        ],
    );
    let quoted = (prop_oneof![Just(Some('\'')), Just(Some('"'))], words(&QUOTED, gap));
    let text = prop_oneof![3 => plain, 2 => quoted];
    (text, prop::bool::weighted(if breaks { 0.08 } else { 0.0 }))
        .prop_map(|((quote, words), below)| Line { quote, below, words })
}

fn block_scalar() -> impl Strategy<Value = BlockScalar> {
    let line = prop_oneof![
        6 => select(&BLOCK[..]).prop_map(|text| (0, Some(text))),
        2 => (1..4_usize, select(&BLOCK[..])).prop_map(|(blanks, text)| (blanks, Some(text))),
        2 => Just((0, None)),
    ];
    let indicators = (select(&["", "-", "+"][..]), any::<bool>(), sometimes());
    (indicators, 1..5_usize, vec(line, 0..5), prop_oneof![3 => Just(0), 1 => 1..3_usize]).prop_map(
        |((chomping, folded, indicator), deeper, lines, trailing)| BlockScalar {
            folded,
            chomping,
            indicator,
            deeper,
            lines,
            trailing,
        },
    )
}

fn flow() -> impl Strategy<Value = Flow> {
    let leaf = prop_oneof![
        8 => line(true).prop_map(FlowNode::Line),
        1 => (key(), line(false)).prop_map(|(key, line)| FlowNode::Pair(key, line)),
        1 => line(false).prop_map(FlowNode::Anchored),
        1 => any::<Index>().prop_map(FlowNode::Alias),
    ];
    let node = leaf.prop_recursive(2, 8, 3, |inner| {
        flow_of(inner).prop_map(|flow| FlowNode::Nested(Box::new(flow)))
    });
    flow_of(node.boxed())
}

fn flow_of(node: impl Strategy<Value = FlowNode> + Clone + 'static) -> impl Strategy<Value = Flow> {
    let value = prop_oneof![
        8 => node.clone().prop_map(Some),
        1 => Just(Some(FlowNode::Empty)),
        1 => Just(None),
    ];
    let children = prop_oneof![
        vec((key(), value, sometimes()), 0..4).prop_map(FlowChildren::Entries),
        vec((node, sometimes()), 0..4).prop_map(FlowChildren::Items),
    ];
    let lines = prop_oneof![3 => Just(None), 2 => select(&[2, 4, 0][..]).prop_map(Some)];
    (lines, sometimes(), sometimes(), sometimes(), children).prop_map(
        |(lines, padded, trailing_comma, outdented_end, children)| Flow {
            lines,
            padded,
            trailing_comma,
            outdented_end,
            children,
        },
    )
}

fn node() -> impl Strategy<Value = Node> {
    let shape = prop_oneof![
        2 => Just(Shape::Empty),
        1 => any::<Index>().prop_map(Shape::Alias),
        12 => line(true).prop_map(Shape::Line),
        4 => block_scalar().prop_map(Shape::Block),
        4 => flow().prop_map(Shape::Flow),
    ];
    let leaf = styled(shape.boxed());
    leaf.prop_recursive(4, 24, 5, |inner| {
        let layout = || {
            (
                prop_oneof![6 => Just(0), 1 => select(&[1, 2, 3, 4, 8][..])],
                any::<bool>(),
                prop_oneof![8 => Just(1_usize), 1 => 2..4_usize],
            )
                .prop_map(|(deeper, compact, gap)| Layout { deeper, compact, gap })
        };
        let entry = (remarks(), key(), inner.clone()).prop_map(|(before, key, value)| Entry {
            before,
            key,
            value,
        });
        styled(
            prop_oneof![
                (layout(), vec(entry, 1..5))
                    .prop_map(|(layout, entries)| Shape::Mapping(layout, entries)),
                (layout(), vec((remarks(), inner), 1..4))
                    .prop_map(|(layout, items)| Shape::Sequence(layout, items)),
            ]
            .boxed(),
        )
    })
}

fn styled(shape: BoxedStrategy<Shape>) -> BoxedStrategy<Node> {
    let tag = prop_oneof![20 => Just(None), 1 => select(&TAGS[..]).prop_map(Some)];
    (prop::bool::weighted(0.06), tag, prop::bool::weighted(0.2), shape)
        .prop_map(|(anchor, tag, comment, shape)| Node { anchor, tag, comment, shape })
        .boxed()
}

/// A random document.
pub(crate) fn sample() -> impl Strategy<Value = Sample> {
    let head = prop_oneof![
        4 => Just(Head::Nothing),
        3 => remarks().prop_map(Head::Remarks),
        2 => (remarks(), any::<bool>()).prop_map(|(remarks, comment)| Head::Start(remarks, comment)),
        1 => Just(Head::Directive),
    ];
    let endings = prop_oneof![
        4 => Just(Endings::Unix),
        2 => Just(Endings::Windows),
        1 => any::<u64>().prop_map(Endings::Mixed),
    ];
    // Most roots are mappings, as in workflows.
    let root = (remarks(), vec((remarks(), key(), node()), 1..5)).prop_map(|(_, entries)| Node {
        anchor: false,
        tag: None,
        comment: false,
        shape: Shape::Mapping(
            Layout { deeper: 0, compact: false, gap: 1 },
            entries.into_iter().map(|(before, key, value)| Entry { before, key, value }).collect(),
        ),
    });
    let root = prop_oneof![6 => root, 1 => node()];
    let bits = (
        rarely(),
        sometimes(),
        prop::bool::weighted(0.8),
        1..3_usize,
        select(&[2, 2, 2, 4, 8][..]),
    );
    (head, root, remarks(), endings, bits).prop_map(
        |(
            head,
            root,
            foot,
            endings,
            (explicit_end, byte_order_mark, final_newline, comment_gap, step),
        )| {
            Sample {
                head,
                root,
                foot,
                explicit_end,
                endings,
                byte_order_mark,
                final_newline,
                comment_gap,
                step,
            }
        },
    )
}

/// A document's text with what it means.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) data: Data,
    /// All comments, each text but once.
    pub(crate) comments: Vec<String>,
}

impl Sample {
    pub(crate) fn write(&self) -> Written {
        let mut writer = Writer {
            out: String::new(),
            comments: Vec::new(),
            anchors: Vec::new(),
            swallows: None,
            gap: self.comment_gap,
            step: self.step,
        };
        match &self.head {
            Head::Nothing => {}
            Head::Remarks(remarks) => writer.remarks(remarks, 0),
            Head::Start(remarks, comment) => {
                writer.remarks(remarks, 0);
                writer.out.push_str("---");
                writer.end_line(*comment);
            }
            Head::Directive => writer.out.push_str("%YAML 1.2\n---\n"),
        }
        let data = writer.root(&self.root);
        if writer.swallows.is_none() {
            writer.remarks(&self.foot, 0);
        }
        let mut text = writer.out;
        if self.explicit_end && writer.swallows.is_none() {
            text.push_str("...\n");
        }
        if !self.final_newline && writer.swallows.is_none() {
            text.truncate(text.trim_end_matches('\n').len());
        }
        let mut out = String::from(if self.byte_order_mark { "\u{feff}" } else { "" });
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let windows = match self.endings {
                Endings::Unix => false,
                Endings::Windows => true,
                Endings::Mixed(bits) => bits >> (number % 64) & 1 == 1,
            };
            match line.strip_suffix('\n').filter(|_| windows) {
                Some(line) => out.extend([line, "\r\n"]),
                None => out.push_str(line),
            }
        }
        Written { text: out, data, comments: writer.comments }
    }
}

struct Writer {
    out: String,
    comments: Vec<String>,
    anchors: Vec<String>,
    /// Behind a block scalar, the column from which on a comment would be its content, and a blank
    /// line, too, where there is no column.
    swallows: Option<usize>,
    gap: usize,
    step: usize,
}

impl Writer {
    fn pad(&mut self, column: usize) {
        self.out.push_str(&" ".repeat(column));
    }

    fn new_comment(&mut self) -> String {
        let number = self.comments.len();
        let comment = format!("# c{number}{}", REMARKS[number % REMARKS.len()]);
        self.comments.push(comment.clone());
        comment
    }

    /// Ends a line, with a comment or without.
    fn end_line(&mut self, comment: bool) {
        if comment {
            self.pad(self.gap);
            let comment = self.new_comment();
            self.out.push_str(&comment);
        }
        self.out.push('\n');
    }

    fn remarks(&mut self, remarks: &[Remark], column: usize) {
        for remark in remarks {
            let at = match remark {
                Remark::Blank if self.swallows != Some(0) => None,
                Remark::Blanks if self.swallows.is_none() => {
                    self.out.push_str("  ");
                    None
                }
                Remark::Comment(further) => Some(column + further),
                Remark::Outdented => Some(0),
                Remark::Blank | Remark::Blanks => continue,
            };
            if let Some(at) = at {
                if self.swallows.is_some_and(|column| at >= column) {
                    continue;
                }
                self.pad(at);
                let comment = self.new_comment();
                self.out.push_str(&comment);
                self.swallows = None;
            }
            self.out.push('\n');
        }
    }

    fn root(&mut self, root: &Node) -> Data {
        match &root.shape {
            Shape::Mapping(..) | Shape::Sequence(..) => {
                let root = Node { anchor: false, tag: None, comment: false, ..root.clone() };
                match &root.shape {
                    Shape::Mapping(_, entries) => Data::new(self.entries(entries, 0, false)),
                    Shape::Sequence(layout, items) => {
                        Data::new(self.items(items, *layout, 0, false))
                    }
                    _ => unreachable!(),
                }
            }
            Shape::Empty | Shape::Alias(_) | Shape::Block(_) => {
                self.out.push_str("text\n");
                Data::new(Content::Scalar { text: "text".to_owned(), is_string: true })
            }
            Shape::Line(_) | Shape::Flow(_) => {
                let (anchor, tag) = self.properties(root, "");
                let data = match &root.shape {
                    Shape::Line(line) => {
                        self.line(&Line { below: false, ..line.clone() }, 2, false)
                    }
                    Shape::Flow(flow) => self.flow(flow, 0, None),
                    _ => unreachable!(),
                };
                self.end_line(root.comment);
                Data { anchor, tag, ..data }
            }
        }
    }

    /// Writes an anchor and a tag behind `before`, and a blank where they are not the last.
    fn properties(&mut self, node: &Node, before: &str) -> (Option<String>, Option<String>) {
        let anchor = node.anchor.then(|| {
            let name = format!("é{}", self.anchors.len());
            self.anchors.push(name.clone());
            name
        });
        let tag = node.tag.filter(|_| !matches!(node.shape, Shape::Alias(_)));
        let mut words = Vec::new();
        words.extend(tag.map(str::to_owned));
        words.extend(anchor.as_ref().map(|anchor| format!("&{anchor}")));
        if !words.is_empty() {
            self.out.push_str(before);
            self.out.push_str(&words.join(" "));
            if before.is_empty() {
                self.out.push(' ');
            }
        }
        (anchor, tag.map(str::to_owned))
    }

    /// Writes a value behind a `:` or a dash. `column`: that of the key or dash.
    fn value(&mut self, node: &Node, column: usize, in_item: bool) -> Data {
        let alias = match &node.shape {
            Shape::Alias(index) if self.anchors.is_empty() => {
                let _ = index;
                let plain =
                    Shape::Line(Line { quote: None, below: false, words: vec![(Gap::Blank, "x")] });
                return self.value(&Node { shape: plain, ..node.clone() }, column, in_item);
            }
            Shape::Alias(index) => Some(self.anchors[index.index(self.anchors.len())].clone()),
            _ => None,
        };
        if let Some(name) = alias {
            self.out.push_str(" *");
            self.out.push_str(&name);
            self.end_line(node.comment);
            return Data::new(Content::Alias(name));
        }
        let own_line = node.anchor || node.tag.is_some() || node.comment;
        let (anchor, tag) = self.properties(node, " ");
        let data = match &node.shape {
            Shape::Empty => {
                self.end_line(node.comment);
                Data::new(Content::Scalar { text: String::new(), is_string: false })
            }
            Shape::Alias(_) => unreachable!(),
            Shape::Line(line) => {
                let data = self.line(line, column + 2, true);
                self.end_line(node.comment);
                data
            }
            Shape::Block(scalar) => self.block_scalar(scalar, column, node.comment),
            Shape::Flow(flow) => {
                self.out.push(' ');
                let data = self.flow(flow, column, Some(column));
                self.end_line(node.comment);
                data
            }
            Shape::Mapping(layout, entries) => {
                let compact = in_item && layout.compact && !own_line;
                let below = self.below(*layout, column, in_item, compact, false, node.comment);
                Data::new(self.entries(entries, below, compact))
            }
            Shape::Sequence(layout, items) => {
                let compact = in_item && layout.compact && !own_line;
                let below = self.below(*layout, column, in_item, compact, true, node.comment);
                Data::new(self.items(items, *layout, below, compact))
            }
        };
        Data { anchor, tag, ..data }
    }

    /// The column of a block collection, with the cursor where its first child goes.
    fn below(
        &mut self,
        layout: Layout,
        column: usize,
        in_item: bool,
        compact: bool,
        is_sequence: bool,
        comment: bool,
    ) -> usize {
        if compact {
            self.pad(layout.gap);
            return column + 1 + layout.gap;
        }
        self.end_line(comment);
        match layout.deeper {
            0 if is_sequence && !in_item && layout.compact => column,
            0 => column + self.step,
            deeper => column + deeper,
        }
    }

    fn entries(&mut self, entries: &[Entry], column: usize, mut compact: bool) -> Content {
        let mut out: Vec<(String, Data)> = Vec::new();
        for entry in entries {
            if out.iter().any(|(known, _)| *known == entry.key.text) {
                continue;
            }
            if !std::mem::take(&mut compact) {
                self.remarks(&entry.before, column);
                self.pad(column);
            }
            self.swallows = None;
            self.key(&entry.key);
            self.out.push(':');
            let value = self.value(&entry.value, column, false);
            out.push((entry.key.text.to_owned(), value));
        }
        Content::Mapping(out)
    }

    fn items(
        &mut self,
        items: &[(Vec<Remark>, Node)],
        _: Layout,
        column: usize,
        mut compact: bool,
    ) -> Content {
        let mut out = Vec::new();
        for (before, item) in items {
            if !std::mem::take(&mut compact) {
                self.remarks(before, column);
                self.pad(column);
            }
            self.swallows = None;
            self.out.push('-');
            out.push(self.value(item, column, true));
        }
        Content::Sequence(out)
    }

    fn key(&mut self, key: &Key) {
        if key.anchor {
            self.out.push_str("&key ");
        }
        match key.quote {
            Some(quote) => {
                self.out.push(quote);
                self.out.push_str(key.text);
                self.out.push(quote);
            }
            None => self.out.push_str(key.text),
        }
        if key.blank_before_colon {
            self.out.push(' ');
        }
    }

    /// Writes a plain or quoted scalar; its further lines stand at `column`.
    fn line(&mut self, line: &Line, column: usize, gap: bool) -> Data {
        if line.below && gap {
            self.out.push('\n');
            self.pad(column);
        } else if gap {
            self.out.push(' ');
        }
        let mut text = String::new();
        self.out.extend(line.quote);
        for (index, &(gap, word)) in line.words.iter().enumerate() {
            if index > 0 {
                match gap {
                    Gap::Blank => {
                        text.push(' ');
                        self.out.push(' ');
                    }
                    Gap::Break => {
                        text.push(' ');
                        self.out.push('\n');
                        self.pad(column);
                    }
                    Gap::Blanks(lines) => {
                        text.push_str(&"\n".repeat(lines));
                        self.out.push_str(&"\n".repeat(lines + 1));
                        self.pad(column);
                    }
                }
            }
            let folds =
                |gap: Option<&(Gap, &str)>| gap.is_some_and(|(gap, _)| !matches!(gap, Gap::Blank));
            let mut shown = word;
            if line.quote.is_some() {
                // Blanks around a line break are not content.
                if folds(line.words.get(index + 1)) {
                    shown = shown.trim_end();
                }
            }
            text.push_str(shown);
            match line.quote {
                Some('\'') => self.out.push_str(&shown.replace('\'', "''")),
                Some(_) => self.out.push_str(&shown.replace('\\', "\\\\").replace('"', "\\\"")),
                None => self.out.push_str(shown),
            }
        }
        self.out.extend(line.quote);
        let is_string = line.quote.is_some() || !OTHERS.contains(&text.as_str());
        Data::new(Content::Scalar { text, is_string })
    }

    fn block_scalar(&mut self, scalar: &BlockScalar, column: usize, comment: bool) -> Data {
        let first = scalar.lines.iter().find(|(_, text)| text.is_some());
        let needs_indicator = first.is_some_and(|(blanks, _)| *blanks > 0);
        let indicator = scalar.indicator || needs_indicator;
        self.out.push_str(if scalar.folded { " >" } else { " |" });
        if indicator {
            self.out.push_str(&scalar.deeper.to_string());
        }
        self.out.push_str(scalar.chomping);
        self.end_line(comment);
        let at = column + scalar.deeper;
        let has_text = first.is_some();
        let lines: &[_] = if has_text { &scalar.lines } else { &[] };
        let used = lines.iter().rposition(|(_, text)| text.is_some()).map_or(0, |last| last + 1);
        let lines = &lines[..used];
        for (blanks, line) in lines {
            if let Some(line) = line {
                self.pad(at + blanks);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
        let trailing = if has_text { scalar.trailing } else { 0 };
        self.out.push_str(&"\n".repeat(trailing));
        let mut text = if scalar.folded { folded(lines) } else { literal(lines) };
        match scalar.chomping {
            "-" => {}
            "+" => text.push_str(&"\n".repeat(1 + trailing)),
            _ => text.push('\n'),
        }
        if !has_text {
            text.clear();
        }
        // Where there is no content, the next line that is indented would be.
        let keeps = scalar.chomping == "+" || !has_text;
        self.swallows = Some(if keeps { 0 } else { at });
        Data::new(Content::Scalar { text, is_string: true })
    }

    /// Writes a flow collection that opens at the cursor; `column` is that of its line.
    fn flow(&mut self, flow: &Flow, column: usize, parent: Option<usize>) -> Data {
        let (open, close) = match &flow.children {
            FlowChildren::Entries(_) => ('{', '}'),
            FlowChildren::Items(_) => ('[', ']'),
        };
        self.out.push(open);
        let inside = flow.lines.map(|deeper| column + 2 + deeper);
        let mut content = match &flow.children {
            FlowChildren::Entries(_) => Content::Mapping(Vec::new()),
            FlowChildren::Items(_) => Content::Sequence(Vec::new()),
        };
        let count = match &flow.children {
            FlowChildren::Entries(entries) => entries.len(),
            FlowChildren::Items(items) => items.len(),
        };
        if flow.padded && flow.lines.is_none() && count > 0 {
            self.out.push(' ');
        }
        let mut written = 0;
        let mut open_comment = false;
        for index in 0..count {
            if let (FlowChildren::Entries(entries), Content::Mapping(known)) =
                (&flow.children, &content)
                && known.iter().any(|(known, _)| known == entries[index].0.text)
            {
                continue;
            }
            if written > 0 {
                self.out.push(',');
            }
            match inside {
                Some(inside) => {
                    self.end_line(std::mem::take(&mut open_comment));
                    self.pad(inside);
                }
                None if written > 0 => self.out.push(' '),
                None => {}
            }
            written += 1;
            let at = inside.unwrap_or(column + 2);
            open_comment = match (&flow.children, &mut content) {
                (FlowChildren::Entries(entries), Content::Mapping(out)) => {
                    let (key, value, comment) = &entries[index];
                    self.key(key);
                    let value = match value {
                        None => {
                            Data::new(Content::Scalar { text: String::new(), is_string: false })
                        }
                        Some(FlowNode::Pair(_, line)) => {
                            self.out.push_str(": ");
                            self.line(line, at + 2, false)
                        }
                        Some(FlowNode::Empty) => {
                            self.out.push_str(": ");
                            Data::new(Content::Scalar { text: String::new(), is_string: false })
                        }
                        Some(node) => {
                            self.out.push_str(": ");
                            self.flow_node(node, at)
                        }
                    };
                    out.push((key.text.to_owned(), value));
                    *comment
                }
                (FlowChildren::Items(items), Content::Sequence(out)) => {
                    let (node, comment) = &items[index];
                    out.push(self.flow_node(node, at));
                    *comment
                }
                _ => unreachable!(),
            };
        }
        if written > 0 && flow.trailing_comma {
            self.out.push(',');
        }
        match inside {
            Some(_) if written > 0 => {
                self.end_line(open_comment);
                // GitHub accepts a bracket at its parent's column, PyYAML and others do not.
                let deeper = usize::from(parent.is_some() && !flow.outdented_end);
                self.pad(column + deeper);
            }
            _ if flow.padded && written > 0 => self.out.push(' '),
            _ => {}
        }
        self.out.push(close);
        Data::new(content)
    }

    fn flow_node(&mut self, node: &FlowNode, column: usize) -> Data {
        match node {
            FlowNode::Empty => {
                self.out.push('~');
                Data::new(Content::Scalar { text: "~".to_owned(), is_string: false })
            }
            FlowNode::Line(line) => self.line(line, column + 2, false),
            FlowNode::Nested(flow) => self.flow(flow, column, None),
            FlowNode::Pair(key, line) => {
                self.key(key);
                self.out.push_str(": ");
                let value = self.line(line, column + 2, false);
                Data::new(Content::Mapping(vec![(key.text.to_owned(), value)]))
            }
            FlowNode::Anchored(line) => {
                let name = format!("é{}", self.anchors.len());
                self.anchors.push(name.clone());
                self.out.push_str(&format!("&{name} "));
                Data { anchor: Some(name), ..self.line(line, column + 2, false) }
            }
            FlowNode::Alias(index) if !self.anchors.is_empty() => {
                let name = self.anchors[index.index(self.anchors.len())].clone();
                self.out.push_str(&format!("*{name} "));
                Data::new(Content::Alias(name))
            }
            FlowNode::Alias(_) => {
                self.out.push('x');
                Data::new(Content::Scalar { text: "x".to_owned(), is_string: true })
            }
        }
    }
}

/// What the lines of a literal scalar mean, without the line ending of the last.
fn literal(lines: &[(usize, Option<&str>)]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|(blanks, text)| text.map_or(String::new(), |text| " ".repeat(*blanks) + text))
        .collect();
    lines.join("\n")
}

/// What the lines of a folded scalar mean: a line break between two lines that are not indented
/// further is a blank, and blank lines between them are so many line breaks.
fn folded(lines: &[(usize, Option<&str>)]) -> String {
    let mut out = String::new();
    let mut previous: Option<usize> = None;
    let mut breaks = 0;
    for (blanks, text) in lines {
        let Some(text) = text else {
            breaks += 1;
            continue;
        };
        match previous {
            None => out.push_str(&"\n".repeat(breaks)),
            Some(before) if before > 0 || *blanks > 0 => out.push_str(&"\n".repeat(breaks + 1)),
            Some(_) if breaks == 0 => out.push(' '),
            Some(_) => out.push_str(&"\n".repeat(breaks)),
        }
        out.push_str(&" ".repeat(*blanks));
        out.push_str(text);
        previous = Some(*blanks);
        breaks = 0;
    }
    out
}
