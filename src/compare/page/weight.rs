//! What a change weighs: how many words are others, and of what kind.

use crate::domain::page::{Block, BlockKind};

/// Words that say what must, may or must not be done, folded, in the languages of the field.
const DUTY: &[&str] = &[
    "shall",
    "must",
    "may",
    "should",
    "not",
    "never",
    "cannot",
    "unless",
    "except",
    "only",
    "prohibited",
    "forbidden",
    "required",
    "requires",
    "require",
    "mandatory",
    "voluntary",
    "obliged",
    "obligation",
    "exempt",
    "exempted",
    "banned",
    "permitted",
    "allowed",
    "doit",
    "doivent",
    "peut",
    "peuvent",
    "devrait",
    "ne",
    "pas",
    "sauf",
    "interdit",
    "interdite",
    "obligatoire",
    "facultatif",
    "muss",
    "mussen",
    "darf",
    "durfen",
    "soll",
    "sollen",
    "kann",
    "konnen",
    "nicht",
    "kein",
    "keine",
    "verboten",
    "verpflichtet",
    "verpflichtend",
    "debe",
    "deben",
    "debera",
    "deberan",
    "puede",
    "pueden",
    "no",
    "salvo",
    "prohibido",
    "prohibida",
    "obligatorio",
    "deve",
    "devono",
    "puo",
    "possono",
    "non",
    "vietato",
    "obbligatorio",
    "moet",
    "moeten",
    "mag",
    "mogen",
    "niet",
    "verplicht",
    "verboden",
    "devem",
    "pode",
    "podem",
    "nao",
    "proibido",
];

/// Words that say in what state something is.
const STATE: &[&str] = &[
    "withdrawn",
    "withdrawal",
    "repealed",
    "repeal",
    "revoked",
    "superseded",
    "supersedes",
    "replaced",
    "replaces",
    "replace",
    "published",
    "publication",
    "draft",
    "drafts",
    "final",
    "proposed",
    "adopted",
    "approved",
    "approval",
    "rejected",
    "amended",
    "amendment",
    "amending",
    "revised",
    "revision",
    "corrigendum",
    "confirmed",
    "effective",
    "applies",
    "applicable",
    "enforceable",
    "deadline",
    "due",
    "closed",
    "closes",
    "closing",
    "open",
    "opens",
    "expired",
    "expires",
    "expiry",
    "suspended",
    "cancelled",
    "canceled",
    "deleted",
    "postponed",
    "extended",
    "delayed",
    "obsolete",
    "archived",
    "inactive",
    "active",
    "current",
    "upcoming",
    "pending",
    "retire",
    "retiree",
    "abroge",
    "abrogee",
    "annule",
    "annulee",
    "remplace",
    "remplacee",
    "publie",
    "publiee",
    "projet",
    "confirme",
    "confirmee",
    "revise",
    "revisee",
    "modifie",
    "modifiee",
    "vigueur",
    "cloture",
    "adopte",
    "adoptee",
    "prolonge",
    "supprime",
    "supprimee",
    "zuruckgezogen",
    "aufgehoben",
    "ersetzt",
    "veroffentlicht",
    "entwurf",
    "bestatigt",
    "geandert",
    "anderung",
    "gultig",
    "kraft",
    "verlangert",
    "abgelaufen",
    "retirado",
    "retirada",
    "derogado",
    "derogada",
    "anulado",
    "anulada",
    "publicado",
    "publicada",
    "borrador",
    "confirmado",
    "modificado",
    "modificada",
    "vigente",
    "vigor",
    "prorrogado",
    "ritirato",
    "ritirata",
    "abrogato",
    "abrogata",
    "pubblicato",
    "pubblicata",
    "bozza",
    "confermato",
    "confermata",
    "modificato",
    "sostituito",
    "sostituita",
    "ingetrokken",
    "vervangen",
    "gepubliceerd",
    "ontwerp",
    "bevestigd",
    "gewijzigd",
    "geldig",
];

/// Numbers, months and spans of time in words.
const NUMBERS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "ninety",
    "hundred",
    "thousand",
    "million",
    "billion",
    "half",
    "double",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "annually",
    "monthly",
    "quarterly",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "sept",
    "huit",
    "neuf",
    "dix",
    "quinze",
    "vingt",
    "trente",
    "cent",
    "mille",
    "heures",
    "jour",
    "jours",
    "mois",
    "ans",
    "annees",
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "zwei",
    "drei",
    "vier",
    "funf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "zwolf",
    "zwanzig",
    "dreissig",
    "hundert",
    "stunden",
    "tag",
    "tage",
    "tagen",
    "wochen",
    "monat",
    "monate",
    "monaten",
    "jahr",
    "jahre",
    "jahren",
    "januar",
    "februar",
    "marz",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "quince",
    "veinte",
    "treinta",
    "cien",
    "horas",
    "dia",
    "dias",
    "meses",
    "anos",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "tre",
    "quattro",
    "cinque",
    "sei",
    "sette",
    "otto",
    "dieci",
    "venti",
    "trenta",
    "giorni",
    "mesi",
    "anni",
    "gennaio",
    "febbraio",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "settembre",
    "ottobre",
    "dicembre",
    "dagen",
    "maanden",
    "jaar",
    "jaren",
];

/// What kinds of words an edit changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    /// Words that came or went.
    pub words: usize,
    pub duty: bool,
    pub state: bool,
    pub number: bool,
}

impl Kinds {
    /// The kinds of some words.
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut kinds = Self::default();
        for word in words {
            kinds.words += 1;
            kinds.duty |= DUTY.contains(&word);
            kinds.state |= STATE.contains(&word);
            kinds.number |= word.starts_with(|c: char| c.is_numeric()) || NUMBERS.contains(&word);
        }
        kinds
    }

    /// Whether the words are of a kind that matters however few they are.
    pub(super) fn is_strong(self) -> bool {
        self.duty || self.state || self.number
    }
}

/// What an edit weighs, 0 to 1: a page rewritten weighs less than half by its length alone, one
/// "not" in a sentence more than a paragraph of praise.
pub(super) fn of_edit(kinds: Kinds, block: &Block) -> f64 {
    let words = u32::try_from(kinds.words).unwrap_or(u32::MAX);
    let amount = f64::from(words).ln_1p() / 200.0_f64.ln_1p();
    let mut weight = 0.45 * amount.min(1.0);
    for (there, worth) in [(kinds.duty, 0.35), (kinds.state, 0.3), (kinds.number, 0.2)] {
        if there {
            weight += worth;
        }
    }
    if block.kind == BlockKind::Heading {
        weight *= 1.3;
    }
    // A list of links says what there is elsewhere.
    if block.linked >= 80 && !kinds.duty && !kinds.state {
        weight *= 0.6;
    }
    // What a definition watches by name is told whatever it is.
    if block.kind == BlockKind::Found {
        weight = weight.max(0.5);
    }
    rounded(weight.min(1.0))
}

/// What several edits weigh together: more than the heaviest, and never more than 1.
pub(super) fn together(weights: impl Iterator<Item = f64>) -> f64 {
    rounded(1.0 - weights.fold(1.0, |rest, weight| rest * (1.0 - weight)))
}

/// Two digits: the rest is an illusion.
fn rounded(weight: f64) -> f64 {
    (weight * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_words_may_weigh_more_than_many() {
        let paragraph = Block::new(BlockKind::Paragraph, "");
        let weigh = |words: &str| of_edit(Kinds::of(words.split(' ')), &paragraph);
        let praise =
            "this new page tells our readers about what we do here so gladly and how we work";
        assert!(weigh("not") > weigh(praise));
        assert!(weigh("30 15") > weigh("overview"));
        assert!(weigh("published withdrawn") > weigh("30 15"));
        assert!(weigh(&"word ".repeat(5_000)) <= 0.46);
        let watched = Block::new(BlockKind::Found, "");
        assert!(of_edit(Kinds::of(["overview"].into_iter()), &watched) >= 0.5);
        let heading = Block::new(BlockKind::Heading, "");
        assert!(of_edit(Kinds::of(["scope"].into_iter()), &heading) > weigh("scope"));
    }

    #[test]
    fn weights_stay_between_nothing_and_one() {
        assert!((together([].into_iter()) - 0.0).abs() < f64::EPSILON);
        assert!(together([0.9, 0.9, 0.9].into_iter()) <= 1.0);
        assert!(together([0.2, 0.3].into_iter()) > 0.3);
    }
}
