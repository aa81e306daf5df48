//! The words for Regulation, Directive and Decision, and for what they implement or delegate, in the EU's languages.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What the CELEX letter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Regulation,
    Directive,
    Decision,
    FrameworkDecision,
}

impl Type {
    pub fn name(self) -> &'static str {
        match self {
            Self::Regulation => "Regulation",
            Self::Directive => "Directive",
            Self::Decision => "Decision",
            Self::FrameworkDecision => "Framework Decision",
        }
    }

    pub fn letter(self) -> char {
        match self {
            Self::Regulation => 'R',
            Self::Directive => 'L',
            Self::Decision => 'D',
            Self::FrameworkDecision => 'F',
        }
    }
}

/// Implementing and Delegated acts keep that word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Implementing,
    Delegated,
}

impl Form {
    pub fn name(self) -> &'static str {
        match self {
            Self::Implementing => "Implementing ",
            Self::Delegated => "Delegated ",
        }
    }
}

/// How many bytes a type word has at the least, but for one.
const SHORTEST: usize = 5;

/// A type word in any inflection; some languages put form and type into one word.
pub(super) fn type_word(folded: &str) -> Option<(Type, Option<Form>)> {
    if folded.len() < SHORTEST && folded != "vo" {
        return None;
    }
    let stem = |stems: &[&str]| stems.iter().any(|stem| folded.contains(stem));
    let front = |stems: &[&str]| stems.iter().any(|stem| folded.starts_with(stem));
    let found = if front(&[
        "regulament",
        "regulation",
        "reglament",
        "reglement",
        "regolament",
        "regula",
        "rozporzadzen",
        "nariaden",
        "narizen",
    ]) || front(&[
        "uredb",
        "maarus",
        "asetu",
        "rendelet",
        "kanonism",
        "κανονισμ",
        "регламент",
        "rialachan",
    ]) || stem(&[
        "verordnung",
        "verordening",
        "forordning",
        "regolament",
        "rakendusmaarus",
    ]) || matches!(
        folded,
        "vo" | "dsgvo" | "taytantoonpanoasetus" | "taytantoonpanoasetuksen"
    ) {
        Type::Regulation
    } else if front(&[
        "directive",
        "directiv",
        "direttiv",
        "diretiv",
        "dyrektyw",
        "smernic",
        "direktiv",
        "direktyv",
        "dreptar",
    ]) || front(&["iranyelv", "οδηγι", "директив", "treoir"])
        || stem(&["richtlinie", "richtlijn", "direktivet", "direktiivi"])
    {
        Type::Directive
    } else if front(&[
        "decision",
        "decizi",
        "decisao",
        "decisione",
        "decyzj",
        "rozhodnut",
        "odluk",
        "sklep",
        "hatarozat",
    ]) || front(&[
        "beslut",
        "besluit",
        "paatos",
        "otsus",
        "lemum",
        "sprendim",
        "αποφασ",
        "решение",
        "cinneadh",
    ]) || stem(&["beschluss", "beschlusses", "besluit", "afgorelse"])
        || folded == "beschluß"
    {
        Type::Decision
    } else {
        return None;
    };
    Some((found, form_word(folded)))
}

/// A word that says implementing or delegated, alone or as part of a compound.
pub(super) fn form_word(folded: &str) -> Option<Form> {
    const IMPLEMENTING: &[&str] = &[
        "implementing",
        "durchfuhrung",
        "execution",
        "ejecucion",
        "esecuzione",
        "uitvoering",
        "wykonawcz",
        "execucao",
        "genomforande",
        "gennemforelse",
        "provadeci",
        "vykonavaci",
        "vegrehajtasi",
        "provedben",
        "izvedben",
        "rakendus",
        "istenosan",
        "igyvendinim",
        "εκτελεστικ",
        "изпълнение",
        "taytantoonpano",
        "aplicare",
    ];
    const DELEGATED: &[&str] = &[
        "delegated",
        "delegiert",
        "delegue",
        "delegado",
        "delegada",
        "delegato",
        "delegata",
        "gedelegeerd",
        "delegowan",
        "delegerad",
        "delegeret",
        "prenesene",
        "delegovan",
        "felhatalmazason",
        "delegiran",
        "delegat",
        "delegeeritud",
        "delegoit",
        "delegeta",
        "deleguot",
        "κατ'εξουσιοδοτηση",
        "делегиран",
    ];
    static STEMS: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(IMPLEMENTING.iter().chain(DELEGATED)).ok());
    // The lists are short and fixed, so they always compile.
    let stems = STEMS.as_ref()?;
    let mut delegated = false;
    for found in stems.find_overlapping_iter(folded) {
        if found.pattern().as_usize() < IMPLEMENTING.len() {
            return Some(Form::Implementing);
        }
        delegated = true;
    }
    delegated.then_some(Form::Delegated)
}

/// Little words between a type and its form ("règlement d'exécution", "nařízení v přenesené pravomoci").
pub(super) fn is_filler(folded: &str) -> bool {
    matches!(
        folded,
        "d" | "de"
            | "di"
            | "za"
            | "v"
            | "of"
            | "the"
            | "pravomoci"
            | "punere"
            | "in"
            | "commission"
            | "council"
            | "la"
    )
}

/// The legal order between brackets or behind a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Written as EU, EC or EEC, in English or unmistakably.
    Written(&'static str),
    /// Some language's letters that may mean any of them (`ES` is EC in Czech and EU in Latvian): the year decides.
    ByYear,
}

/// Letters of a legal order.
pub(super) fn order(word: &str) -> Option<Order> {
    // In bytes; nothing shorter or longer is one.
    if !(2..=7).contains(&word.len()) {
        return None;
    }
    let order = match word.to_uppercase().as_str() {
        "EU" | "UE" => Order::Written("EU"),
        "EC" | "EG" | "CE" => Order::Written("EC"),
        "EEC" | "EWG" | "CEE" | "EEG" | "EØF" | "EWGS" => Order::Written("EEC"),
        "EURATOM" => Order::Written("Euratom"),
        "JHA" | "JI" | "JAI" | "GAI" | "RIF" => Order::Written("JHA"),
        "CFSP" | "GASP" | "PESC" | "GBVB" => Order::Written("CFSP"),
        "ES" | "EK" | "EB" | "EF" | "EL" | "WE" | "EÜ" | "EY" | "EE" | "ΕΕ" | "ΕΚ" | "ЕС"
        | "ЕО" | "AE" | "EHS" | "EGK" => Order::ByYear,
        _ => return None,
    };
    Some(order)
}
