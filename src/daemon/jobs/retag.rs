//! Tagging the archive again by the library as it is now: first told, then done; never news.

use std::collections::BTreeSet;

use crate::daemon::House;
use crate::daemon::jobs::catalogue;
use crate::daemon::jobs::making::{understood, understood_of_ours};
use crate::domain::id::UpdateId;
use crate::domain::source::SourceKind;
use crate::domain::update::{Tags, Update};
use crate::store::{Lease, Retagged};
use crate::tag::key_dates;
use crate::text::html;

/// Updates read and written at a time.
const PAGE: u32 = 500;

/// What tagging again changes of one update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub update: UpdateId,
    /// Its title.
    pub title: String,
    /// Tags that it gains, as `framework:eu-ai-act`.
    pub added: Vec<String>,
    /// Tags that it loses.
    pub removed: Vec<String>,
}

impl Difference {
    /// As a line for programs.
    pub fn line(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.update,
            "title": self.title,
            "added": self.added,
            "removed": self.removed,
        })
    }
}

/// Tags everything again; with a lease, what differs is stored as a revision of its update.
///
/// An update whose tags stay and whose reasons alone changed is stored too, and not told.
///
/// # Errors
/// When the lease is lost or the store fails; what was stored until then stays.
pub async fn retag(
    house: &House,
    lease: Option<&Lease>,
    mut tell: impl FnMut(&Difference),
    mut progress: impl FnMut(u64),
) -> anyhow::Result<u64> {
    let mut position = None;
    let mut changed = 0;
    loop {
        let page = house.store.export_updates(position, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        position = Some(*last);
        let looked = page.len() as u64;
        let mut retagged = Vec::new();
        for (_, update) in page {
            // A source that is gone from the list takes its priors with it.
            let Some(source) = house.source(&update.source) else {
                continue;
            };
            let text = html::plain(update.content.body.as_str());
            let language = update.tags.language.clone();
            let language = language.as_deref();
            // A row states its days; a notice's are those of the update that brought it about, at
            // that moment.
            let is_row = source.kind == SourceKind::Catalogue;
            let mut again = if is_row || update.cause.is_some() {
                understood_of_ours(&house.tagger, source, update.clone(), language)
            } else {
                understood(&house.tagger, source, update.clone(), language, &text)
            };
            if is_row {
                catalogue::proven(house, source, &mut again);
            }
            key_dates::kept(&update.key_dates, &mut again.key_dates);
            if again.tags == update.tags && again.key_dates == update.key_dates {
                continue;
            }
            if let Some(difference) = difference(&update, &again.tags) {
                changed += 1;
                tell(&difference);
            }
            retagged.push(Retagged {
                update: update.id,
                tags: again.tags,
                key_dates: again.key_dates,
            });
        }
        if let Some(lease) = lease {
            house
                .store
                .retag(lease, &retagged, house.clock.now())
                .await?;
        }
        progress(looked);
    }
    Ok(changed)
}

fn difference(update: &Update, tags: &Tags) -> Option<Difference> {
    let (before, now) = (names(&update.tags), names(tags));
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect();
    let difference = Difference {
        update: update.id.clone(),
        title: update.content.title.clone(),
        added: only(&now, &before),
        removed: only(&before, &now),
    };
    (!difference.added.is_empty() || !difference.removed.is_empty()).then_some(difference)
}

/// Every tag by name.
fn names(tags: &Tags) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    out.extend(tags.kind.map(|kind| format!("kind:{}", kind.as_str())));
    out.extend(tags.frameworks.iter().map(|tag| {
        let sort = if tag.primary {
            "framework"
        } else {
            "mentioned"
        };
        format!("{sort}:{}", tag.id)
    }));
    out.extend(
        tags.jurisdictions
            .iter()
            .map(|tag| format!("jurisdiction:{}", tag.id)),
    );
    out.extend(tags.bodies.iter().map(|tag| format!("body:{}", tag.id)));
    out.extend(tags.topics.iter().map(|tag| format!("topic:{}", tag.id)));
    out.extend(
        tags.references
            .iter()
            .map(|tag| format!("reference:{}", tag.reference.canonical)),
    );
    out
}
