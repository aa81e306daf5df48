//! Plurals: the one reduction of words that never joins what is different.
//!
//! The "S stemmer" of D. Harman, "How effective is suffixing?" (JASIS 42, 1991): three rules
//! for English plurals. Stronger stemmers join "organisation" with "organ"; for people who
//! search by terms of art this one is safer and costs nothing.

/// The word without its plural ending; `word` is folded already.
pub fn singular(word: &str) -> &str {
    let bytes = word.as_bytes();
    if bytes.len() < 4 || !bytes.ends_with(b"s") || !bytes.iter().all(u8::is_ascii_lowercase) {
        return word;
    }
    let without = |count: usize| word.get(..word.len() - count).unwrap_or(word);
    if word.ends_with("ies") && !word.ends_with("eies") && !word.ends_with("aies") {
        // "policies" and "policy" meet in "polic" + "i" / "y": see `key`.
        without(3)
    } else if word.ends_with("sses")
        || word.ends_with("ches")
        || word.ends_with("shes")
        || word.ends_with("xes")
    {
        without(2)
    } else if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        word
    } else {
        without(1)
    }
}

/// The form under which a folded word is indexed and looked up.
pub fn key(word: &str) -> &str {
    let singular = singular(word);
    // "policy" gives up its "y" so that it meets "polic(ies)".
    if singular.len() == word.len()
        && word.len() > 4
        && word.ends_with('y')
        && word.is_ascii()
        && !word.ends_with("ay")
        && !word.ends_with("ey")
        && !word.ends_with("oy")
        && !word.ends_with("uy")
    {
        return word.get(..word.len() - 1).unwrap_or(word);
    }
    singular
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_meet_their_singular() {
        for (one, many) in [
            ("certificate", "certificates"),
            ("policy", "policies"),
            ("breach", "breaches"),
            ("standard", "standards"),
            ("process", "processes"),
            ("survey", "surveys"),
            ("tax", "taxes"),
        ] {
            assert_eq!(key(one), key(many), "{one} {many}");
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for (one, other) in [
            ("organ", "organisation"),
            ("us", "u"),
            ("basis", "base"),
            ("iso", "isos1"),
            ("nis", "ni"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        assert_eq!(key("status"), "status");
    }
}
