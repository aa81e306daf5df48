//! Where a list goes on: a link in the document, a parameter counted up, or a mark handed on.

use super::tree::Id;
use super::walk::Walker;
use crate::domain::address::WebAddress;
use crate::domain::document::{Fault, FaultCode};
use crate::domain::mapping::{Next, Part};

/// The address of the next page, if there is one; and what is out of reach.
///
/// `rows` is how many items this page has; `at` is its own address, which says how far the
/// counting has come.
pub(super) fn next<'m>(
    walker: &Walker<'_, 'm>,
    next: &'m Next,
    root: Id,
    at: &WebAddress,
    rows: usize,
) -> (Option<WebAddress>, Option<Fault>) {
    let reading = Reading {
        walker,
        next,
        root,
        at,
        rows: rows as u64,
    };
    match reading.address() {
        None => (None, None),
        Some(address) => match reading.out_of_reach(&address) {
            None => (Some(address), None),
            Some(fault) => (None, Some(fault)),
        },
    }
}

struct Reading<'r, 't, 'm> {
    walker: &'r Walker<'t, 'm>,
    next: &'m Next,
    root: Id,
    at: &'r WebAddress,
    rows: u64,
}

impl<'m> Reading<'_, '_, 'm> {
    fn address(&self) -> Option<WebAddress> {
        let next = self.next;
        if self.rows == 0 {
            return None;
        }
        if let Some(more) = &next.more
            && !self.walker.holds(more, self.root)
        {
            return None;
        }
        if let Some(link) = &next.link {
            return self.walker.first(link, self.root, |found| {
                let to = self.at.join(&found.text).ok()?;
                (to != *self.at).then_some(to)
            });
        }
        if let (Some(cursor), Some(mark)) = (&next.cursor, &next.mark) {
            let mark = self.walker.value(mark, self.root)?;
            return (parameter(self.at, cursor).as_deref() != Some(mark.as_str()))
                .then(|| with(self.at, cursor, &mark))?;
        }
        if self.is_last() {
            return None;
        }
        if let Some(page) = &next.page {
            let number = self.page_of(self.at).checked_add(1)?;
            return with(self.at, page, &number.to_string());
        }
        let offset = next.offset.as_ref()?;
        let rows = self.before(self.at).checked_add(self.size(self.at))?;
        with(self.at, offset, &rows.to_string())
    }

    /// Whether the document says that nothing follows; when it says nothing at all, a page that is
    /// not full is the last.
    fn is_last(&self) -> bool {
        let next = self.next;
        let told = self.before(self.at).saturating_add(self.size(self.at));
        let total = next.total.as_ref().and_then(|part| self.count(part));
        let pages = next.pages.as_ref().and_then(|part| self.count(part));
        if let Some(total) = total
            && told >= total
        {
            return true;
        }
        if let Some(pages) = pages
            && self.index(self.at) >= pages
        {
            return true;
        }
        let is_told = next.more.is_some() || total.is_some() || pages.is_some();
        !is_told
            && self
                .stated_size(self.at)
                .is_some_and(|size| self.rows < size)
    }

    fn count(&self, part: &'m Part) -> Option<u64> {
        let mut counts = Vec::new();
        self.walker.first(part, self.root, |found| {
            counts.push(found.text.parse().ok()?);
            Some(())
        })?;
        counts.first().copied()
    }

    /// What the page is called in the address.
    fn page_of(&self, address: &WebAddress) -> i64 {
        self.next
            .page
            .as_ref()
            .and_then(|name| parameter(address, name)?.parse().ok())
            .unwrap_or_else(|| self.first())
    }

    fn first(&self) -> i64 {
        self.next.first.unwrap_or(1)
    }

    /// The how-manieth page it is, from 1.
    fn index(&self, address: &WebAddress) -> u64 {
        let steps = self.page_of(address).saturating_sub(self.first());
        u64::try_from(steps).unwrap_or(0).saturating_add(1)
    }

    fn stated_size(&self, address: &WebAddress) -> Option<u64> {
        let size = parameter(address, self.next.size.as_ref()?)?;
        size.parse().ok().filter(|size| *size > 0)
    }

    fn size(&self, address: &WebAddress) -> u64 {
        self.stated_size(address).unwrap_or(self.rows)
    }

    /// The rows on the pages before.
    fn before(&self, address: &WebAddress) -> u64 {
        match &self.next.offset {
            Some(offset) => parameter(address, offset)
                .and_then(|rows| rows.parse().ok())
                .unwrap_or(0),
            None => self.size(address).saturating_mul(self.index(address) - 1),
        }
    }

    /// Why the interface would not give that page, be it there or not.
    fn out_of_reach(&self, address: &WebAddress) -> Option<Fault> {
        let next = self.next;
        let pages = next
            .most_pages
            .filter(|most| self.index(address) > *most)
            .map(|most| (most, "pages"));
        let rows = next
            .most_rows
            .filter(|most| self.before(address).saturating_add(self.size(address)) > *most)
            .map(|most| (most, "rows"));
        let (most, what) = pages.or(rows)?;
        Some(Fault::new(
            FaultCode::TooManyItems,
            format!(
                "the interface gives at most {most} {what}, and there are more; narrow the question, for example to a shorter time"
            ),
        ))
    }
}

/// The value of a parameter of an address.
fn parameter(address: &WebAddress, name: &str) -> Option<String> {
    let mut pairs = address.as_url().query_pairs();
    pairs
        .find(|(given, _)| given == name)
        .map(|(_, value)| value.into_owned())
}

/// The address with another value of a parameter.
fn with(address: &WebAddress, name: &str, value: &str) -> Option<WebAddress> {
    let mut url = address.as_url().clone();
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(given, _)| given != name)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(pairs)
        .append_pair(name, value);
    WebAddress::from_url(url).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::json::read::read;

    fn on(next: &Next, at: &str, document: &str, rows: usize) -> Result<Option<String>, String> {
        let tree = read(document, 100).unwrap();
        let walker = Walker::new(&tree);
        let at = WebAddress::new(at).unwrap();
        match super::next(&walker, next, 0, &at, rows) {
            (_, Some(fault)) => Err(fault.detail),
            (address, None) => Ok(address.map(|address| address.as_str().to_owned())),
        }
    }

    fn part(text: &str) -> Option<Part> {
        Some(Part::read(text).unwrap())
    }

    fn name(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn links_lead_on_within_reach() {
        let next = Next {
            link: part("next"),
            page: name("page"),
            size: name("per_page"),
            most_rows: Some(10_000),
            ..Next::default()
        };
        let at = "https://e.org/list?per_page=100";
        let to =
            |page: u32| format!("{{\"next\":\"https://e.org/list?page={page}&per_page=100\"}}");
        assert_eq!(
            on(&next, at, &to(2), 100).unwrap().as_deref(),
            Some("https://e.org/list?page=2&per_page=100")
        );
        assert!(on(&next, at, &to(100), 100).unwrap().is_some());
        assert!(
            on(&next, at, &to(101), 100)
                .unwrap_err()
                .contains("10000 rows")
        );
        assert_eq!(on(&next, at, "{\"next\":null}", 100), Ok(None));
        // The page itself is no next page.
        assert_eq!(
            on(&next, at, &format!("{{\"next\":\"{at}\"}}"), 100),
            Ok(None)
        );
    }

    #[test]
    fn pages_are_counted() {
        let next = Next {
            page: name("page[number]"),
            more: part("meta.more"),
            most_pages: Some(20),
            ..Next::default()
        };
        let more = "{\"meta\":{\"more\":true}}";
        assert_eq!(
            on(&next, "https://e.org/?a=b", more, 5).unwrap().as_deref(),
            Some("https://e.org/?a=b&page%5Bnumber%5D=2")
        );
        let twenty = "https://e.org/?page%5Bnumber%5D=20";
        assert!(on(&next, twenty, more, 5).unwrap_err().contains("20 pages"));

        let from_nought = Next {
            page: name("page"),
            first: Some(0),
            pages: part("pages"),
            ..Next::default()
        };
        let at = |page: u32| format!("https://e.org/?page={page}");
        let three = "{\"pages\":3}";
        assert!(on(&from_nought, &at(1), three, 9).unwrap().is_some());
        assert_eq!(on(&from_nought, &at(2), three, 9), Ok(None));
    }

    #[test]
    fn rows_are_counted() {
        let next = Next {
            offset: name("start"),
            size: name("rows"),
            total: part("total"),
            ..Next::default()
        };
        let at = |start: u32| format!("https://e.org/?start={start}&rows=20");
        assert_eq!(
            on(&next, "https://e.org/?rows=20", "{\"total\":50}", 20).unwrap(),
            Some("https://e.org/?rows=20&start=20".to_owned())
        );
        assert!(on(&next, &at(20), "{\"total\":50}", 20).unwrap().is_some());
        assert_eq!(on(&next, &at(40), "{\"total\":50}", 10), Ok(None));
        // Nothing is said: a page that is not full is the last, and so is an empty one.
        assert!(on(&next, &at(0), "{}", 20).unwrap().is_some());
        assert_eq!(on(&next, &at(20), "{}", 19), Ok(None));
        assert_eq!(on(&next, &at(20), "{\"total\":50}", 0), Ok(None));
    }

    #[test]
    fn marks_are_handed_on() {
        let next = Next {
            cursor: name("after"),
            mark: part("cursor"),
            ..Next::default()
        };
        let mark = "{\"cursor\":\"a b\"}";
        assert_eq!(
            on(&next, "https://e.org/", mark, 1).unwrap().as_deref(),
            Some("https://e.org/?after=a+b")
        );
        assert_eq!(on(&next, "https://e.org/?after=a%20b", mark, 1), Ok(None));
    }
}
