//! A watched page as it was read: its text by blocks, without what frames it.

use super::life_cycle::LifeCycle;

/// What a block of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading; [`Block::level`] says of which level.
    Heading,
    /// A paragraph, or text that stands by itself.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A row of a table, its cells with ` | ` between them.
    TableRow,
    /// A quotation.
    Quote,
    /// Text whose line ends count.
    Verbatim,
    /// What a regular expression of the definition found.
    Found,
}

impl BlockKind {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Paragraph => "paragraph",
            Self::ListItem => "list item",
            Self::TableRow => "table row",
            Self::Quote => "quotation",
            Self::Verbatim => "text",
            Self::Found => "passage",
        }
    }
}

/// A block of a page: the smallest stretch of text that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The level of a heading, 1 to 6; how deep a list item is nested; 0 otherwise.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub level: u8,
    /// Its text, one line of plain text ([`BlockKind::Verbatim`]: lines).
    pub text: String,
    /// The `id` by which an address can point to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// How much of it is links, in hundredths.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub linked: u8,
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

impl Block {
    /// A block of plain text.
    pub fn new(kind: BlockKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            level: 0,
            text: text.into(),
            anchor: None,
            linked: 0,
        }
    }
}

/// What read the text out of a document. Two readers break lines differently: their texts are
/// not compared with one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// Our own, for HTML.
    #[default]
    Html,
    /// Our own, for plain text.
    Text,
    /// `pdftotext` of poppler.
    Pdftotext,
    /// The crate `pdf-extract`.
    PdfExtract,
}

/// The text of a PDF, page by page, as a reader gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfText {
    /// What read it.
    pub reader: Reader,
    /// Its pages, lines as on paper.
    pub pages: Vec<String>,
}

/// The text of a page by blocks, in reading order: what is compared with the next reading.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PageText {
    /// What the page calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The language it says it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// What read it.
    pub reader: Reader,
    /// A sketch of how the page is built, by which a redesign is known; empty where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub build: Vec<u32>,
}

/// The most headings over a block that are told.
const MAX_PATH: usize = 6;

impl PageText {
    /// The headings that the block at a place stands under, the outermost first.
    pub fn path(&self, place: usize) -> Vec<&str> {
        let mut below = match self.blocks.get(place) {
            Some(block) if block.kind == BlockKind::Heading => block.level.max(1),
            _ => u8::MAX,
        };
        let mut path = Vec::new();
        for block in self.blocks.iter().take(place).rev() {
            if block.kind == BlockKind::Heading && block.level.max(1) < below {
                below = block.level.max(1);
                path.push(block.text.as_str());
                if below == 1 || path.len() == MAX_PATH {
                    break;
                }
            }
        }
        path.reverse();
        path
    }

    /// The nearest `id` at or before a place, to which an address can point.
    pub fn anchor(&self, place: usize) -> Option<&str> {
        self.blocks
            .iter()
            .take(place + 1)
            .rev()
            .take(50)
            .find_map(|block| block.anchor.as_deref())
    }

    /// All its text, a line for each block.
    pub fn plain(&self) -> String {
        let texts: Vec<&str> = self
            .blocks
            .iter()
            .map(|block| block.text.as_str())
            .collect();
        texts.join("\n")
    }

    /// How many words it has; signs of scripts without spaces count by twos.
    pub fn words(&self) -> usize {
        let mut words = 0;
        for block in &self.blocks {
            crate::text::words::for_each_token(&block.text, &mut |_: &str, _, _, _| words += 1);
        }
        words
    }
}

/// Everything that one reading of a watched page found.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PageReading {
    /// Its text, where its text is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<PageText>,
    /// The life cycle that it shows, where that is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life_cycle: Option<LifeCycle>,
    /// The publisher's own word of what changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The standard or act that the page is about, as it writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(level: u8, text: &str) -> Block {
        Block {
            level,
            ..Block::new(BlockKind::Heading, text)
        }
    }

    #[test]
    fn a_block_stands_under_its_headings() {
        let page = PageText {
            blocks: vec![
                heading(1, "Act"),
                heading(2, "Part A"),
                heading(3, "Section 1"),
                Block::new(BlockKind::Paragraph, "first"),
                Block {
                    anchor: Some("b".into()),
                    ..heading(2, "Part B")
                },
                Block::new(BlockKind::ListItem, "second"),
            ],
            ..PageText::default()
        };
        assert_eq!(page.path(3), ["Act", "Part A", "Section 1"]);
        assert_eq!(page.path(5), ["Act", "Part B"]);
        assert_eq!(page.path(4), ["Act"]);
        assert_eq!(page.path(0), Vec::<&str>::new());
        assert_eq!(page.anchor(5), Some("b"));
        assert_eq!(page.anchor(3), None);
        assert_eq!(page.path(99), ["Act", "Part B"]);
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let page = PageText {
            title: Some("T".into()),
            blocks: vec![heading(2, "A"), Block::new(BlockKind::TableRow, "a | b")],
            reader: Reader::PdfExtract,
            ..PageText::default()
        };
        let json = serde_json::to_string(&page).unwrap();
        assert_eq!(serde_json::from_str::<PageText>(&json).unwrap(), page);
        assert!(json.contains("\"pdf-extract\""), "{json}");
        assert_eq!(
            serde_json::from_str::<PageText>("{}").unwrap(),
            PageText::default()
        );
    }
}
