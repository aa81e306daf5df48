//! Names of months in many languages.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Names of months, folded: full, in the case that dates use, and the abbreviations that are not
/// simply their beginning.
const MONTHS: [&[&str]; 12] = [
    &[
        "january",
        "januar",
        "jaenner",
        "janner",
        "janvier",
        "enero",
        "gennaio",
        "janeiro",
        "januari",
        "styczen",
        "stycznia",
        "leden",
        "ledna",
        "tammikuu",
        "tammikuuta",
        "ianuarie",
        "ocak",
        "ιανουαριος",
        "ιανουαριου",
        "январь",
        "января",
        "січень",
        "січня",
        "يناير",
        "ژانویه",
        "มกราคม",
        "มค",
        "januar",
        "sausis",
        "sausio",
        "janvaris",
        "jaanuar",
        "kanun",
    ],
    &[
        "february",
        "februar",
        "feber",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
        "luty",
        "lutego",
        "unor",
        "unora",
        "helmikuu",
        "helmikuuta",
        "februarie",
        "subat",
        "φεβρουαριος",
        "φεβρουαριου",
        "февраль",
        "февраля",
        "лютий",
        "лютого",
        "فبراير",
        "กุมภาพันธ",
        "กพ",
        "februar",
        "vasaris",
        "vasario",
        "fev",
        "veebruar",
    ],
    &[
        "march",
        "marz",
        "maerz",
        "mars",
        "marts",
        "marzo",
        "marco",
        "maart",
        "marzec",
        "marca",
        "brezen",
        "brezna",
        "maaliskuu",
        "maaliskuuta",
        "marcius",
        "martie",
        "mart",
        "μαρτιος",
        "μαρτιου",
        "март",
        "марта",
        "березень",
        "березня",
        "مارس",
        "มนาคม",
        "มค",
        "kovas",
        "kovo",
        "mrt",
    ],
    &[
        "april",
        "avril",
        "abril",
        "aprile",
        "kwiecien",
        "kwietnia",
        "duben",
        "dubna",
        "huhtikuu",
        "huhtikuuta",
        "aprilis",
        "aprilie",
        "nisan",
        "απριλιος",
        "απριλιου",
        "апрель",
        "апреля",
        "квітень",
        "квітня",
        "ابريل",
        "أبريل",
        "เมษายน",
        "balandis",
        "balandzio",
    ],
    &[
        "may",
        "mai",
        "mayo",
        "maggio",
        "maio",
        "mei",
        "maj",
        "maja",
        "kveten",
        "kvetna",
        "toukokuu",
        "toukokuuta",
        "majus",
        "mayis",
        "μαιος",
        "μαιου",
        "май",
        "мая",
        "травень",
        "травня",
        "مايو",
        "พฤษภาคม",
        "geguze",
        "geguzes",
    ],
    &[
        "june",
        "juni",
        "juin",
        "junio",
        "giugno",
        "junho",
        "czerwiec",
        "czerwca",
        "cerven",
        "cervna",
        "kesakuu",
        "kesakuuta",
        "junius",
        "iunie",
        "haziran",
        "ιουνιος",
        "ιουνιου",
        "июнь",
        "июня",
        "червень",
        "червня",
        "يونيو",
        "มถุนายน",
        "birzelis",
        "birzelio",
    ],
    &[
        "july",
        "juli",
        "juillet",
        "julio",
        "luglio",
        "julho",
        "lipiec",
        "lipca",
        "cervenec",
        "cervence",
        "heinakuu",
        "heinakuuta",
        "julius",
        "iulie",
        "temmuz",
        "ιουλιος",
        "ιουλιου",
        "июль",
        "июля",
        "липень",
        "липня",
        "يوليو",
        "กรกฎาคม",
        "liepa",
        "liepos",
    ],
    &[
        "august",
        "aout",
        "agosto",
        "augustus",
        "augusti",
        "sierpien",
        "sierpnia",
        "srpen",
        "srpna",
        "elokuu",
        "elokuuta",
        "augusztus",
        "agustos",
        "αυγουστος",
        "αυγουστου",
        "август",
        "августа",
        "серпень",
        "серпня",
        "اغسطس",
        "أغسطس",
        "สงหาคม",
        "rugpjutis",
        "rugpjucio",
    ],
    &[
        "september",
        "septembre",
        "septiembre",
        "setiembre",
        "settembre",
        "setembro",
        "wrzesien",
        "wrzesnia",
        "zari",
        "syyskuu",
        "syyskuuta",
        "szeptember",
        "septembrie",
        "eylul",
        "σεπτεμβριος",
        "σεπτεμβριου",
        "сентябрь",
        "сентября",
        "вересень",
        "вересня",
        "سبتمبر",
        "กนยายน",
        "rugsejis",
        "rugsejo",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "ottobre",
        "outubro",
        "pazdziernik",
        "pazdziernika",
        "rijen",
        "rijna",
        "lokakuu",
        "lokakuuta",
        "octombrie",
        "ekim",
        "οκτωβριος",
        "οκτωβριου",
        "октябрь",
        "октября",
        "жовтень",
        "жовтня",
        "اكتوبر",
        "أكتوبر",
        "ตลาคม",
        "spalis",
        "spalio",
    ],
    &[
        "november",
        "novembre",
        "noviembre",
        "novembro",
        "listopad",
        "listopada",
        "listopadu",
        "marraskuu",
        "marraskuuta",
        "noiembrie",
        "kasim",
        "νοεμβριος",
        "νοεμβριου",
        "ноябрь",
        "ноября",
        "листопад",
        "листопада",
        "نوفمبر",
        "พฤศจกายน",
        "lapkritis",
        "lapkricio",
    ],
    &[
        "december",
        "desember",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
        "grudzien",
        "grudnia",
        "prosinec",
        "prosince",
        "joulukuu",
        "joulukuuta",
        "decembrie",
        "aralik",
        "δεκεμβριος",
        "δεκεμβριου",
        "декабрь",
        "декабря",
        "грудень",
        "грудня",
        "ديسمبر",
        "ธนวาคม",
        "gruodis",
        "gruodzio",
    ],
];

/// The month (1 to 12) that a folded word names, or that it is the beginning of.
pub fn month(word: &str) -> Option<i64> {
    // Nothing shorter is a beginning, nothing longer a name.
    if !(2..=LONGEST_MONTH).contains(&word.len()) {
        return None;
    }
    NAMED.get(word).copied()
}

/// All that names a month, whole or by its beginning.
pub fn month_words() -> impl Iterator<Item = &'static str> {
    NAMED.keys().copied()
}

/// The longest name of a month, in bytes.
const LONGEST_MONTH: usize = 48;

/// Every name of a month, and every beginning of three to six letters that means one month only.
static NAMED: LazyLock<FxHashMap<&'static str, i64>> = LazyLock::new(|| {
    let names = || {
        (1_i64..)
            .zip(MONTHS)
            .flat_map(|(month, names)| names.iter().map(move |name| (*name, month)))
    };
    let mut beginnings: FxHashMap<&'static str, Option<i64>> = FxHashMap::default();
    for (name, month) in names() {
        for (letters, (at, c)) in name.char_indices().enumerate().take(6) {
            let Some(beginning) = name.get(..at + c.len_utf8()).filter(|_| letters >= 2) else {
                continue;
            };
            // A beginning that fits two months ("jui") names neither.
            beginnings
                .entry(beginning)
                .and_modify(|known| *known = known.filter(|known| *known == month))
                .or_insert(Some(month));
        }
    }
    let mut out: FxHashMap<&'static str, i64> = beginnings
        .into_iter()
        .filter_map(|(beginning, month)| Some((beginning, month?)))
        .collect();
    // Abbreviations that fit more than one month by their letters and mean one.
    for (short, month) in [
        ("mar", 3),
        ("jun", 6),
        ("jul", 7),
        ("may", 5),
        ("mai", 5),
        ("sept", 9),
    ] {
        out.entry(short).or_insert(month);
    }
    let mut whole: FxHashMap<&'static str, Option<i64>> = FxHashMap::default();
    for (name, month) in names() {
        whole
            .entry(name)
            .and_modify(|known| *known = known.filter(|known| *known == month))
            .or_insert(Some(month));
    }
    // A whole name counts before a beginning.
    for (name, month) in whole {
        if let Some(month) = month {
            out.insert(name, month);
        }
    }
    out
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_by_name_and_by_beginning() {
        // The rule as it reads, without the table.
        let plainly = |word: &str| {
            let one = |fits: &dyn Fn(&str) -> bool| {
                let mut months = (1_i64..)
                    .zip(MONTHS)
                    .filter(|(_, names)| names.iter().any(|name| fits(name)));
                match (months.next(), months.next()) {
                    (Some((month, _)), None) => Some(month),
                    _ => None,
                }
            };
            one(&|name| name == word).or_else(|| {
                if !(3..=6).contains(&word.chars().count()) {
                    return None;
                }
                one(&|name| name.starts_with(word)).or(match word {
                    "mar" => Some(3),
                    "jun" => Some(6),
                    "jul" => Some(7),
                    "may" | "mai" => Some(5),
                    "sept" => Some(9),
                    _ => None,
                })
            })
        };
        let mut looked = 0;
        for name in MONTHS.iter().flat_map(|names| names.iter()) {
            assert!(name.len() <= LONGEST_MONTH, "{name}");
            for (at, c) in name.char_indices() {
                let word = &name[..at + c.len_utf8()];
                assert_eq!(month(word), plainly(word), "{word}");
                looked += 1;
            }
        }
        assert!(looked > 1_000);
        assert_eq!(month("x"), None);
    }
}
