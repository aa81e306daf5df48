//! Figures for a machine that watches: Prometheus reads them on a listener of their own.
//!
//! It knows the names of the figures and what each means. It calls the store, the index and the signs
//! of life. It deliberately changes nothing, waits for nobody's lock, and is never part of the site.

mod figures;
mod serving;

pub use figures::{Watched, names, text};
pub use serving::serve;
