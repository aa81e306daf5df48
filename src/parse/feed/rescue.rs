//! JSON that ends in the middle or breaks in one place: the items that are whole.

use serde::Deserialize as _;
use serde_json::{Map, Value};

/// The most places from which reading is tried again.
const MOST_TRIES: usize = 200;
/// The longest item that is tried, in bytes.
const LONGEST_ITEM: usize = 1 << 20;
/// The names under which feeds keep their items.
pub(super) const ITEMS: [&str; 3] = ["items", "entry", "entries"];

/// What could be read of a feed in broken JSON: the members before the items, and every item that
/// is whole, those after a broken one too. None when no list of items begins in it.
pub(super) fn feed(text: &str) -> Option<Value> {
    let mut feed = Map::new();
    let list = match members(text, &mut feed) {
        Some((key, list)) => {
            feed.insert(key, Value::Array(items(list)));
            return Some(Value::Object(feed));
        }
        None => beginning_of_items(text)?,
    };
    let items = items(list);
    if items.is_empty() {
        return None;
    }
    feed.insert("items".to_owned(), Value::Array(items));
    Some(Value::Object(feed))
}

/// Reads members up to the list of items: its name, and where its first item begins. None where one
/// of them is broken; those before it are kept.
fn members<'a>(text: &'a str, feed: &mut Map<String, Value>) -> Option<(String, &'a str)> {
    let mut rest = text.trim_start().strip_prefix('{')?;
    loop {
        rest = rest.trim_start().trim_start_matches(',').trim_start();
        let (key, after) = value(rest)?;
        let key = key.as_str()?.to_owned();
        rest = after.trim_start().strip_prefix(':')?.trim_start();
        if ITEMS.contains(&key.as_str())
            && let Some(list) = rest.strip_prefix('[')
        {
            return Some((key, list));
        }
        if key == "feed" && rest.starts_with('{') {
            // ROLIE wraps the whole.
            return members(rest, feed);
        }
        let (read, after) = value(rest)?;
        feed.insert(key, read);
        rest = after;
    }
}

/// Where items begin in a text whose head is broken: after a list's name, in the first list of
/// objects at all, or after the first object that another follows.
fn beginning_of_items(text: &str) -> Option<&str> {
    let named = ITEMS.iter().find_map(|name| {
        let (_, after) = text.split_once(&format!("\"{name}\""))?;
        after
            .trim_start()
            .strip_prefix(':')?
            .trim_start()
            .strip_prefix('[')
    });
    let begin = named.or_else(|| {
        let first = text.match_indices('[').take(MOST_TRIES).find(|(at, _)| {
            text.get(at + 1..)
                .is_some_and(|rest| rest.trim_start().starts_with('{'))
        });
        text.get(first?.0 + 1..)
    });
    begin.or_else(|| {
        let (at, _) = text.match_indices('}').take(MOST_TRIES).find(|(at, _)| {
            text.get(at + 1..)
                .and_then(|after| after.trim_start().strip_prefix(','))
                .is_some_and(|after| after.trim_start().starts_with('{'))
        })?;
        text.get(at + 1..)
    })
}

/// One value and what stands after it.
fn value(text: &str) -> Option<(Value, &str)> {
    let mut reader = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = reader.next()?.ok()?;
    Some((value, text.get(reader.byte_offset()..)?))
}

fn items(text: &str) -> Vec<Value> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut tries = 0;
    loop {
        rest = rest.trim_start().trim_start_matches(',').trim_start();
        if rest.is_empty() || rest.starts_with(']') || out.len() > super::xml::MAX_ITEMS {
            return out;
        }
        let mut end = rest.len().min(LONGEST_ITEM);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        if let Some((item, after)) = value(rest.get(..end).unwrap_or("")) {
            out.push(item);
            rest = rest.get(end - after.len()..).unwrap_or("");
            continue;
        }
        // The next place at which an object begins after another one, or after a comma.
        tries += 1;
        let next = rest.match_indices('{').find(|(at, _)| {
            *at > 0
                && rest
                    .get(..*at)
                    .is_some_and(|before| before.trim_end().ends_with([',', '}', '[']))
        });
        match next {
            Some((at, _)) if tries <= MOST_TRIES => rest = rest.get(at..).unwrap_or(""),
            _ => return out,
        }
    }
}

/// Whether a text is JSON with something behind it that is none of it, as a warning of the
/// server's own software is.
pub(super) fn leading(text: &str) -> Option<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Value::deserialize(&mut reader).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        let feed = feed(text).unwrap();
        let items = ITEMS
            .iter()
            .find_map(|name| feed.get(name)?.as_array())
            .unwrap();
        items
            .iter()
            .filter_map(|item| item["id"].as_str().map(str::to_owned))
            .collect()
    }

    #[test]
    fn whole_items_are_kept() {
        for (text, kept) in [
            (
                r#"{"version":"x","title":"N","items":[{"id":"a"},{"id":"b","x":"#,
                vec!["a"],
            ),
            (
                r#"{"items":[{"id":"a"},{"id":"b" "x":1},{"id":"c"}]}"#,
                vec!["a", "c"],
            ),
            (
                r#"{"items":[{"id":"a"} {"id":"b"},,{"id":"c"}],"title":}"#,
                vec!["a", "b", "c"],
            ),
            (r#"{"items":[{"id":"a","t":"x"y"},{"id":"b"}]"#, vec!["b"]),
            (r#"{"feed":{"title":"N","entry":[{"id":"a"},"#, vec!["a"]),
            (
                r#"{"title":,"items" : [ {"id":"a"},{"id":"b"}]}"#,
                vec!["a", "b"],
            ),
            (r#"{"title":"N,"itms":[X"id":"a"},{"id":"b"}]}"#, vec!["b"]),
            // The first object closes the whole.
            (
                r#"{"version":"x","i":"a"},{"id":"b"},{"id":"c"}]}"#,
                vec!["b", "c"],
            ),
        ] {
            assert_eq!(ids(text), kept, "{text}");
        }
        for text in ["", "[", "{", "{\"items\"", "{\"items\":3", "{\"a\":}"] {
            assert_eq!(feed(text), None, "{text}");
        }
    }

    #[test]
    fn breaking_everywhere_is_no_way_to_keep_us_busy() {
        let begun = std::time::Instant::now();
        let text = format!("{{\"items\":[{}", "{\"id\":\"a\",{".repeat(500_000));
        assert!(feed(&text).is_some());
        let open = format!("{{\"items\":[{}", "{\"id\":".repeat(500_000));
        assert!(feed(&open).is_some());
        assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    }
}
