//! Intervals and what they are counted from: "24 months after its entry into force".

use std::sync::LazyLock;

use chrono::{Months, NaiveDate, TimeDelta};
use rustc_hash::FxHashMap;

use super::span::{Reader, When, Words, words};
use super::token::Kind;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interval {
    Days(u32),
    Months(u32),
}

impl Interval {
    /// The day that lies so much later.
    pub(super) fn after(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Days(days) => day.checked_add_signed(TimeDelta::days(i64::from(days))),
            Self::Months(months) => day.checked_add_months(Months::new(months)),
        }
    }
}

/// What an interval is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The day the text itself was published.
    Text,
    /// The same, where nothing says so but that something ends: "closes in eight weeks".
    Left,
    /// Publication: on the day that the text tells, else its own.
    Publication,
    /// Publication in a gazette, on a day told elsewhere.
    Gazette,
    /// Entry into force, on a day told elsewhere.
    Force,
    /// The date told just before ("and enters into force 20 days later").
    Before,
    /// The date told just behind ("for eight weeks from 18 May").
    Next,
    /// Signature, on a day that the text tells.
    Signature,
}

/// What ends, and the word behind it that counts from the day of the text: "closes in eight weeks".
pub(super) const LEFT: &[(&str, &str)] = &[
    ("close", "in"),
    ("closes", "in"),
    ("end", "in"),
    ("ends", "in"),
    ("endet", "in"),
    ("enden", "in"),
    ("termine", "dans"),
    ("cierra", "en"),
    ("termina", "en"),
    ("chiude", "tra"),
    ("chiude", "fra"),
    ("sluit", "over"),
    ("eindigt", "over"),
];

/// Who has a time to do something.
pub(super) static HAVE: Words = words!("have has get gets given haben hat ont tienen hanno");
pub(super) static DAY: Words = words!("day tag jour dia giorno dag lendemain");
static AFTER: Words =
    words!("after following nach apres suivant siguiente despues successivo na apos seguinte");

impl Reader<'_> {
    /// "60 days after publication", "twentieth day following that of its publication",
    /// "24 Monate nach Inkrafttreten".
    pub(super) fn interval(&self, at: usize) -> Option<(usize, When)> {
        // "entre en vigueur le lendemain de sa publication".
        if self.word(at) == Some("lendemain") {
            let (end, anchor) = self.anchor(at + 1)?;
            let interval = Interval::Days(1);
            return Some((end - at, When::After { interval, anchor }));
        }
        // "the day after its publication".
        if self.word(at).is_some_and(|word| DAY.has(word))
            && self.word(at + 1).is_some_and(|word| AFTER.has(word))
        {
            let (end, anchor) = self.anchor(at + 1)?;
            let interval = Interval::Days(1);
            return Some((end - at, When::After { interval, anchor }));
        }
        let (next, interval) = self.length(at)?;
        let (end, anchor) = self
            .anchor(next)
            .or_else(|| Some((next, self.leading(at)?)))
            .or_else(|| Some((next, self.given(at, next)?)))?;
        Some((end - at, When::After { interval, anchor }))
    }

    /// A length of time that begins here and the token behind it: "30 days", "six weeks", "60-day".
    pub(super) fn length(&self, at: usize) -> Option<(usize, Interval)> {
        let mut count = match &self.token(at)?.kind {
            Kind::Number { .. } => {
                let (value, digits) = self.free_number(at)?;
                (digits <= 3).then_some(value)?
            }
            Kind::Word(word) => spelled(word)?,
            Kind::Sign(_) => return None,
        };
        let mut next = self.past_ordinal(at + 1);
        if self.sign(next, '-')
            && let Some(more) = self.word(next + 1).and_then(spelled)
        {
            // "twenty-four"
            count = count.checked_add(more)?;
            next += 2;
        } else if self.sign(next, '-') {
            next += 1;
        }
        if self.sign(next, '(') && self.sign(next + 2, ')') {
            // "thirty (30) days"
            next += 3;
        }
        if self
            .word(next)
            .is_some_and(|word| matches!(word, "calendar" | "full" | "consecutive"))
        {
            next += 1;
        }
        let interval = match self.word(next)? {
            "day" | "days" | "tag" | "tage" | "tagen" | "jour" | "jours" | "dia" | "dias"
            | "giorno" | "giorni" | "dag" | "dagen" | "dni" | "dzien" | "dagar" | "dage"
            | "dager" | "dnu" | "dny" => Interval::Days(count),
            "week" | "weeks" | "woche" | "wochen" | "semaine" | "semaines" | "semana"
            | "semanas" | "settimane" | "settimana" | "weken" | "tygodni" | "tygodnie"
            | "vecka" | "veckor" | "uge" | "uger" | "uke" | "uker" | "tyden" | "tydny"
            | "tydnu" => Interval::Days(count.checked_mul(7)?),
            "month" | "months" | "monat" | "monate" | "monaten" | "mois" | "mes" | "meses"
            | "mese" | "mesi" | "maand" | "maanden" | "miesiecy" | "miesiace" | "manad"
            | "manader" | "maned" | "maneder" | "mesic" | "mesice" | "mesicu" => {
                Interval::Months(count)
            }
            "year" | "years" | "jahr" | "jahre" | "jahren" | "an" | "ans" | "ano" | "anos"
            | "anno" | "anni" | "jaar" | "lat" | "lata" | "ar" | "rok" | "roky" | "let" => {
                Interval::Months(count.checked_mul(12)?)
            }
            _ => return None,
        };
        let plausible = match interval {
            Interval::Days(days) => (1..=1_500).contains(&days),
            Interval::Months(months) => (1..=240).contains(&months),
        };
        plausible.then_some((next + 1, interval))
    }

    /// What stands before an interval: "ab heute vier Wochen", "the ballot closes in eight weeks".
    fn leading(&self, at: usize) -> Option<Anchor> {
        static FROM: Words =
            words!("from ab seit vanaf od desde de d da of partir compter partire fran fra");
        let first = self.word(at.checked_sub(2)?)?;
        let last = self.word(at - 1)?;
        if LEFT.contains(&(first, last)) {
            return Some(Anchor::Left);
        }
        (is_today(last) && FROM.has(first)).then_some(Anchor::Text)
    }

    /// "have eight weeks to respond to the paper published today".
    fn given(&self, at: usize, after: usize) -> Option<Anchor> {
        static ASKED: Words = words!("respond comment reply submit answer");
        static PAPERS: Words = words!(
            "consultation draft drafts paper proposal proposals guidance guidelines rules rule standard call notice \
            document questionnaire"
        );
        static OUT: Words = words!("published opened launched issued released");
        if !HAVE.has(self.word(at.checked_sub(1)?)?)
            || self.word(after) != Some("to")
            || !self.word(after + 1).is_some_and(|word| ASKED.has(word))
        {
            return None;
        }
        let today = |place: usize| {
            self.word(place).is_some_and(is_today)
                && self.word(place - 1).is_some_and(|word| OUT.has(word))
        };
        let places = || (after + 1..after + 14).take_while(|place| self.word(*place).is_some());
        let paper = places().any(|place| self.word(place).is_some_and(|word| PAPERS.has(word)));
        (paper && places().any(today)).then_some(Anchor::Text)
    }

    /// What follows the unit: a link, and within a few words the anchor.
    fn anchor(&self, at: usize) -> Option<(usize, Anchor)> {
        // "60 days, counted from today's notice".
        let at = match self.word(at + 1) {
            Some(
                "counted" | "starting" | "beginning" | "calculated" | "contados" | "contadas"
                | "gerechnet" | "raknat" | "regnet",
            ) if self.sign(at, ',') => at + 1,
            Some("a")
                if self.sign(at, ',')
                    && matches!(self.word(at + 2), Some("contar" | "compter")) =>
            {
                at + 1
            }
            _ => at,
        };
        match self.word(at)? {
            // "in ten days' time".
            "time" => return Some((at + 1, Anchor::Text)),
            "later" | "thereafter" | "spater" | "despues" | "dopo" | "later." | "tard"
                if self.anchor_at(at + 1).is_none() =>
            {
                return Some((at + 1, Anchor::Before));
            }
            "after" | "from" | "following"
                if self.word(at + 1) == Some("that")
                    && matches!(self.word(at + 2), Some("date" | "day"))
                    && self.anchor_at(at + 3).is_none()
                    && self.word(at + 3) != Some("of") =>
            {
                return Some((at + 3, Anchor::Before));
            }
            // "twenty days after that."
            "after" | "following"
                if self.word(at + 1) == Some("that") && self.word(at + 2).is_none() =>
            {
                return Some((at + 2, Anchor::Before));
            }
            "plus" if self.word(at + 1) == Some("tard") => return Some((at + 2, Anchor::Before)),
            _ => {}
        }
        static LINKS: Words = words!(
            "after from following of since nach ab seit apres suivant suivants de a desde \
            siguientes siguiente despues tras apos dopo dalla dall da na vanaf od po successivo \
            compter volgend starting fran fra efter etter ode beyond"
        );
        static FILLERS: Words = words!(
            "the that date day its their this his her on which is was der die des dem ihrer \
            seiner la le les sa son leur de du l d su el fecha data alla della del dalla sua \
            datum van het zijn dnia jej jego celle al official cette cet esta este questa questo deze \
            dieser diesem naturales habiles naturali lavorativi ouvrables calendaires counted contados \
            contadas contar gerechnet gerekend beginning calculated partire partir raknat regnet datoen dagen for denne denna dnes"
        );
        let mut linked = false;
        for place in at..at + 8 {
            if linked && let Some((end, anchor)) = self.anchor_at(place) {
                return Some((end, anchor));
            }
            // "for eight weeks from 18 May 2026".
            if linked && self.a_day_begins(place) {
                return Some((at, Anchor::Next));
            }
            let word = self.word(place)?;
            if LINKS.has(word) {
                linked = true;
            } else if !FILLERS.has(word) {
                return None;
            }
        }
        None
    }

    /// Whether a day with its month begins here.
    fn a_day_begins(&self, at: usize) -> bool {
        let number = self.token(at).is_some_and(|token| token.number().is_some());
        number && (self.day_first(at).is_some() || self.by_signs(at).is_some())
            || self
                .month_first(at)
                .is_some_and(|(_, when)| matches!(when, When::Day(_) | When::Yearless { .. }))
    }

    /// The anchor that begins here and the token after it.
    fn anchor_at(&self, at: usize) -> Option<(usize, Anchor)> {
        let word = self.word(at)?;
        if word == "now" || is_today(word) {
            return Some((at + 1, Anchor::Text));
        }
        // "från i dag", "fra dags dato".
        if matches!(
            (word, self.word(at + 1)),
            ("i", Some("dag")) | ("dagens" | "dags", Some("dato"))
        ) {
            return Some((at + 2, Anchor::Text));
        }
        if matches!(
            word,
            "signature" | "signing" | "unterzeichnung" | "firma" | "ondertekening" | "podpisania"
        ) {
            return Some((at + 1, Anchor::Signature));
        }
        if matches!(
            word,
            "notice" | "announcement" | "circular" | "letter" | "bulletin" | "release"
        ) && at
            .checked_sub(1)
            .is_some_and(|before| self.word(before) == Some("this"))
        {
            return Some((at + 1, Anchor::Text));
        }
        for (words, end) in [
            (&["entry", "into", "force"][..], 3),
            (&["it", "enters", "into", "force"][..], 4),
            (&["effective", "date"][..], 2),
            (&["inkrafttreten"][..], 1),
            (&["entree", "en", "vigueur"][..], 3),
            (&["entrada", "en", "vigor"][..], 3),
            (&["entrata", "in", "vigore"][..], 3),
            (&["inwerkingtreding"][..], 1),
            (&["wejscia", "w", "zycie"][..], 3),
        ] {
            if words
                .iter()
                .enumerate()
                .all(|(offset, word)| self.word(at + offset) == Some(word))
            {
                return Some((at + end, Anchor::Force));
            }
        }
        static PUBLICATION: Words = words!(
            "publication published publishing veroffentlichung verkundung bekanntmachung \
            publicacion publicacao pubblicazione publicatie bekendmaking ogloszenia opublikowania zverejneni vyhlaseni \
            offentliggorelse offentliggorelsen offentliggorandet kunngjoring kunngjoringen publikacji"
        );
        if !PUBLICATION.has(word) {
            return None;
        }
        // "of this notice in the Federal Register" is the text itself; "in the Official Journal"
        // alone is a day that somebody else must tell.
        static OWN: Words = words!(
            "this present presente presentes este esta esse questo questa deze dit dieser dieses diese cet cette ce \
            niniejszego tohoto teto denne denna desta deste"
        );
        let before = at.checked_sub(1).and_then(|before| self.word(before));
        let (mut own, mut gazette) = (before.is_some_and(|word| OWN.has(word)), false);
        let mut end = at + 1;
        for place in at + 1..at + 12 {
            let Some(word) = self.word(place) else { break };
            own |= OWN.has(word);
            // "90 days after publication in today's Federal Register", "nella Gazzetta Ufficiale odierna": no other
            // day is told by it.
            let beside = |near: usize| self.word(near).is_some_and(is_gazette);
            if is_today(word) && (place - 2..=place + 3).any(beside) {
                own = true;
                end = place + 1;
            }
            gazette |= is_gazette(word);
        }
        let abroad = matches!(word, "verkundung" | "ogloszenia" | "bekendmaking");
        Some((
            end,
            if own {
                Anchor::Text
            } else if gazette || abroad {
                Anchor::Gazette
            } else {
                Anchor::Publication
            },
        ))
    }
}

/// A word of a gazette's name.
fn is_gazette(word: &str) -> bool {
    matches!(
        word,
        "journal"
            | "gazette"
            | "register"
            | "amtsblatt"
            | "bundesgesetzblatt"
            | "officiel"
            | "diario"
            | "boletin"
            | "gazzetta"
            | "staatsblad"
            | "staatscourant"
            | "publicatieblad"
            | "dzienniku"
    )
}

/// "today".
pub(super) fn is_today(word: &str) -> bool {
    matches!(
        word,
        "today"
            | "heute"
            | "hoy"
            | "oggi"
            | "vandaag"
            | "dzis"
            | "dzisiaj"
            | "hoje"
            | "idag"
            | "dnes"
            | "dneska"
            | "aujourd"
            | "odierna"
            | "odierno"
    )
}

/// Numbers that rules spell out, cardinal and ordinal.
const NUMBERS: &[(&str, u32)] = &[
    ("one first ein einen eine einem un uno", 1),
    ("two zwei deux dos due twee tva dva dvou dwa", 2),
    ("three third drei trois tres tre drie tri trzy", 3),
    (
        "four vier quatre cuatro quattro fyra fire ctyri ctyr cztery",
        4,
    ),
    ("five fem funf cinq cinco cinque vijf pet peti", 5),
    ("six sechs seis sei zes sex seks sest sesti", 6),
    ("seven sieben sept siete sette zeven sju syv sedm", 7),
    ("eight acht huit ocho otto atta otte osm osmi", 8),
    ("nine neun neuf nueve nove negen nio", 9),
    (
        "ten tenth zehn zehnten dix dixieme diez decimo dieci tien tiende dez",
        10,
    ),
    ("twelve zwolf douze doce dodici twaalf", 12),
    (
        "fourteen fourteenth vierzehn vierzehnten quattordici veertien",
        14,
    ),
    (
        "fifteen fifteenth quinze quinzieme quince quindici quindicesimo vijftien vijftiende",
        15,
    ),
    ("eighteen achtzehn dieciocho diciotto achttien", 18),
    (
        "twenty twentieth zwanzig zwanzigsten vingt vingtieme veinte venti ventesimo twintig twintigste",
        20,
    ),
    (
        "thirty thirtieth dreissig dreissigsten trente trentieme treinta trenta trentesimo dertig dertigste",
        30,
    ),
    (
        "forty vierzig quarante cuarenta quaranta quarenta veertig",
        40,
    ),
    ("quarantacinque", 45),
    (
        "fifty funfzig cinquante cincuenta cinquanta cinquenta vijftig",
        50,
    ),
    ("sixty sixtieth sechzig soixante sesenta sessanta", 60),
    ("ninety neunzig noventa novanta", 90),
];

/// The same by word.
pub(super) static SPELLED: LazyLock<FxHashMap<&'static str, u32>> = LazyLock::new(|| {
    NUMBERS
        .iter()
        .flat_map(|(words, number)| words.split(' ').map(move |word| (word, *number)))
        .collect()
});

fn spelled(word: &str) -> Option<u32> {
    SPELLED.get(word).copied()
}
