//! Fields, tokens and the shape of an indexed update.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use tantivy::schema::{
    DateOptions, DateTimePrecision, FAST, Field, IndexRecordOption, STRING, Schema,
    TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{DateTime, TantivyDocument};

use crate::domain::id::UpdateId;
use crate::domain::update::Update;
use crate::text::{html, stem, words};

/// Raised whenever what is indexed, or how, changes.
const VERSION: &str = "2";
/// The name of our tokens in tantivy's registry.
pub(super) const TOKENIZER: &str = "words";
/// The field that hits are ordered by.
pub(super) const DATED: &str = "dated";
/// The field that facets are counted in.
pub(super) const TAG: &str = "tag";

/// The columns that an identifier is kept in: its first twelve signs, and the last four.
pub(super) const HIGH: &str = "high";
/// See [`HIGH`].
pub(super) const LOW: &str = "low";
/// How often a title is indexed: a word in it counts as one that is said so often more.
const TITLES: usize = 2;

/// The fields of the index.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub(super) id: Field,
    pub(super) high: Field,
    pub(super) low: Field,
    pub(super) text: Field,
    pub(super) tag: Field,
    pub(super) dated: Field,
    pub(super) opens: Field,
    pub(super) closes: Field,
}

pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let raw = TextOptions::default()
        .set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic),
        )
        .set_fast("raw");
    let day = DateOptions::default()
        .set_fast()
        .set_precision(DateTimePrecision::Seconds);
    let fields = Fields {
        id: builder.add_text_field("id", STRING),
        high: builder.add_u64_field(HIGH, FAST),
        low: builder.add_u64_field(LOW, FAST),
        text: builder.add_text_field("text", text),
        tag: builder.add_text_field(TAG, raw),
        dated: builder.add_date_field(DATED, day.clone()),
        opens: builder.add_date_field("opens", day.clone()),
        closes: builder.add_date_field("closes", day),
    };
    (builder.build(), fields)
}

/// What the name of the index's folder says: two builds with the same one read each other's
/// index.
pub(super) fn fingerprint() -> String {
    let (schema, _) = schema();
    let mut hash = Sha256::new();
    hash.update(VERSION);
    hash.update(tantivy::version_string());
    hash.update(serde_json::to_string(&schema).unwrap_or_default());
    let digest = hash.finalize();
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// An update as it is indexed; `text` is its body's plain text, where it is at hand.
pub(super) fn document(fields: &Fields, update: &Update, text: Option<&str>) -> TantivyDocument {
    // So large that it need not grow, for its texts and what there is beside them.
    let texts = TITLES * update.content.title.len()
        + update.content.summary.len()
        + text.map_or(update.content.body.as_str().len(), str::len);
    let mut document = TantivyDocument::with_capacity(texts + BESIDE_TEXTS);
    document.add_text(fields.id, update.id.as_str());
    let (high, low) = halves(&update.id);
    document.add_u64(fields.high, high);
    document.add_u64(fields.low, low);
    for _ in 0..TITLES {
        document.add_text(fields.text, &update.content.title);
    }
    if update.content.body.is_empty() {
        document.add_text(fields.text, &update.content.summary);
    } else {
        // The summary of a long text is usually its beginning; both would count words twice.
        let body = text.map_or_else(
            || Cow::Owned(html::plain(update.content.body.as_str())),
            Cow::Borrowed,
        );
        if !update.content.summary.is_empty()
            && !body.starts_with(first_line(&update.content.summary))
        {
            document.add_text(fields.text, &update.content.summary);
        }
        document.add_text(fields.text, body);
    }
    document.add_date(
        fields.dated,
        DateTime::from_timestamp_secs(update.dated().timestamp().clamp(-EPOCHS, EPOCHS)),
    );
    let moment = |day: chrono::NaiveDate| {
        let seconds = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        DateTime::from_timestamp_secs(seconds.clamp(-EPOCHS, EPOCHS))
    };
    if let Some(last) = update.closes() {
        document.add_date(fields.closes, moment(last));
    }
    if let Some(first) = update.opens() {
        document.add_date(fields.opens, moment(first));
    }
    let mut written = String::with_capacity(64);
    let mut tag = |field: &str, value: &str| {
        written.clear();
        written.extend([field, ":", value]);
        document.add_text(fields.tag, &written);
    };
    tag("source", update.source.as_str());
    tag("authority", update.authority.as_str());
    tag("reach", update.reach.as_str());
    if let Some(kind) = update.tags.kind {
        tag("kind", kind.as_str());
    }
    if let Some(language) = &update.tags.language {
        tag("language", language);
    }
    for framework in &update.tags.frameworks {
        tag("framework", framework.id.as_str());
        if framework.primary {
            tag("primary", framework.id.as_str());
        }
    }
    for jurisdiction in &update.tags.jurisdictions {
        tag("jurisdiction", jurisdiction.id.as_str());
    }
    for body in &update.tags.bodies {
        tag("body", body.id.as_str());
    }
    for topic in &update.tags.topics {
        tag("topic", topic.id.as_str());
    }
    let mut works: Vec<&str> = update
        .tags
        .references
        .iter()
        .map(|reference| reference.reference.work.as_str())
        .collect();
    works.sort_unstable();
    works.dedup();
    for work in works {
        tag("standard", work);
    }
    document
}

/// What a document takes in memory beside its texts, in bytes: its numbers and some thirty tags.
const BESIDE_TEXTS: usize = 1_024;

/// How far a date may be from 1970, in seconds: about 250 years, as the index holds nanoseconds.
const EPOCHS: i64 = 8_000_000_000;

/// The signs of identifiers, by their value.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An identifier as two numbers, ordered as it is.
pub(super) fn halves(id: &UpdateId) -> (u64, u64) {
    let value = |signs: &[u8]| {
        signs.iter().fold(0_u64, |sum, sign| {
            let place = SIGNS.iter().position(|one| one == sign).unwrap_or(0);
            sum << 5 | place as u64
        })
    };
    let signs = id.as_str().as_bytes();
    let (high, low) = signs.split_at(signs.len().min(12));
    (value(high), value(low))
}

/// The identifier of two numbers.
pub(super) fn whole(high: u64, low: u64) -> Option<UpdateId> {
    let mut out = String::with_capacity(16);
    for (number, signs) in [(high, 12), (low, 4)] {
        for place in (0..signs).rev() {
            let sign = SIGNS.get(usize::try_from(number >> (5 * place) & 31).ok()?)?;
            out.push(char::from(*sign));
        }
    }
    UpdateId::new(out).ok()
}

fn first_line(text: &str) -> &str {
    let line = text.lines().next().unwrap_or("");
    line.trim_end_matches('…').trim_end()
}

/// The house's tokens as tantivy wants them: folded, singular. One token is told after the other,
/// and all of them lie in the same place of memory.
#[derive(Clone, Default)]
pub(super) struct Words {
    lower: String,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        let Self { lower, token } = self;
        token.reset();
        WordStream {
            words: words::Words::of(text, lower),
            token,
        }
    }
}

/// The tokens of one text.
pub(super) struct WordStream<'a> {
    words: words::Words<'a>,
    token: &'a mut Token,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else {
            return false;
        };
        self.token.text.clear();
        self.token.text.push_str(stem::key(word.text));
        self.token.offset_from = word.start;
        self.token.offset_to = word.end;
        self.token.position = word.position;
        self.token.position_length = 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
