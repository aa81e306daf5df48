//! One part of an item, found: the ways to it, walked.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use regex::Regex;
use scraper::{ElementRef, Selector};

use super::NodeId;
use super::columns::{Column, Grid};
use super::flat::{self, Bound, Flat, Place};

/// The most values that one way finds in one place.
const MAX_VALUES: usize = 1_000;
/// The most reasons that are told of one part.
const MAX_WHYS: usize = 3;
/// The most elements after an item that are asked.
const MAX_AFTER: usize = 256;

/// The ways to a part, in order.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub paths: Vec<Path>,
    /// When nothing is found, the row takes what the row before had.
    pub inherit: bool,
}

/// One way to a part, ready to be walked.
#[derive(Debug)]
pub(super) struct Path {
    /// Its number among all ways of a definition.
    pub id: usize,
    pub start: Start,
    pub column: Option<Column>,
    pub css: Option<Selector>,
    pub what: What,
    pub line: Option<i64>,
    pub nth: Option<i64>,
    pub all: Option<String>,
    pub parts: Vec<Reading>,
    pub format: Option<String>,
    pub pattern: Option<(Regex, Option<String>)>,
    pub edits: Vec<(Regex, String)>,
    pub value: Option<String>,
}

/// Where a way begins.
#[derive(Debug)]
pub(super) enum Start {
    Row,
    Page,
    Closest(Selector),
    Before(Selector),
    After(Selector),
}

/// What is taken of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Text,
    Lines,
    Own,
    Following,
    Preceding,
    Attribute(String),
    /// The `href` where it has one, else the text.
    Address,
}

/// A value and where it was found.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub text: String,
    /// None for a fixed or composed value.
    pub element: Option<ElementRef<'a>>,
}

type Values<'a> = Rc<Vec<Found<'a>>>;

/// Elements in the page's order, with what a way needs of each.
type Candidates<T> = Rc<Vec<(Place, T)>>;

/// Finds parts of the items of one page.
pub(super) struct Finder<'a> {
    pub flat: &'a Flat<'a>,
    items: HashSet<NodeId>,
    /// Where the items begin, in order.
    places: Vec<Place>,
    memory: RefCell<HashMap<(usize, NodeId), Values<'a>>>,
    befores: RefCell<HashMap<usize, Candidates<Values<'a>>>>,
    elements: RefCell<HashMap<usize, Candidates<ElementRef<'a>>>>,
    grids: RefCell<HashMap<NodeId, Rc<Grid<'a>>>>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(flat: &'a Flat<'a>, items: &[ElementRef<'a>]) -> Self {
        let mut places: Vec<Place> = items.iter().map(|item| flat.place(*item)).collect();
        places.sort_by_key(|place| place.open);
        Self {
            flat,
            items: items.iter().map(|item| item.id()).collect(),
            places,
            memory: RefCell::default(),
            befores: RefCell::default(),
            elements: RefCell::default(),
            grids: RefCell::default(),
        }
    }

    /// The first value that will do.
    pub(super) fn find<T>(
        &self,
        reading: &Reading,
        item: ElementRef<'a>,
        mut accept: impl FnMut(&Found<'a>) -> Option<T>,
    ) -> Option<T> {
        reading
            .paths
            .iter()
            .find_map(|path| self.values(path, item).iter().find_map(&mut accept))
    }

    /// The first value.
    pub(super) fn first(&self, reading: &Reading, item: ElementRef<'a>) -> Option<String> {
        self.find(reading, item, |found| {
            (!found.text.is_empty()).then(|| found.text.clone())
        })
    }

    /// All values of the first way that has any.
    pub(super) fn every(&self, reading: &Reading, item: ElementRef<'a>) -> Vec<String> {
        reading
            .paths
            .iter()
            .map(|path| self.values(path, item))
            .find(|values| !values.is_empty())
            .map(|values| values.iter().map(|found| found.text.clone()).collect())
            .unwrap_or_default()
    }

    /// Whether it is there: for a selector alone, whether an element matches, be it empty.
    pub(super) fn holds(&self, reading: &Reading, item: ElementRef<'a>) -> bool {
        reading.paths.iter().any(|path| {
            let element_is_enough = path.what == What::Text
                && matches!(path.start, Start::Row)
                && path.column.is_none()
                && path.line.is_none()
                && path.pattern.is_none()
                && path.parts.is_empty()
                && path.value.is_none();
            match &path.css {
                Some(css) if element_is_enough => {
                    item.select(css).next().is_some() || css.matches(&item)
                }
                _ => !self.values(path, item).is_empty(),
            }
        })
    }

    fn values(&self, path: &Path, item: ElementRef<'a>) -> Values<'a> {
        if path.value.is_some() || !path.parts.is_empty() {
            return Rc::new(self.composed(path, item).into_iter().collect());
        }
        match &path.start {
            Start::Row => Rc::new(chosen(path, self.within(path, item))),
            Start::Page => self.remembered(path, self.flat.html.root_element()),
            Start::Closest(css) => std::iter::once(item)
                .chain(item.ancestors().filter_map(ElementRef::wrap))
                .find(|element| css.matches(element))
                .map_or_else(Values::default, |element| self.remembered(path, element)),
            Start::Before(css) => self.before(path, css, item),
            Start::After(css) => self.after(path, css, item),
        }
    }

    /// A fixed value, or one made of parts.
    fn composed(&self, path: &Path, item: ElementRef<'a>) -> Option<Found<'a>> {
        let text = match &path.value {
            Some(value) => value.clone(),
            None => {
                let parts: Option<Vec<String>> = path
                    .parts
                    .iter()
                    .map(|part| self.find(part, item, |found| Some(found.text.clone())))
                    .collect();
                match &path.format {
                    Some(format) => filled(format, &parts?),
                    None => parts?.join(" "),
                }
            }
        };
        let text = corrected(path, text)?;
        // A fixed value may be empty on purpose: a part that need not be there.
        (path.value.is_some() || !text.is_empty()).then_some(Found {
            text,
            element: None,
        })
    }

    fn remembered(&self, path: &Path, context: ElementRef<'a>) -> Values<'a> {
        let key = (path.id, context.id());
        if let Some(values) = self.memory.borrow().get(&key) {
            return Rc::clone(values);
        }
        let values = Rc::new(chosen(path, self.within(path, context)));
        self.memory.borrow_mut().insert(key, Rc::clone(&values));
        values
    }

    /// The values in the nearest element that ended before an item. A pattern says which elements
    /// are meant: those without a match are passed over. Without one the nearest counts, be it empty:
    /// what stands under an older heading is not of this item.
    fn before(&self, path: &Path, css: &Selector, item: ElementRef<'a>) -> Values<'a> {
        let known = self.befores.borrow().get(&path.id).map(Rc::clone);
        let all = known.unwrap_or_else(|| {
            let all: Candidates<_> = Rc::new(
                self.flat
                    .html
                    .select(css)
                    .map(|element| {
                        let values = chosen(path, self.within(path, element));
                        (self.flat.place(element), Rc::new(values))
                    })
                    .filter(|(_, values)| path.pattern.is_none() || !values.is_empty())
                    .collect(),
            );
            self.befores.borrow_mut().insert(path.id, Rc::clone(&all));
            all
        });
        let place = self.flat.place(item);
        let upto = all.partition_point(|(candidate, _)| candidate.open < place.open);
        all.iter()
            .take(upto)
            // What is still open holds the item.
            .rfind(|(candidate, _)| candidate.close < place.open)
            .map_or_else(Values::default, |(_, values)| Rc::clone(values))
    }

    /// The elements that a way begins at, in the page's order: looked for once.
    fn placed(&self, path: &Path, css: &Selector) -> Candidates<ElementRef<'a>> {
        let known = self.elements.borrow().get(&path.id).map(Rc::clone);
        known.unwrap_or_else(|| {
            let all: Candidates<_> = Rc::new(
                self.flat
                    .html
                    .select(css)
                    .map(|element| (self.flat.place(element), element))
                    .collect(),
            );
            self.elements.borrow_mut().insert(path.id, Rc::clone(&all));
            all
        })
    }

    fn after(&self, path: &Path, css: &Selector, item: ElementRef<'a>) -> Values<'a> {
        let all = self.placed(path, css);
        let place = self.flat.place(item);
        let from = all.partition_point(|(candidate, _)| candidate.open < place.close);
        let next = self.next_item(place).map(|next| next.open);
        let until = next.unwrap_or_else(|| self.container(item).map_or(usize::MAX, |c| c.close));
        let found = all
            .iter()
            .skip(from)
            .take_while(|(candidate, _)| candidate.open < until)
            .take(MAX_AFTER)
            .flat_map(|(_, element)| {
                let key = (path.id, element.id());
                let known = self.memory.borrow().get(&key).map(Rc::clone);
                let values = known.unwrap_or_else(|| {
                    let values = Rc::new(self.within(path, *element));
                    self.memory.borrow_mut().insert(key, Rc::clone(&values));
                    values
                });
                values.iter().cloned().collect::<Vec<_>>()
            })
            .collect();
        Rc::new(chosen(path, found))
    }

    /// The first item that begins after a place has ended.
    fn next_item(&self, place: Place) -> Option<Place> {
        let at = self.places.partition_point(|item| item.open < place.close);
        self.places.get(at).copied()
    }

    /// The item that ended last before a place begins, unless it holds the place.
    fn item_before(&self, place: Place) -> Option<Place> {
        let at = self.places.partition_point(|item| item.open < place.open);
        let earlier = self.places.get(..at)?;
        // Items that hold the place are its ancestors: few.
        earlier
            .iter()
            .rev()
            .find(|item| item.close < place.open)
            .copied()
    }

    /// The nearest element around an item that holds another one too; the item's parent when
    /// there is no other.
    fn container(&self, item: ElementRef<'a>) -> Option<Place> {
        let around = |element: ElementRef<'a>| self.flat.place(element);
        let mut ancestors = item.ancestors().filter_map(ElementRef::wrap);
        let parent = item.parent().and_then(ElementRef::wrap).map(around);
        ancestors
            .find_map(|ancestor| {
                let place = around(ancestor);
                let from = self.places.partition_point(|item| item.open < place.open);
                let upto = self.places.partition_point(|item| item.open < place.close);
                let inside = upto.saturating_sub(from)
                    - usize::from(self.items.contains(&ancestor.id()) && upto > from);
                (inside > 1).then_some(place)
            })
            .or(parent)
    }

    /// The item that an element stands in, the element itself left out.
    fn item_around(&self, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|ancestor| self.items.contains(&ancestor.id()))
    }

    /// The values of a way in one element, in order.
    fn within(&self, path: &Path, context: ElementRef<'a>) -> Vec<Found<'a>> {
        let context = match &path.column {
            Some(column) => match self.cell(context, column) {
                Some(cell) => cell,
                None => return Vec::new(),
            },
            None => context,
        };
        let itself = path.css.is_none().then_some(context);
        let found = path.css.iter().flat_map(|css| context.select(css));
        itself
            .into_iter()
            .chain(found)
            .filter_map(|element| {
                let text = self.text(path, element)?;
                Some(Found {
                    text,
                    element: Some(element),
                })
            })
            .take(MAX_VALUES)
            .collect()
    }

    /// Why the ways to a part lead to nothing in an item: what a definition is mended by.
    pub(super) fn why_nothing(&self, reading: &Reading, item: ElementRef<'a>) -> Option<String> {
        let mut whys: Vec<String> = Vec::new();
        for path in &reading.paths {
            let why = self.why_no_value(path, item)?;
            if !whys.contains(&why) {
                whys.push(why);
            }
        }
        whys.truncate(MAX_WHYS);
        (!whys.is_empty()).then(|| whys.join(", and "))
    }

    /// Why a way leads to nothing; none where it does not, or where nobody can tell.
    fn why_no_value(&self, path: &Path, item: ElementRef<'a>) -> Option<String> {
        if path.value.is_some() {
            return None;
        }
        let missing = path.parts.iter().position(|part| {
            self.find(part, item, |found| Some(found.text.clone()))
                .is_none()
        });
        if let Some(missing) = missing {
            let why = path
                .parts
                .get(missing)
                .and_then(|part| self.why_nothing(part, item));
            let number = missing + 1;
            return Some(match why {
                Some(why) => format!("part {number}: {why}"),
                None => format!("part {number} has no value"),
            });
        }
        if !path.parts.is_empty() {
            return None;
        }
        let context = match &path.start {
            Start::Row => Some(item),
            Start::Page => Some(self.flat.html.root_element()),
            Start::Closest(css) => std::iter::once(item)
                .chain(item.ancestors().filter_map(ElementRef::wrap))
                .find(|element| css.matches(element)),
            Start::Before(css) => {
                let place = self.flat.place(item);
                let all = self.placed(path, css);
                let upto = all.partition_point(|(candidate, _)| candidate.open < place.open);
                all.iter()
                    .take(upto)
                    .rfind(|(candidate, _)| candidate.close < place.open)
                    .map(|(_, element)| *element)
            }
            Start::After(_) => return Some("nothing after it has a value".to_owned()),
        };
        let Some(context) = context else {
            return Some(
                match path.start {
                    Start::Before(_) => "no such element ends before it",
                    _ => "no such element is around it",
                }
                .to_owned(),
            );
        };
        if let Some(column) = &path.column
            && self.cell(context, column).is_none()
        {
            return Some(match self.grid(context).map(|(_, grid)| grid.headings()) {
                Some(headings) if !headings.is_empty() => {
                    format!("there is no such column; the headings are {headings}")
                }
                _ => "there is no such column".to_owned(),
            });
        }
        let bare = Path {
            pattern: None,
            edits: Vec::new(),
            format: None,
            parts: Vec::new(),
            // Of its own, so that nothing is remembered for the way itself.
            id: usize::MAX,
            start: Start::Row,
            column: path.column.clone(),
            css: path.css.clone(),
            what: path.what.clone(),
            line: path.line,
            // It counts those that match.
            nth: path.nth.filter(|_| path.pattern.is_none()),
            all: None,
            value: None,
        };
        let found = chosen(&bare, self.within(&bare, context));
        let Some(first) = found.first() else {
            return Some("what is selected is not in it, or is empty".to_owned());
        };
        let (pattern, _) = path.pattern.as_ref()?;
        let text: String = first.text.chars().take(80).collect();
        Some(match path.start {
            Start::Before(_) => format!("`{pattern}` matches nothing before it, such as `{text}`"),
            _ => format!("`{pattern}` does not match `{text}`"),
        })
    }

    fn cell(&self, context: ElementRef<'a>, column: &Column) -> Option<ElementRef<'a>> {
        let (row, grid) = self.grid(context)?;
        grid.cell(row, column)
    }

    /// The row that an element stands in or holds, and its table by columns.
    fn grid(&self, context: ElementRef<'a>) -> Option<(ElementRef<'a>, Rc<Grid<'a>>)> {
        let is = |element: &ElementRef<'a>, name: &str| element.value().name() == name;
        let row = std::iter::once(context)
            .chain(context.ancestors().filter_map(ElementRef::wrap))
            .find(|element| is(element, "tr"))
            .or_else(|| {
                context
                    .descendent_elements()
                    .find(|element| is(element, "tr"))
            })?;
        let table = row
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|element| is(element, "table"))?;
        let known = self.grids.borrow().get(&table.id()).map(Rc::clone);
        let grid = known.unwrap_or_else(|| {
            let grid = Rc::new(Grid::new(table));
            self.grids.borrow_mut().insert(table.id(), Rc::clone(&grid));
            grid
        });
        Some((row, grid))
    }

    /// The value of an element, or none.
    fn text(&self, path: &Path, element: ElementRef<'a>) -> Option<String> {
        let attribute = |name: &str| element.attr(name).map(|value| value.trim().to_owned());
        let shaped = |text: &str| match path.line {
            Some(line) => nth(&flat::lines(text), line).cloned(),
            None if path.what == What::Lines => Some(flat::lines(text).join("\n")),
            None => Some(flat::one_line(text)),
        };
        let text = match &path.what {
            What::Attribute(name) => attribute(name)?,
            What::Address => match attribute("href") {
                Some(address) => address,
                None => shaped(self.flat.within(element))?,
            },
            What::Text | What::Lines => shaped(self.flat.within(element))?,
            What::Own => shaped(&flat::own(element))?,
            What::Following => {
                let place = self.flat.place(element);
                let next = self.next_item(place).map(Bound::StartOf);
                let bound = match self.item_around(element) {
                    Some(item) => Bound::EndOf(self.flat.place(item)),
                    None => next
                        .or_else(|| self.container(element).map(Bound::EndOf))
                        .unwrap_or(Bound::Page),
                };
                shaped(self.flat.after_end(place, bound))?
            }
            What::Preceding => {
                let place = self.flat.place(element);
                let bound = match self.item_around(element) {
                    Some(item) => Bound::StartOf(self.flat.place(item)),
                    None => self
                        .item_before(place)
                        .map(Bound::EndOf)
                        .or_else(|| self.container(element).map(Bound::StartOf))
                        .unwrap_or(Bound::Page),
                };
                shaped(self.flat.to_start(bound, place))?
            }
        };
        let text = corrected(path, text)?;
        let text = match &path.format {
            Some(format) if !text.is_empty() => filled(format, &[text]),
            _ => text,
        };
        // Words with spaces between them are a text, and lead nowhere.
        let leads = path.what != What::Address
            || attribute("href").is_some()
            || !text.contains(char::is_whitespace);
        (leads && !text.is_empty()).then_some(text)
    }
}

/// The values that a way means among those found.
fn chosen<'a>(path: &Path, found: Vec<Found<'a>>) -> Vec<Found<'a>> {
    let found = match path.nth {
        Some(wanted) => nth(&found, wanted).cloned().into_iter().collect(),
        None => found,
    };
    match &path.all {
        Some(between) if !found.is_empty() => {
            let texts: Vec<&str> = found.iter().map(|found| found.text.as_str()).collect();
            vec![Found {
                text: texts.join(between),
                element: found.first().and_then(|first| first.element),
            }]
        }
        _ => found,
    }
}

/// Counted from 1, or with a minus from the end.
fn nth<T>(values: &[T], wanted: i64) -> Option<&T> {
    let place = usize::try_from(wanted.unsigned_abs()).ok()?;
    if wanted > 0 {
        values.get(place - 1)
    } else {
        values.get(values.len().checked_sub(place)?)
    }
}

/// The text after pattern and corrections; none when it does not match.
fn corrected(path: &Path, text: String) -> Option<String> {
    let mut text = match &path.pattern {
        None => text,
        Some((pattern, replace)) => {
            let captures = pattern.captures(&text)?;
            match replace {
                Some(replace) => {
                    let mut out = String::new();
                    captures.expand(replace, &mut out);
                    out
                }
                None => captures
                    .iter()
                    .skip(1)
                    .flatten()
                    .next()
                    .or_else(|| captures.get(0))
                    .map(|found| found.as_str().to_owned())?,
            }
        }
    };
    for (pattern, replace) in &path.edits {
        text = pattern.replace_all(&text, replace.as_str()).into_owned();
    }
    Some(match path.what {
        What::Attribute(_) | What::Address => text.trim().to_owned(),
        _ => flat::one_line(&text),
    })
}

/// A format with `{1}`, `{2}` … filled in.
fn filled(format: &str, parts: &[String]) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let number = after.split_once('}').and_then(|(number, tail)| {
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            Some((parts.get(place)?, tail))
        });
        match number {
            Some((part, tail)) => {
                out.push_str(part);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_counts() {
        let parts = ["a".to_owned(), "{1}".to_owned()];
        assert_eq!(filled("{1} v. {2} {3} {x} {", &parts), "a v. {1} {3} {x} {");
        let values = [1, 2, 3];
        assert_eq!(
            [1, 3, -1, -3, 4, -4, 0].map(|wanted| nth(&values, wanted).copied()),
            [Some(1), Some(3), Some(3), Some(1), None, None, None]
        );
    }
}
