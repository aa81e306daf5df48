//! Definitions of listings as operators write them, made ready: `CSS@attribute`, `CSS::own`,
//! alternatives, patterns. Every fault is a sentence that says what to write instead.

use regex::{Regex, RegexBuilder};
use scraper::Selector;

use super::columns::Column;
use super::effort;
use super::reading::{Path, Reading, Start, What};
use crate::domain::source::{LifeCycleRule, Pick, Select, Way};

/// The largest pattern, compiled, in bytes: a definition is read at every visit.
const MAX_PATTERN: usize = 1 << 20;
/// How deep parts may hold parts.
const MAX_PARTS_DEPTH: usize = 4;

/// The selectors of a listing, read.
#[derive(Debug)]
pub(super) struct Selectors {
    pub lines: Option<Selector>,
    pub item: Selector,
    pub link: Option<Reading>,
    pub title: Option<Reading>,
    pub date: Option<Reading>,
    pub summary: Option<Reading>,
    pub key: Option<Reading>,
    pub categories: Option<Reading>,
    pub skip: Option<Reading>,
    pub only: Option<Reading>,
    pub next: Option<Reading>,
    /// Whether one of them looks at the siblings of each element.
    pub with_siblings: bool,
}

impl Selectors {
    /// Reads the definition of a listing.
    ///
    /// # Errors
    /// A sentence for each part that cannot be used.
    pub(super) fn new(select: &Select) -> Result<Self, Vec<String>> {
        let mut compiler = Compiler::default();
        let lines = select.lines.as_ref().map(|css| compiler.css("lines", css));
        let item = match &select.item {
            Some(item) => compiler.css("item", item),
            None => {
                compiler.faults.push("a listing needs select.item".into());
                None
            }
        };
        let mut reading = |name: &'static str, pick: &Option<Pick>| {
            pick.as_ref().map(|pick| compiler.reading(name, pick, 0))
        };
        let (link, title, date) = (
            reading("link", &select.link),
            reading("title", &select.title),
            reading("date", &select.date),
        );
        let (summary, key, categories) = (
            reading("summary", &select.summary),
            reading("key", &select.key),
            reading("categories", &select.categories),
        );
        let (skip, only, next) = (
            reading("skip", &select.skip),
            reading("only", &select.only),
            reading("next", &select.next),
        );
        match item {
            Some(item) if compiler.faults.is_empty() => Ok(Self {
                lines: lines.flatten(),
                item,
                link,
                title,
                date,
                summary,
                key,
                categories,
                skip,
                only,
                next,
                with_siblings: compiler.with_siblings,
            }),
            _ => Err(compiler.faults),
        }
    }
}

/// What is wrong with the selectors of a source.
pub(super) fn faults(select: &Select) -> Vec<String> {
    if *select == Select::default() {
        return Vec::new();
    }
    let pages = PageRules::new(select).err().unwrap_or_default();
    let is_page = select.item.is_none() && select.is_of_page();
    let listing = match Selectors::new(select) {
        Err(faults) if !is_page => faults,
        _ => Vec::new(),
    };
    listing.into_iter().chain(pages).collect()
}

/// The rules by which a watched page is read.
#[derive(Debug)]
pub(super) struct PageRules {
    pub keep: Vec<Selector>,
    pub drop: Vec<Selector>,
    pub watch: Option<Regex>,
    pub note: Option<Reading>,
    pub reference: Option<Reading>,
    pub life_cycle: Option<LifeCycleRules>,
}

/// How a page shows a life cycle, read.
#[derive(Debug)]
pub(super) struct LifeCycleRules {
    pub item: Selector,
    pub stage: Option<Reading>,
    pub date: Option<Reading>,
    pub project: Option<Reading>,
    pub project_in_address: Option<Regex>,
}

impl PageRules {
    /// Reads the definition of a watched page.
    ///
    /// # Errors
    /// A sentence for each part that cannot be used.
    pub(super) fn new(select: &Select) -> Result<Self, Vec<String>> {
        let mut compiler = Compiler::default();
        let mut css = |name: &str, list: &[String]| -> Vec<Selector> {
            list.iter()
                .filter_map(|css| compiler.css(name, css))
                .collect()
        };
        let (keep, drop) = (css("keep", &select.keep), css("drop", &select.drop));
        let watch = select.watch.as_ref();
        let watch = watch.and_then(|pattern| compiler.regex("watch", pattern));
        let mut page = |name: &str, pick: &Option<Pick>| {
            pick.as_ref().map(|pick| compiler.reading(name, pick, 0))
        };
        let (note, reference) = (
            page("note", &select.note),
            page("reference", &select.reference),
        );
        let life_cycle = select
            .life_cycle
            .as_ref()
            .and_then(|rule| LifeCycleRules::new(rule, &mut compiler));
        if compiler.faults.is_empty() {
            Ok(Self {
                keep,
                drop,
                watch,
                note,
                reference,
                life_cycle,
            })
        } else {
            Err(compiler.faults)
        }
    }
}

impl LifeCycleRules {
    fn new(rule: &LifeCycleRule, compiler: &mut Compiler) -> Option<Self> {
        let item = compiler.css("life_cycle.item", &rule.item);
        let mut reading = |name: &str, pick: &Option<Pick>| {
            pick.as_ref().map(|pick| compiler.reading(name, pick, 0))
        };
        let (stage, date, project) = (
            reading("life_cycle.stage", &rule.stage),
            reading("life_cycle.date", &rule.date),
            reading("life_cycle.project", &rule.project),
        );
        let address = rule.project_in_address.as_ref();
        Some(Self {
            stage,
            date,
            project,
            project_in_address: address
                .and_then(|pattern| compiler.regex("life_cycle.project_in_address", pattern)),
            item: item?,
        })
    }
}

#[derive(Default)]
struct Compiler {
    ways: usize,
    with_siblings: bool,
    faults: Vec<String>,
}

impl Compiler {
    fn css(&mut self, name: &str, css: &str) -> Option<Selector> {
        self.with_siblings |= effort::looks_at_siblings(css);
        css_selector(name, css)
            .map_err(|fault| self.faults.push(fault))
            .ok()
    }

    fn regex(&mut self, name: &str, pattern: &str) -> Option<Regex> {
        RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN)
            .build()
            .map_err(|error| {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim().to_owned();
                self.faults.push(format!(
                    "select.{name}: `{pattern}` is no regular expression ({reason}); in TOML write it between single quotes"
                ));
            })
            .ok()
    }

    /// That each group which a replacement names is one of its pattern's: of another nothing comes.
    fn groups(&mut self, name: &str, regex: &Regex, replace: &str) {
        let known: Vec<Option<&str>> = regex.capture_names().collect();
        // What stands for a dollar itself names no group.
        for part in replace.replace("$$", "").split('$').skip(1) {
            let group = match part.strip_prefix('{') {
                Some(rest) => rest.split('}').next().unwrap_or_default(),
                None => {
                    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                    part.split(|c| !is_name(c)).next().unwrap_or_default()
                }
            };
            let is_known = match group.parse::<usize>() {
                Ok(number) => number < known.len(),
                Err(_) => known.contains(&Some(group)),
            };
            if !group.is_empty() && !is_known {
                self.faults.push(format!(
                    "select.{name}: `{replace}` names the group `{group}`, which `{}` does not have; before letters or digits write a group as `${{1}}`",
                    regex.as_str()
                ));
            }
        }
    }

    /// That a format has places, and each of them something to be filled with.
    fn format(&mut self, name: &str, format: &str, parts: usize) {
        let places: Vec<usize> = format
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}')?.0.parse().ok())
            .collect();
        if places.is_empty() {
            let dates = if format.contains('%') {
                "; how dates are written stands beside select: `date = { format = … }`"
            } else {
                ""
            };
            self.faults.push(format!(
                "select.{name}.format = `{format}` has no place such as `{{1}}`, and would be the same for every row{dates}"
            ));
        }
        if let Some(place) = places.iter().find(|place| !(1..=parts).contains(*place)) {
            self.faults.push(format!(
                "select.{name}.format = `{format}` has the place `{{{place}}}`, and there {} to fill in",
                if parts == 1 { "is one value".to_owned() } else { format!("are {parts} parts") }
            ));
        }
    }

    fn reading(&mut self, name: &str, pick: &Pick, depth: usize) -> Reading {
        let mut reading = Reading::default();
        for way in &pick.0 {
            reading.inherit |= way.inherit;
            let nothing_but = Way {
                inherit: true,
                ..Way::default()
            };
            if *way == nothing_but {
                continue;
            }
            let alternatives = match &way.css {
                Some(css) => alternatives(css),
                None => vec![""],
            };
            for css in alternatives {
                reading.paths.extend(self.path(name, way, css, depth));
            }
        }
        if reading.inherit && matches!(name, "link" | "key" | "next" | "skip" | "only") {
            self.faults.push(format!(
                "select.{name} cannot be inherited from the row before"
            ));
        }
        reading
    }

    /// A way, with one of the alternatives of its selector.
    fn path(&mut self, name: &str, way: &Way, css: &str, depth: usize) -> Option<Path> {
        let known = self.faults.len();
        if css.trim().is_empty() && way.css.is_some() && way.attribute.is_none() {
            self.faults.push(format!("select.{name} is empty"));
        }
        let (css, what) = split(css);
        let what = match (&way.attribute, what) {
            (None, Some(what)) => what,
            (Some(attribute), None) => What::Attribute(attribute.to_ascii_lowercase()),
            (Some(_), Some(_)) => {
                self.faults.push(format!(
                    "select.{name} says twice what it wants of the element: once in css, once in attribute"
                ));
                What::Text
            }
            (None, None) if matches!(name, "link" | "next") && depth == 0 => What::Address,
            (None, None) => What::Text,
        };
        let css = css.trim();
        let css = (!css.is_empty()).then(|| self.css(name, css)).flatten();
        let alone = !way.parts.is_empty() || way.value.is_some();
        let place = Way {
            css: way.css.clone(),
            attribute: way.attribute.clone(),
            page: way.page,
            closest: way.closest.clone(),
            before: way.before.clone(),
            after: way.after.clone(),
            column: way.column.clone(),
            ..Way::default()
        };
        if alone && (place != Way::default() || (!way.parts.is_empty() && way.value.is_some())) {
            self.faults.push(format!(
                "select.{name}: parts and value stand without a place of their own; give each part its own"
            ));
        }
        let starts = [
            way.page,
            name == "next",
            way.closest.is_some(),
            way.before.is_some(),
            way.after.is_some(),
        ];
        if starts.into_iter().filter(|start| *start).count() > 1 {
            self.faults.push(format!(
                "select.{name} begins in more than one place: keep one of page, closest, before, after"
            ));
        }
        let start = if let Some(css) = &way.closest {
            self.css(name, css).map(Start::Closest)
        } else if let Some(css) = &way.before {
            self.css(name, css).map(Start::Before)
        } else if let Some(css) = &way.after {
            self.css(name, css).map(Start::After)
        } else if way.page || name == "next" {
            Some(Start::Page)
        } else {
            Some(Start::Row)
        };
        let column = way.column.as_ref().and_then(|column| {
            Column::new(column)
                .map_err(|fault| self.faults.push(format!("select.{name}: {fault}")))
                .ok()
        });
        for (key, number) in [("nth", way.nth), ("line", way.line)] {
            if number == Some(0) {
                self.faults.push(format!(
                    "select.{name}.{key} counts from 1, or from the end with -1"
                ));
            }
        }
        if depth >= MAX_PARTS_DEPTH {
            self.faults
                .push(format!("select.{name}: parts within parts, too deep"));
            return None;
        }
        let parts = way
            .parts
            .iter()
            .map(|part| self.reading(name, part, depth + 1))
            .collect();
        let pattern = way.pattern.as_ref().and_then(|pattern| {
            let regex = self.regex(name, pattern)?;
            self.groups(name, &regex, way.replace.as_deref().unwrap_or_default());
            Some((regex, way.replace.clone()))
        });
        if way.replace.is_some() && way.pattern.is_none() {
            self.faults.push(format!(
                "select.{name}.replace needs match beside it; corrections stand under edit"
            ));
        }
        let edits = way
            .edit
            .iter()
            .filter_map(|edit| {
                let regex = self.regex(name, &edit.pattern)?;
                self.groups(name, &regex, &edit.replace);
                Some((regex, edit.replace.clone()))
            })
            .collect();
        if let Some(format) = &way.format {
            self.format(name, format, way.parts.len().max(1));
        }
        self.ways += 1;
        (self.faults.len() == known).then_some(())?;
        Some(Path {
            id: self.ways,
            start: start?,
            column,
            css,
            what,
            line: way.line,
            nth: way.nth,
            all: way.all.clone(),
            parts,
            format: way.format.clone(),
            pattern,
            edits,
            value: way.value.clone(),
        })
    }
}

/// The selectors between `||`. Two bars within brackets or quotes belong to the CSS.
fn alternatives(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut quote, mut depth) = (0, None, 0_usize);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, '|') if before == '|' && depth == 0 => {
                out.push(text.get(start..at - 1).unwrap_or("").trim());
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    out.push(text.get(start..).unwrap_or("").trim());
    out
}

/// The selector, and what its end says is wanted of the element. An `@` inside brackets or
/// quotes, as in `a[href*="@"]`, belongs to the CSS.
fn split(text: &str) -> (&str, Option<What>) {
    if let Some((css, word)) = text.rsplit_once("::") {
        let what = match word.trim() {
            "text" => Some(What::Text),
            "lines" => Some(What::Lines),
            "own" => Some(What::Own),
            "following" => Some(What::Following),
            "preceding" => Some(What::Preceding),
            _ => None,
        };
        if what.is_some() {
            return (css, what);
        }
    }
    match text.rsplit_once('@') {
        Some((css, attribute))
            if !attribute.is_empty()
                && attribute
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':')) =>
        {
            (css, Some(What::Attribute(attribute.to_ascii_lowercase())))
        }
        _ => (text, None),
    }
}

/// A CSS selector.
///
/// # Errors
/// As `Reading`: a text that is no selector, with what is wrong about it.
pub(super) fn css_selector(name: &str, css: &str) -> Result<Selector, String> {
    Selector::parse(css).map_err(|error| {
        let ours = ["::own", "::text", "::lines", "::following", "::preceding"];
        let hint = if css.contains(":contains") {
            "; `:contains()` is not CSS: choose rows by their text with only = { css = \"…\", match = \"…\" }"
        } else if ours.iter().any(|word| css.trim_end().ends_with(word)) {
            "; here stands CSS alone: what is wanted of the element goes into css beside it, as in { after = \"ul\", css = \"::own\" }"
        } else if css.contains("||") {
            "; here stands CSS alone, whose alternatives are written with a comma: `li, p`"
        } else if css.contains("::") {
            "; `::attr()` is not CSS: write `selector@attribute` for a value"
        } else if css.contains('@') {
            "; after `@` stands one attribute's name and nothing else"
        } else {
            ""
        };
        let reason = match error.to_string() {
            // What the library says of what it does not know asks for a report to its makers.
            reason if reason.contains("report this") => "there is no such pseudo-class".to_owned(),
            reason => reason.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        format!("select.{name} = `{css}` is no CSS selector ({reason}){hint}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_after_the_sign() {
        let attribute = |name: &str| Some(What::Attribute(name.to_owned()));
        for (text, css, what) in [
            ("a@href", "a", attribute("href")),
            ("@data-URL", "", attribute("data-url")),
            ("a[href*=\"@\"]", "a[href*=\"@\"]", None),
            ("a[href*=\"@\"]@href", "a[href*=\"@\"]", attribute("href")),
            ("h3 > a", "h3 > a", None),
            ("td::own", "td", Some(What::Own)),
            ("::following", "", Some(What::Following)),
            ("a::attr(href)", "a::attr(href)", None),
        ] {
            assert_eq!(split(text), (css, what), "{text}");
        }
        assert_eq!(
            alternatives("a || b[x=\"||\"] ||:is(c||d)"),
            ["a", "b[x=\"||\"]", ":is(c||d)"]
        );
    }

    #[test]
    fn every_fault_is_named() {
        let select = Select {
            item: Some("li:contains(x)".into()),
            link: Some("a::attr(href)".into()),
            title: Some("".into()),
            date: Some("time@datetime".into()),
            keep: vec!["main".into(), ">".into()],
            ..Select::default()
        };
        let found = faults(&select);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].contains("select.item") && found[0].contains("not CSS"));
        assert!(found[1].contains("selector@attribute"));
        assert!(found[2].contains("empty"));
        assert!(found[3].contains("select.keep"));
    }

    #[test]
    fn every_fault_of_a_way_is_named() {
        let way = |change: &dyn Fn(&mut Way)| {
            let mut way = Way::css("td");
            change(&mut way);
            way
        };
        let text = |text: &str| Some(text.to_owned());
        for (way, expected) in [
            (way(&|way| way.pattern = text("(")), "single quotes"),
            (way(&|way| way.replace = text("$1")), "needs match"),
            (way(&|way| way.nth = Some(0)), "counts from 1"),
            (way(&|way| way.column = text(" ")), "neither number"),
            (
                way(&|way| {
                    way.before = text("h2");
                    way.page = true;
                }),
                "more than one place",
            ),
            (
                way(&|way| {
                    way.css = text("td@title");
                    way.attribute = text("title");
                }),
                "twice",
            ),
            (way(&|way| way.closest = text("tr:")), "no CSS selector"),
            (
                way(&|way| way.parts = vec!["a".into()]),
                "place of their own",
            ),
            (
                way(&|way| way.pattern = text("(\\w{1000}){1000}")),
                "no regular expression",
            ),
        ] {
            let select = Select {
                item: Some("tr".into()),
                title: Some(way.into()),
                ..Select::default()
            };
            let found = faults(&select);
            assert!(
                found.len() == 1 && found[0].contains(expected),
                "{expected}: {found:?}"
            );
        }
    }
}
