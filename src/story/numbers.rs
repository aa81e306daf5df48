//! Numbers as an event's marks: sums of money in any spelling, counts, versions, years.

/// What a number in a text is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    /// A sum of money, or a number with a word of scale (`1,2 Mio.`), in whole units, with its
    /// currency.
    Sum(u64, Currency),
    /// A plain count.
    Count(u64),
    /// A year from 1990 to 2079.
    Year(u16),
}

/// What a sum is in, as far as the text says: two sums can only be compared in one currency.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub(super) enum Currency {
    /// Not said, or nothing that pays.
    #[default]
    Unknown,
    /// Euro.
    Euro,
    /// Dollars of any country: the sign tells no more.
    Dollar,
    /// Pounds.
    Pound,
    /// Swiss francs.
    Franc,
    /// Złoty.
    Zloty,
    /// Reais.
    Real,
    /// Kronor and kroner of any country.
    Krona,
    /// Rupees.
    Rupee,
    /// Won.
    Won,
    /// Yen and yuan, which share a sign.
    Yen,
    /// Another one.
    Other,
}

impl Currency {
    /// Whether a sum in one may be the very sum in the other.
    pub(super) fn fits(self, other: Self) -> bool {
        self == other || self == Self::Unknown || other == Self::Unknown
    }

    /// About how many euro one of it is, for telling sums apart that differ by far: the order of
    /// magnitude holds for years, and nothing else is read out of it. None of a sign that means several.
    pub(super) fn rough_rate(self) -> Option<f64> {
        match self {
            Self::Euro | Self::Franc => Some(1.0),
            Self::Dollar => Some(0.9),
            Self::Pound => Some(1.15),
            Self::Zloty => Some(0.23),
            Self::Real => Some(0.17),
            Self::Krona => Some(0.09),
            Self::Rupee => Some(0.01),
            Self::Won => Some(0.0007),
            Self::Yen | Self::Other | Self::Unknown => None,
        }
    }
}

/// A number with its place in the text, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) number: Number,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A version such as `4.0.1` with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Version {
    pub(super) text: String,
    pub(super) start: usize,
}

/// The numbers and the versions of a text. Digits inside words (`C5`, `AA26`) are no numbers.
pub(super) fn read(text: &str) -> (Vec<Placed>, Vec<Version>) {
    let bytes = text.as_bytes();
    let mut numbers = Vec::new();
    let mut versions = Vec::new();
    let mut at = 0;
    while let Some(offset) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(u8::is_ascii_digit))
    {
        let start = at + offset;
        let (groups, separators, end) = groups(text, start);
        at = end.max(start + 1);
        let before = text.get(..start).unwrap_or("");
        let after = text.get(end..).unwrap_or("");
        let glued = before
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphabetic() && !"vVR$€£".contains(c) && !unspaced(c))
            || (before.ends_with(['-', '/', ':', '_']) && !before.ends_with(" -"));
        let code = before
            .split(|c: char| !c.is_alphanumeric() && !"€£$".contains(c))
            .next_back()
            .unwrap_or("");
        if glued && currency(code).is_none() {
            continue;
        }
        if groups.len() > 1 && separators.iter().all(|s| *s == '.') && is_version(&groups) {
            versions.push(Version {
                text: groups.join("."),
                start,
            });
            if groups.len() > 2 {
                continue;
            }
        }
        let scale = scale_after(after);
        // `12억 4천만`: a number with its scale, and less than one of that scale behind it.
        let more = scale.and_then(|(factor, length)| {
            let from = end + length;
            let rest = text.get(from..)?;
            let skipped = rest.len() - rest.trim_start_matches(' ').len();
            if !rest
                .trim_start_matches(' ')
                .starts_with(|c: char| c.is_ascii_digit())
            {
                return None;
            }
            let (groups, separators, end) = self::groups(text, from + skipped);
            let behind = text.get(end..)?;
            let (smaller, length) = scale_after(behind).filter(|_| is_wide(behind))?;
            // "罰金1億 2000万人": people are no part of a fine.
            let counted = behind.get(length..).is_some_and(|rest| {
                rest.trim_start()
                    .starts_with(['人', '명', '名', '件', '건', '개'])
            });
            let fits = is_wide(after) && smaller < factor && !counted;
            match value(&groups, &separators, Some(smaller), None, true)? {
                Number::Sum(sum, _) if fits => Some((sum, end + length)),
                _ => None,
            }
        });
        // `1,347억`: before a sign of scale the comma stands for thousands, as nowhere else.
        let wide = scale.is_some() && is_wide(after);
        let money = currency_before(before).or_else(|| match more {
            Some((_, end)) => currency_after(text.get(end..).unwrap_or(""), 0),
            None => currency_after(after, scale.map_or(0, |s| s.1)),
        });
        if let Some(mut number) = value(&groups, &separators, scale.map(|s| s.0), money, wide) {
            if let (Number::Sum(sum, _), Some((smaller, end))) = (&mut number, more) {
                *sum = sum.saturating_add(smaller);
                at = end;
            }
            numbers.push(Placed { number, start, end });
        }
    }
    (numbers, versions)
}

fn unspaced(c: char) -> bool {
    ('\u{3040}'..='\u{9fff}').contains(&c) || ('\u{ac00}'..='\u{d7af}').contains(&c)
}

/// Digits in groups with what stands between: `1.200.000`, `27 000`, `3,5`.
fn groups(text: &str, start: usize) -> (Vec<&str>, Vec<char>, usize) {
    let digits = |from: usize| {
        text.get(from..).map_or(from, |rest| {
            from + rest.bytes().take_while(u8::is_ascii_digit).count()
        })
    };
    let mut groups = Vec::new();
    let mut separators = Vec::new();
    let mut end = digits(start);
    groups.push(text.get(start..end).unwrap_or(""));
    while groups.len() < 6 {
        let mut rest = text.get(end..).unwrap_or("").chars();
        let Some(separator) = rest.next() else { break };
        let next = end + separator.len_utf8();
        let until = digits(next);
        let length = until - next;
        let space = matches!(separator, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
        let fits = match separator {
            '.' | ',' => length > 0,
            _ if space => length == 3 && groups.last().is_some_and(|group| group.len() <= 3),
            _ => false,
        };
        if !fits {
            break;
        }
        separators.push(if space { ' ' } else { separator });
        groups.push(text.get(next..until).unwrap_or(""));
        end = until;
    }
    (groups, separators, end)
}

/// `4.0.1` and `2.0`, but not `3.500.000`.
fn is_version(groups: &[&str]) -> bool {
    groups.iter().all(|group| group.len() <= 2) && groups.first().is_some_and(|g| g.len() <= 2)
}

/// Whether what follows a number is a sign of scale of the East.
fn is_wide(after: &str) -> bool {
    !after.trim_start().starts_with(|c: char| c.is_ascii())
}

/// The factor that a word of scale right after a number means, and the bytes up to its end.
fn scale_after(after: &str) -> Option<(f64, usize)> {
    let trimmed = after.trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
    let skipped = after.len() - trimmed.len();
    for (sign, factor) in [
        ("兆", 1e12),
        ("億", 1e8),
        ("亿", 1e8),
        ("억", 1e8),
        ("천만", 1e7),
        ("千万", 1e7),
        ("千萬", 1e7),
        ("백만", 1e6),
        ("百万", 1e6),
        ("百萬", 1e6),
        ("万", 1e4),
        ("萬", 1e4),
        ("만", 1e4),
    ] {
        if trimmed.starts_with(sign) {
            return Some((factor, skipped + sign.len()));
        }
    }
    let word: String = trimmed
        .chars()
        .take_while(|c| c.is_alphabetic())
        .collect::<String>();
    let length = word.len();
    let lower = word.to_lowercase();
    let factor = match lower.as_str() {
        "million" | "millions" | "millioner" | "miljoner" | "millionen" | "millones" | "millón"
        | "milioni" | "milione" | "milhões" | "milhão" | "miljoen" | "mio" | "mln" | "mn"
        | "mill" => 1e6,
        "billion" | "billions" | "bn" | "milliard" | "milliards" | "milliarden" | "miliardi"
        | "miliardo" | "miljard" | "mrd" | "mld" => 1e9,
        "thousand" | "tausend" | "tys" | "mila" | "mil" => 1e3,
        "m" | "k" | "b" if skipped == 0 => match lower.as_str() {
            "m" => 1e6,
            "k" => 1e3,
            _ => 1e9,
        },
        _ => return None,
    };
    Some((factor, skipped + length))
}

/// The currency that a sign or a code means.
fn currency(word: &str) -> Option<Currency> {
    let word = word
        .trim_end_matches(['.', ' '])
        .trim_start_matches(['(', '[', '~', '"', '„', '“']);
    Some(match word {
        "R$" | "BRL" => Currency::Real,
        "EUR" => Currency::Euro,
        "USD" | "CAD" | "AUD" | "SGD" | "NZD" | "HKD" => Currency::Dollar,
        "GBP" => Currency::Pound,
        "CHF" => Currency::Franc,
        "PLN" => Currency::Zloty,
        "DKK" | "SEK" | "NOK" => Currency::Krona,
        "INR" | "Rs" => Currency::Rupee,
        "KRW" => Currency::Won,
        "JPY" | "CNY" | "RMB" => Currency::Yen,
        "CZK" | "HUF" | "RON" => Currency::Other,
        _ => match word.chars().next_back()? {
            '€' => Currency::Euro,
            '£' => Currency::Pound,
            '$' => Currency::Dollar,
            '¥' => Currency::Yen,
            '₩' => Currency::Won,
            '₹' => Currency::Rupee,
            _ => return None,
        },
    })
}

fn currency_before(before: &str) -> Option<Currency> {
    let before = before.trim_end();
    before
        .split(char::is_whitespace)
        .next_back()
        .and_then(currency)
}

fn currency_after(after: &str, skip: usize) -> Option<Currency> {
    let after = after.get(skip..).unwrap_or("");
    let mut after = after.trim_start_matches(['.', ' ', '\u{a0}', '\u{202f}', '-']);
    for small in ["de ", "di ", "d'", "d’"] {
        after = after.strip_prefix(small).unwrap_or(after);
    }
    match after.chars().next()? {
        '€' => return Some(Currency::Euro),
        '£' => return Some(Currency::Pound),
        '$' => return Some(Currency::Dollar),
        '元' | '円' => return Some(Currency::Yen),
        '원' => return Some(Currency::Won),
        _ => {}
    }
    let word_at =
        |text: &str| -> String { text.chars().take_while(|c| c.is_alphabetic()).collect() };
    let mut word = word_at(after);
    // "65 million Norwegian kroner".
    if matches!(
        word.as_str(),
        "Norwegian"
            | "Swedish"
            | "Danish"
            | "Swiss"
            | "Schweizer"
            | "US"
            | "Canadian"
            | "Australian"
            | "Singapore"
            | "Polish"
            | "Brazilian"
            | "Indian"
    ) {
        let rest = after.get(word.len()..).unwrap_or("").trim_start();
        word = word_at(rest);
    }
    currency(&word).or_else(|| {
        Some(match word.to_lowercase().as_str() {
            "euro" | "euros" | "eur" => Currency::Euro,
            "dollar" | "dollars" => Currency::Dollar,
            "pound" | "pounds" => Currency::Pound,
            "franken" | "francs" => Currency::Franc,
            "zł" | "zloty" | "zlotys" | "złoty" | "złotych" | "złote" => Currency::Zloty,
            "kr" | "kronor" | "kroner" => Currency::Krona,
            "reais" => Currency::Real,
            "rupees" | "crore" => Currency::Rupee,
            "won" => Currency::Won,
            "yen" | "yuan" => Currency::Yen,
            _ => return None,
        })
    })
}

fn value(
    groups: &[&str],
    separators: &[char],
    scale: Option<f64>,
    money: Option<Currency>,
    wide: bool,
) -> Option<Number> {
    let last = groups.last()?;
    let decimal = match separators.last() {
        None | Some(' ') => false,
        // With a word of scale the last group is a fraction: `1.375 billion`.
        Some(_) if separators.len() == 1 => last.len() != 3 || (scale.is_some() && !wide),
        Some(mark) => {
            let other = separators.iter().any(|s| s != mark);
            last.len() != 3 || (other && scale.is_some())
        }
    };
    let (whole, fraction) = if decimal {
        (groups.get(..groups.len() - 1)?, *last)
    } else {
        (groups, "")
    };
    let whole = whole.concat();
    if whole.len() > 15 {
        return None;
    }
    let number = format!("{whole}.{fraction}0").parse::<f64>().ok()?;
    let scaled = number * scale.unwrap_or(1.0);
    if scaled > 1e15 {
        return None;
    }
    if money.is_some() || scale.is_some() {
        return Some(Number::Sum(
            scaled.round() as u64,
            money.unwrap_or_default(),
        ));
    }
    if decimal {
        return None;
    }
    let count = whole.parse::<u64>().ok()?;
    if separators.is_empty() && whole.len() == 4 && (1990..2080).contains(&count) {
        return u16::try_from(count).ok().map(Number::Year);
    }
    Some(Number::Count(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<Number> {
        read(text)
            .0
            .into_iter()
            .map(|placed| placed.number)
            .collect()
    }

    #[test]
    fn a_sum_is_one_sum_in_every_spelling() {
        for text in [
            "fined EUR 3.5 million",
            "amende de 3,5 millions d'euros",
            "€3,500,000",
            "3.500.000 euros",
            "3 500 000 €",
            "€3.5m",
            "3,5 Mio. Euro",
            "3.5M euros",
        ] {
            let sum = Number::Sum(3_500_000, Currency::Euro);
            assert_eq!(numbers(text), [sum], "{text}");
        }
        for (text, sum, currency) in [
            ("US$3.5 million", 3_500_000, Currency::Dollar),
            ("$1.375 billion", 1_375_000_000, Currency::Dollar),
            ("kara 27 mln zł", 27_000_000, Currency::Zloty),
            ("420mila euro", 420_000, Currency::Euro),
            ("R$ 14,4 milhões", 14_400_000, Currency::Real),
            ("과징금 1,347억원", 134_700_000_000, Currency::Won),
            ("과징금 12억 4천만 원 부과", 1_240_000_000, Currency::Won),
            ("1億2000万円", 120_000_000, Currency::Yen),
            ("罚款3亿5千万元", 350_000_000, Currency::Yen),
            ("KRW134.7 billion", 134_700_000_000, Currency::Won),
            ("$250K", 250_000, Currency::Dollar),
            ("CHF 2 Mio.", 2_000_000, Currency::Franc),
            ("1,2 Mio. Datensätze", 1_200_000, Currency::Unknown),
            ("65 million Norwegian kroner", 65_000_000, Currency::Krona),
            ("27 million zloty", 27_000_000, Currency::Zloty),
            ("2 Mio. Schweizer Franken", 2_000_000, Currency::Franc),
        ] {
            assert_eq!(numbers(text), [Number::Sum(sum, currency)], "{text}");
        }
    }

    #[test]
    fn counts_years_and_versions() {
        assert_eq!(
            numbers("4,875 incidents in 2025"),
            [Number::Count(4875), Number::Year(2025)]
        );
        assert_eq!(numbers("81,000 people"), [Number::Count(81_000)]);
        assert_eq!(numbers("C5 and AA26-071A and IR-8596"), []);
        let (_, versions) = read("PCI DSS v4.0.1 and CSF 2.0");
        let texts: Vec<&str> = versions.iter().map(|v| v.text.as_str()).collect();
        assert_eq!(texts, ["4.0.1", "2.0"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,80}") {
            for placed in read(&text).0 {
                proptest::prop_assert!(text.get(placed.start..placed.end).is_some());
            }
        }

        #[test]
        fn nor_digits_and_signs(text in "[0-9., ’€$mMkb-]{0,60}") {
            read(&text);
        }
    }
}
