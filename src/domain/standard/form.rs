//! What a reference says of the text that it names: which draft, which round of it, of a whole
//! document or of a supplement.

/// The form of a text, by which the texts of one project are told apart and ordered: a catalogue
/// may keep the reference of every draft that there ever was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form {
    /// How far a text of this name has come: a proposal, a draft of some sort, the text under
    /// publication (no prefix, no year), the published document (a year).
    rank: u8,
    /// The round of a draft: `CD 27090.2` is the second.
    round: u8,
    /// Whether it is an amendment, a corrigendum or another supplement.
    supplement: bool,
}

const UNDER_PUBLICATION: u8 = 8;
const PUBLISHED: u8 = 9;

impl Form {
    /// Reads the form off a reference, such as `ISO/IEC CD TS 6254` or
    /// `ISO/IEC 22989:2022/DAM 1`.
    pub fn of(reference: &str) -> Self {
        let last = reference.rsplit('/').next().unwrap_or(reference);
        let year = last.rsplit_once(':').is_some_and(|(_, year)| {
            year.len() >= 4 && year.bytes().take(4).all(|b| b.is_ascii_digit())
        });
        let mut rank = if year { PUBLISHED } else { UNDER_PUBLICATION };
        let mut round = 1;
        let mut supplement = false;
        for word in reference.split([' ', '/', ':']) {
            // The draft of a supplement stands behind the year of what it supplements.
            if let Some(draft) = draft(word) {
                rank = draft;
            }
            supplement |= is_supplement(word);
            if let Some((number, after)) = word.rsplit_once('.')
                && number.ends_with(|c: char| c.is_ascii_digit())
                && let [digit @ b'1'..=b'9'] = after.as_bytes()
            {
                round = digit - b'0';
            }
        }
        Self {
            rank,
            round,
            supplement,
        }
    }

    /// Whether it is an amendment, a corrigendum or another supplement to a document.
    pub fn is_supplement(self) -> bool {
        self.supplement
    }

    /// Whether it names a published document: no draft, and with its year.
    pub fn is_published(self) -> bool {
        self.rank == PUBLISHED
    }

    /// A number by which the texts of one project are put in order.
    pub fn order(self) -> u32 {
        u32::from(self.rank) * 10 + u32::from(self.round)
    }

    /// Whether it is a draft of any sort.
    pub fn is_draft(self) -> bool {
        self.rank < UNDER_PUBLICATION
    }
}

fn draft(word: &str) -> Option<u8> {
    Some(match word {
        "PWI" => 0,
        "NP" | "NWIP" => 1,
        "AWI" => 2,
        "WD" => 3,
        "CD" => 4,
        "DIS" | "CDV" | "DAM" | "DAmd" | "DTS" | "DTR" | "DPAS" | "DGuide" | "DCOR" | "DCor"
        | "DIWA" => 5,
        "FDIS" | "FDAM" | "FDAmd" | "FDTS" | "FDTR" | "FDGuide" | "FDCOR" | "FDCor" => 6,
        "PRF" => 7,
        _ => return None,
    })
}

fn is_supplement(word: &str) -> bool {
    matches!(
        word,
        "Amd"
            | "AMD"
            | "Cor"
            | "COR"
            | "Add"
            | "Suppl"
            | "Ext"
            | "DAM"
            | "FDAM"
            | "DAmd"
            | "FDAmd"
            | "DCOR"
            | "DCor"
            | "FDCOR"
            | "FDCor"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_one_project_stand_in_its_order() {
        for names in [
            &[
                "ISO/IEC AWI TS 6254",
                "ISO/IEC WD TS 6254",
                "ISO/IEC CD TS 6254",
                "ISO/IEC CD TS 6254.2",
                "ISO/IEC DTS 6254",
                "ISO/IEC DTS 6254.2",
                "ISO/IEC PRF TS 6254",
                "ISO/IEC TS 6254",
                "ISO/IEC TS 6254:2025",
            ][..],
            &[
                "ISO/CD 9001",
                "ISO/CD 9001.2",
                "ISO/DIS 9001",
                "ISO/FDIS 9001",
                "ISO 9001",
                "ISO 9001:2026",
            ],
            &[
                "ISO/IEC 22989:2022/AWI Amd 1",
                "ISO/IEC 22989:2022/CD Amd 1",
                "ISO/IEC 22989:2022/DAM 1",
                "ISO/IEC 22989:2022/FDAM 1",
                "ISO/IEC 22989:2022/Amd 1",
                "ISO/IEC 22989:2022/Amd 1:2026",
            ],
            &["CD IWA 45", "IWA 45", "IWA 45:2024"],
        ] {
            let forms: Vec<Form> = names.iter().map(|name| Form::of(name)).collect();
            assert!(forms.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
        }
    }

    #[test]
    fn supplements_are_known_by_their_name() {
        assert!(Form::of("ISO/IEC 27001:2022/Amd 1:2024").is_supplement());
        assert!(Form::of("ISO/IEC 27001:2013/Cor 1:2014").is_supplement());
        assert!(Form::of("ISO/IEC 27001:2022/DAM 2").is_draft());
        assert!(!Form::of("ISO/IEC 27001:2022").is_supplement());
        assert!(!Form::of("ISO 1.5").is_draft());
    }
}
