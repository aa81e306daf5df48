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

pub use super::rehearsal::{Hostile, MAX_NESTING};
pub use entities::decode_entities;
pub use likely::{is_likely, looks_like_html_document};
pub use line::{excerpt, line};
pub use plain::{folded_lines, plain};
pub use safe::{SafeHtml, check_nesting, safe_html};

#[cfg(test)]
mod tests;
