//! Feeds for benches: made, always the same, with the proportions of running text.

/// How many feeds.
pub const FEEDS: usize = 500;
/// How many items each.
pub const ITEMS: usize = 30;

/// A fixed sequence, so that every run has the same feeds.
pub struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap_or(0)
    }
}

const WORDS: &[&str] = &[
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "for",
    "on",
    "with",
    "by",
    "that",
    "this",
    "is",
    "are",
    "as",
    "from",
    "standard",
    "guidance",
    "risk",
    "management",
    "system",
    "systems",
    "assessment",
    "requirements",
    "organisation",
    "certification",
    "audit",
    "privacy",
    "security",
    "information",
    "data",
    "protection",
    "regulation",
    "authority",
    "commission",
    "publishes",
    "draft",
    "comment",
    "consultation",
    "controls",
    "framework",
    "artificial",
    "intelligence",
    "conformity",
    "accreditation",
    "supervision",
    "report",
    "incident",
    "notice",
    "market",
    "services",
    "cloud",
    "financial",
    "resilience",
    "operators",
    "providers",
    "deployers",
    "obligations",
    "application",
    "deadline",
    "transition",
    "period",
    "edition",
    "amendment",
    "committee",
    "members",
    "public",
    "policy",
    "law",
    "act",
    "article",
    "annex",
    "technical",
    "documentation",
    "review",
    "update",
    "new",
    "first",
    "second",
    "final",
    "year",
    "month",
    "national",
    "European",
    "international",
    "bodies",
    "testing",
    "model",
    "models",
    "training",
    "transparency",
    "oversight",
    "human",
    "impact",
    "quality",
];
const NAMES: &[&str] = &[
    "ISO/IEC 42001:2023",
    "ISO/IEC 27001",
    "the EU AI Act",
    "Regulation (EU) 2024/1689",
    "NIST SP 800-53 Rev. 5",
    "SOC 2",
    "GDPR",
    "NIS2",
    "DORA",
    "PCI DSS v4.0.1",
    "UKAS",
    "ENISA",
    "the European Commission",
    "BSI",
    "the FTC",
];

/// A word of the long tail: texts of this field have tens of thousands of different ones.
fn rare(dice: &mut Dice, out: &mut String) {
    const PARTS: &[&str] = &[
        "al", "ber", "con", "dis", "en", "fer", "gra", "hal", "in", "jor", "kel", "lo", "mar",
        "nor", "op", "per", "quo", "res", "sta", "ter", "un", "ver", "wal", "ex", "yl", "zon",
        "tion", "ment", "ing", "able", "ance", "ity",
    ];
    // The lower of two rolls: some rare words are rarer than others.
    for _ in 0..3 {
        let place = dice.roll(PARTS.len()).min(dice.roll(PARTS.len()));
        out.push_str(PARTS[place]);
    }
}

fn sentence(dice: &mut Dice, words: usize) -> String {
    let mut out = String::new();
    for place in 0..words {
        if place > 0 {
            out.push(' ');
        }
        if dice.roll(40) == 0 {
            out.push_str(NAMES[dice.roll(NAMES.len())]);
        } else if dice.roll(5) < 2 {
            // Two words in five of running English are little ones.
            out.push_str(WORDS[dice.roll(16)]);
        } else if dice.roll(2) == 0 {
            rare(dice, &mut out);
        } else {
            out.push_str(WORDS[dice.roll(WORDS.len())]);
        }
    }
    out
}

/// The feeds: 60 % RSS, 30 % Atom, 10 % RSS with full content.
pub fn feed(number: usize) -> String {
    let mut dice =
        Dice(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let base = format!("https://feed{number}.example");
    let mut out = String::new();
    let atom = number % 10 >= 6 && number % 10 < 9;
    let content = number % 10 == 9;
    if atom {
        out.push_str(&format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed {number}</title><id>{base}/</id>"));
    } else {
        out.push_str(&format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Feed {number}</title><link>{base}/</link><description>d</description>"));
    }
    for item in 0..ITEMS {
        let title = sentence(&mut dice, 9);
        let text = format!(
            "&lt;p&gt;{}&lt;/p&gt;&lt;p&gt;{}&lt;/p&gt;",
            sentence(&mut dice, 90),
            sentence(&mut dice, 70)
        );
        if atom {
            out.push_str(&format!("<entry><title>{title}</title><id>{base}/{item}</id><link href=\"{base}/{item}\"/><updated>2026-11-0{}T10:00:00Z</updated><summary type=\"html\">{text}</summary></entry>", item % 9 + 1));
        } else {
            out.push_str(&format!("<item><title>{title}</title><link>{base}/{item}</link><guid>{base}/{item}</guid><pubDate>Mon, 0{} Nov 2026 10:00:00 GMT</pubDate><description>{text}</description>", item % 9 + 1));
            if content {
                out.push_str(&format!("<content:encoded><![CDATA[<h2>{}</h2><p>{} <a href=\"{base}/x\">link</a></p><ul><li>{}</li></ul>]]></content:encoded>", sentence(&mut dice, 6), sentence(&mut dice, 160), sentence(&mut dice, 20)));
            }
            out.push_str("</item>");
        }
    }
    out.push_str(if atom { "</feed>" } else { "</channel></rss>" });
    out
}
