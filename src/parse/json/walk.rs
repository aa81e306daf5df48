//! Paths, walked: from an item or from the document to the values that are meant.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::tree::{Id, Kind, Tree};
use crate::domain::mapping::{Condition, Path, Start, Step};

/// The most values that one path finds from one place.
const MOST: usize = 1_000;

/// The values of a path by where it begins.
type Memory<'m> = HashMap<(&'m str, Id), Rc<Vec<Id>>>;

/// Walks one document by the paths of one mapping.
pub(super) struct Walker<'t, 'm> {
    pub tree: &'t Tree,
    /// What paths found that begin outside the item: the same for many items.
    memory: RefCell<Memory<'m>>,
}

impl<'t, 'm> Walker<'t, 'm> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            memory: RefCell::default(),
        }
    }

    /// What stands at the path's end; of a list that stands there its elements.
    pub(super) fn find(&self, path: &'m Path, item: Id) -> Rc<Vec<Id>> {
        let from = match path.start() {
            Start::Item => return Rc::new(self.walk(path.steps(), vec![item], MOST)),
            Start::Document => self.tree.root(),
            Start::Above(levels) => self.above(item, levels),
        };
        let Some(from) = from else {
            return Rc::default();
        };
        let key = (path.as_str(), from);
        if let Some(known) = self.memory.borrow().get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.walk(path.steps(), vec![from], MOST));
        self.memory.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    /// The items of a list, at most `most`; none where there is no such list.
    pub(super) fn items(&self, path: &Path, from: Id, most: usize) -> Option<Vec<Id>> {
        let begin = match path.start() {
            Start::Item => from,
            Start::Document | Start::Above(_) => self.tree.root()?,
        };
        let found = self.walk(path.steps(), vec![begin], most);
        if !found.is_empty() {
            return Some(found);
        }
        // Of nothing, the list itself must be there, be it only its beginning: `a[*].b`.
        let lists = path.steps().iter().position(|step| {
            matches!(
                step,
                Step::Each | Step::Members | Step::Only(_) | Step::Nth(_)
            )
        });
        let upto = path.steps().get(..lists.unwrap_or(path.steps().len()))?;
        self.ends(upto, vec![begin], most)
            .into_iter()
            .any(|id| matches!(self.tree.kind(id), Kind::List | Kind::Null))
            .then(Vec::new)
    }

    /// The object around a value, or around that one.
    fn above(&self, item: Id, levels: usize) -> Option<Id> {
        let mut at = item;
        for _ in 0..levels {
            at = self.tree.parent(at)?;
            while self.tree.kind(at) != Kind::Object {
                at = self.tree.parent(at)?;
            }
        }
        Some(at)
    }

    fn walk(&self, steps: &[Step], from: Vec<Id>, most: usize) -> Vec<Id> {
        let ends = self.ends(steps, from, most);
        let mut out = Vec::with_capacity(ends.len());
        for id in ends {
            match self.tree.kind(id) {
                Kind::List => out.extend(self.tree.children(id).take(most)),
                Kind::Null => {}
                _ => out.push(id),
            }
            if out.len() >= most {
                out.truncate(most);
                break;
            }
        }
        out
    }

    fn ends(&self, steps: &[Step], from: Vec<Id>, most: usize) -> Vec<Id> {
        let tree = self.tree;
        let mut at = from;
        for step in steps {
            let mut next = Vec::with_capacity(at.len());
            for id in at {
                match step {
                    Step::Member(name) => next.extend(tree.members(id, name)),
                    Step::Members => match tree.kind(id) {
                        Kind::Object | Kind::List => next.extend(tree.children(id).take(most)),
                        _ => {}
                    },
                    Step::Each => match tree.kind(id) {
                        Kind::List => next.extend(tree.children(id).take(most)),
                        _ => next.push(id),
                    },
                    Step::Nth(place) => next.extend(self.nth(id, *place)),
                    Step::Only(condition) => match tree.kind(id) {
                        Kind::List => {
                            next.extend(
                                tree.children(id)
                                    .filter(|child| self.meets(condition, *child))
                                    .take(most),
                            );
                        }
                        _ if self.meets(condition, id) => next.push(id),
                        _ => {}
                    },
                }
                if next.len() >= most {
                    next.truncate(most);
                    break;
                }
            }
            at = next;
        }
        at
    }

    fn nth(&self, id: Id, place: i64) -> Option<Id> {
        if self.tree.kind(id) != Kind::List {
            // A list of one, as some interfaces write it.
            return matches!(place, 0 | -1).then_some(id);
        }
        let steps = usize::try_from(place.unsigned_abs()).ok()?;
        if place >= 0 {
            self.tree.children(id).nth(steps)
        } else {
            let all: Vec<Id> = self.tree.children(id).collect();
            all.len()
                .checked_sub(steps)
                .and_then(|at| all.get(at).copied())
        }
    }

    fn meets(&self, condition: &Condition, id: Id) -> bool {
        let mut at = vec![id];
        for name in &condition.names {
            at = at
                .into_iter()
                .flat_map(|id| self.tree.members(id, name))
                .flat_map(|id| match self.tree.kind(id) {
                    Kind::List => self.tree.children(id).take(MOST).collect(),
                    _ => vec![id],
                })
                .collect();
        }
        let found = at
            .into_iter()
            .any(|id| match (&condition.value, self.tree.kind(id)) {
                (Some(value), _) => self.text(id).is_some_and(|text| text == value),
                (None, Kind::Object) => true,
                (None, _) => self.text(id).is_some(),
            });
        found == condition.is
    }

    /// A value as text: that of a scalar; of an element with attributes its own text.
    pub(super) fn text(&self, id: Id) -> Option<&'t str> {
        let text = match self.tree.kind(id) {
            Kind::Object => self.tree.text(self.tree.member(id, "#text")?),
            _ => self.tree.text(id),
        }?
        .trim();
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::read::read;

    const DOCUMENT: &str = r##"{
      "meta": {"next": true, "total": 12},
      "a": [
        {"id": 1, "tags": ["x", "y"], "link": [{"rel": "self", "href": "/1"}, {"rel": "alt", "href": "/1a"}],
         "in": [{"n": "p"}, {"n": "q"}]},
        {"id": 2, "tags": "z", "link": {"rel": "self", "href": "/2"}, "empty": "", "none": null}
      ],
      "b": {"one": {"v": "1"}, "two": {"v": "2"}},
      "a.b": "dotted", "nothing": [], "null": null, "text": "t"
    }"##;

    fn found(path: &str, item: Option<usize>) -> Vec<String> {
        let tree = read(DOCUMENT, 1_000).unwrap();
        let walker = Walker::new(&tree);
        let items: Path = "a".parse().unwrap();
        let items = walker.items(&items, 0, 100).unwrap();
        let path: Path = path.parse().unwrap();
        let found = walker.find(&path, item.map_or(0, |place| items[place]));
        found
            .iter()
            .filter_map(|id| walker.text(*id))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn where_paths_lead() {
        for (path, item, expected) in [
            ("meta.total", None, &["12"][..]),
            ("meta.next", None, &["true"]),
            ("a[*].id", None, &["1", "2"]),
            ("a.id", None, &[]),
            ("a[-1].id", None, &["2"]),
            ("a[5].id", None, &[]),
            ("a[*].tags", None, &["x", "y", "z"]),
            ("b.*.v", None, &["1", "2"]),
            ("[\"a.b\"]", None, &["dotted"]),
            ("id", Some(0), &["1"]),
            ("tags", Some(0), &["x", "y"]),
            ("tags[0]", Some(1), &["z"]),
            ("link[rel=self].href", Some(0), &["/1"]),
            ("link[rel!=self].href", Some(0), &["/1a"]),
            ("link[rel=self].href", Some(1), &["/2"]),
            ("in[*].n", Some(0), &["p", "q"]),
            ("$.meta.total", Some(1), &["12"]),
            ("^.text", Some(1), &["t"]),
            ("^^.text", Some(1), &[]),
            ("a[link.rel=alt].id", None, &["1"]),
            ("a[tags=y].id", None, &["1"]),
            ("a[in].id", None, &["1"]),
            ("a[!in].id", None, &["2"]),
            ("a[!none][!empty].id", None, &["1", "2"]),
            ("empty", Some(1), &[]),
            ("none", Some(1), &[]),
            ("in", Some(0), &[]),
        ] {
            assert_eq!(found(path, item), expected, "{path}");
        }
    }

    #[test]
    fn a_list_of_none_is_not_a_missing_list() {
        let tree = read(DOCUMENT, 1_000).unwrap();
        let walker = Walker::new(&tree);
        let items = |path: &str| {
            let path: Path = path.parse().unwrap();
            walker.items(&path, 0, 100).map(|items| items.len())
        };
        assert_eq!(items("a"), Some(2));
        assert_eq!(items("a[*].in"), Some(2));
        assert_eq!(items("a[id=7]"), Some(0));
        assert_eq!(items("nothing"), Some(0));
        assert_eq!(items("null"), Some(0));
        assert_eq!(items("nothing[*].in"), Some(0));
        assert_eq!(items("missing"), None);
        assert_eq!(items("missing[*].in"), None);
        assert_eq!(items("$"), Some(1));
    }
}
