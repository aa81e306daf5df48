//! A structured document as a flat list of values: 24 bytes a value, no recursion, whatever its
//! shape. JSON and XML both become one.

/// The place of a value in its document.
pub(in crate::parse) type Id = u32;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parse) enum Kind {
    Object,
    List,
    Text,
    Number,
    Bool,
    Null,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    parent: Id,
    /// The name under which an object holds it: where it begins in the texts, and its length.
    name: (u32, u32),
    /// Of a scalar where its text lies; of a container (where it ends, nothing).
    span: (u32, u32),
}

/// The document. Values stand in its own order, each before what it holds.
#[derive(Debug, Default)]
pub(in crate::parse) struct Tree {
    nodes: Vec<Node>,
    texts: String,
    /// Whether an object may hold several values under one name that are all meant (XML); where it
    /// may not, the last one counts.
    pub several: bool,
}

/// The most names that are told of an object.
const MOST_NAMES: usize = 15;

/// The root has no parent; it is its own.
const ROOT: Id = 0;

impl Tree {
    /// The document's own value; none in an empty document.
    pub(in crate::parse) fn root(&self) -> Option<Id> {
        (!self.nodes.is_empty()).then_some(ROOT)
    }

    fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(usize::try_from(id).ok()?)
    }

    pub(in crate::parse) fn kind(&self, id: Id) -> Kind {
        self.node(id).map_or(Kind::Null, |node| node.kind)
    }

    /// The value around it; none around the document's own.
    pub(in crate::parse) fn parent(&self, id: Id) -> Option<Id> {
        (id != ROOT).then(|| self.node(id).map(|node| node.parent))?
    }

    /// The text of a scalar; null has none.
    pub(in crate::parse) fn text(&self, id: Id) -> Option<&str> {
        let node = self.node(id)?;
        match node.kind {
            Kind::Object | Kind::List | Kind::Null => None,
            Kind::Text | Kind::Number | Kind::Bool => Some(self.span(node.span)),
        }
    }

    /// The name under which an object holds it.
    pub(in crate::parse) fn name(&self, id: Id) -> &str {
        self.node(id).map_or("", |node| self.span(node.name))
    }

    fn span(&self, (start, length): (u32, u32)) -> &str {
        let start = start as usize;
        self.texts
            .get(start..start + length as usize)
            .unwrap_or_default()
    }

    /// What an object or a list holds, in order.
    pub(in crate::parse) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let node = self.node(id);
        let end = match node {
            Some(node) if matches!(node.kind, Kind::Object | Kind::List) => node.span.0,
            _ => 0,
        };
        let mut at = id.saturating_add(1);
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let here = at;
            let node = self.node(here)?;
            at = match node.kind {
                Kind::Object | Kind::List => node.span.0.max(here + 1),
                _ => here + 1,
            };
            Some(here)
        })
    }

    /// The values that an object holds under a name.
    pub(in crate::parse) fn members(&self, id: Id, name: &str) -> Vec<Id> {
        if self.kind(id) != Kind::Object {
            return Vec::new();
        }
        let mut found: Vec<Id> = self
            .children(id)
            .filter(|child| self.name(*child) == name)
            .collect();
        if !self.several && found.len() > 1 {
            found.drain(..found.len() - 1);
        }
        found
    }

    /// The names of what an object, or the first item of a list, holds, for whoever looks for one that is
    /// not there.
    pub(in crate::parse) fn names(&self, id: Id) -> String {
        let object = match self.kind(id) {
            Kind::List => self.children(id).next().unwrap_or(id),
            _ => id,
        };
        if self.kind(object) != Kind::Object {
            return String::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for child in self.children(object).take(MOST_NAMES * 4) {
            let name = self.name(child);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len() > MOST_NAMES;
        names.truncate(MOST_NAMES);
        let list: Vec<String> = names
            .iter()
            .map(|name| format!("`{}`", name.chars().take(40).collect::<String>()))
            .collect();
        list.join(", ") + if more { " …" } else { "" }
    }

    /// The last value that an object holds under a name.
    pub(in crate::parse) fn member(&self, id: Id, name: &str) -> Option<Id> {
        self.members(id, name).pop()
    }

    /// The first text within a value, for whoever wants to see which one it is.
    pub(in crate::parse) fn glimpse(&self, id: Id) -> &str {
        let end = match self.node(id) {
            Some(node) if matches!(node.kind, Kind::Object | Kind::List) => node.span.0,
            _ => id.saturating_add(1),
        };
        (id..end)
            .take(64)
            .find_map(|id| self.text(id).filter(|text| text.len() > 3))
            .unwrap_or_default()
    }
}

/// Builds a [`Tree`] from the front.
#[derive(Debug, Default)]
pub(in crate::parse) struct Builder {
    tree: Tree,
    open: Vec<Id>,
    /// The most values; more are refused.
    most: usize,
}

/// There are more values than the document may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parse) struct TooMany;

impl Builder {
    /// A builder of a tree of at most `most` values.
    pub(in crate::parse) fn new(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    pub(in crate::parse) fn depth(&self) -> usize {
        self.open.len()
    }

    /// What the value is in which the next one will stand.
    pub(in crate::parse) fn inside(&self) -> Option<Kind> {
        self.open.last().map(|id| self.tree.kind(*id))
    }

    /// Puts a text aside; to be used as a name or as a value.
    pub(in crate::parse) fn keep(&mut self, text: &str) -> (u32, u32) {
        let start = self.here();
        self.tree.texts.push_str(text);
        self.since(start)
    }

    /// Where the next text will lie.
    pub(in crate::parse) fn here(&self) -> u32 {
        u32::try_from(self.tree.texts.len()).unwrap_or(u32::MAX)
    }

    /// All text put aside since a place.
    pub(in crate::parse) fn since(&self, start: u32) -> (u32, u32) {
        (start, self.here().saturating_sub(start))
    }

    pub(in crate::parse) fn push(&mut self, c: char) {
        self.tree.texts.push(c);
    }

    pub(in crate::parse) fn push_str(&mut self, text: &str) {
        self.tree.texts.push_str(text);
    }

    fn add(&mut self, kind: Kind, name: (u32, u32), span: (u32, u32)) -> Result<Id, TooMany> {
        if self.tree.nodes.len() >= self.most {
            return Err(TooMany);
        }
        let id = Id::try_from(self.tree.nodes.len()).map_err(|_| TooMany)?;
        self.tree.nodes.push(Node {
            kind,
            parent: self.open.last().copied().unwrap_or(ROOT),
            name,
            span,
        });
        Ok(id)
    }

    /// Opens an object or a list.
    ///
    /// # Errors
    /// When there are too many values.
    pub(in crate::parse) fn open(&mut self, kind: Kind, name: (u32, u32)) -> Result<(), TooMany> {
        let id = self.add(kind, name, (0, 0))?;
        self.open.push(id);
        Ok(())
    }

    /// Closes what was opened last.
    pub(in crate::parse) fn close(&mut self) {
        let end = Id::try_from(self.tree.nodes.len()).unwrap_or(Id::MAX);
        if let Some(id) = self.open.pop()
            && let Some(node) = self.tree.nodes.get_mut(id as usize)
        {
            node.span = (end, 0);
        }
    }

    /// Closes what was opened last as a text, where it holds nothing but that.
    pub(in crate::parse) fn close_as_text(&mut self, text: &str) -> Result<(), TooMany> {
        let bare = self
            .open
            .last()
            .is_some_and(|id| *id as usize + 1 == self.tree.nodes.len());
        if !bare {
            if !text.is_empty() {
                let name = self.keep("#text");
                let span = self.keep(text);
                self.add(Kind::Text, name, span)?;
            }
            self.close();
            return Ok(());
        }
        let span = self.keep(text);
        if let Some(id) = self.open.pop()
            && let Some(node) = self.tree.nodes.get_mut(id as usize)
        {
            node.kind = Kind::Text;
            node.span = span;
        }
        Ok(())
    }

    /// Adds a scalar.
    ///
    /// # Errors
    /// When there are too many values.
    pub(in crate::parse) fn scalar(
        &mut self,
        kind: Kind,
        name: (u32, u32),
        span: (u32, u32),
    ) -> Result<(), TooMany> {
        self.add(kind, name, span).map(|_| ())
    }

    /// The tree; what is still open is closed.
    pub(in crate::parse) fn finish(mut self) -> Tree {
        while !self.open.is_empty() {
            self.close();
        }
        self.tree
    }
}
