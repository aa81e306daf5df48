//! HTML: made safe once, in one place; and plain text out of HTML that nobody has made safe.
//!
//! Nothing here trusts its input. What builds a tree is guarded first, because the tree builders
//! are quadratic in depth; what only wants text walks the signs once and builds nothing.

mod entities;
mod likely;
mod line;
mod plain;
mod safe;
mod walk;

pub use self::entities::decode_entities;
pub use self::likely::{is_likely, looks_like_html_document};
pub use self::line::{excerpt, line};
pub use self::plain::{folded_lines, plain};
pub use self::safe::{SafeHtml, check_nesting, safe_html};
pub use super::rehearsal::{Hostile, MAX_NESTING};

#[cfg(test)]
mod tests;
