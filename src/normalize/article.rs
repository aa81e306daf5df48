//! The text of the page that an item links to, put into its update.

use chrono::{DateTime, Utc};
use url::Url;

use super::{content_reach, cut};
use crate::domain::update::{Reach, Update};
use crate::text::date::Stamp;
use crate::text::html;

/// Gives an update its text, made safe, and returns it plain. Links in `markup` start from `base`.
///
/// The list's own words stay: its title and summary are the publisher's for this item. Where it
/// told no day, the page's own counts; at first contact that may make the item news.
pub fn with_text(
    update: &mut Update,
    markup: &str,
    base: &Url,
    published: Option<Stamp>,
    first_contact: bool,
    now: DateTime<Utc>,
) -> String {
    let content = &mut update.content;
    content.body = html::safe_html(cut(markup), Some(base));
    if content.published.is_none() && published.is_some() {
        content.published = published;
        if first_contact && update.reach == Reach::Archive {
            update.reach = content_reach(content, first_contact, now);
        }
    }
    html::plain(content.body.as_str())
}
