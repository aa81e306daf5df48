//! The chain of a source's documents: each names the one before, so that none can be taken out or
//! altered unseen.

use crate::domain::document::{Document, Sha256};
use crate::domain::evidence::{self, Evidence, Record};
use crate::domain::source::Keep;
use crate::store::{Harvest, NewDocument, SourceState};

/// What wrote a document down, as its record names it.
const SOFTWARE: &str = concat!("regwire ", env!("CARGO_PKG_VERSION"));

/// The next place in the chain, for one document.
pub(super) struct Place {
    pub(super) number: i64,
    previous: Option<Sha256>,
    link: Sha256,
}

impl Place {
    /// The place after the last document that the state knows.
    pub(super) fn after(state: &SourceState, document: &Document) -> Self {
        let number = state.documents + 1;
        let previous = state.chain_head.clone();
        let link = evidence::link(
            previous.as_ref(),
            &Record {
                source: &document.source,
                number,
                url: document.url.as_str(),
                fetched_at: document.fetched_at,
                status: document.status,
                headers: &document.headers,
                sha256: &document.sha256,
                software: SOFTWARE,
            },
        );
        Self {
            number,
            previous,
            link,
        }
    }

    /// What Updates of the document refer to.
    pub(super) fn proof(&self, document: &Document) -> Evidence {
        Evidence {
            document: self.number,
            sha256: document.sha256.clone(),
            fetched_at: document.fetched_at,
            status: document.status,
        }
    }

    /// What is read of the page that will lie so many places behind it refers to.
    pub(super) fn behind(&self, places: usize, page: &Document) -> Evidence {
        let places = i64::try_from(places).unwrap_or(i64::MAX);
        Evidence {
            document: self.number.saturating_add(places),
            ..self.proof(page)
        }
    }

    /// Puts the document there. `packed` is the plain size of a body that is packed already.
    pub(super) fn take(
        self,
        harvest: &mut Harvest,
        document: Document,
        packed: Option<u64>,
        keep: Keep,
    ) {
        harvest.state.documents = self.number;
        harvest.state.chain_head = Some(self.link.clone());
        harvest.documents.push(NewDocument {
            number: self.number,
            document,
            packed,
            keep,
            previous: self.previous,
            link: self.link,
            software: SOFTWARE.to_owned(),
        });
    }
}
