//! Words that carry no event, words of many languages that mean one thing, months and ordinals.
//!
//! The lists are of the language of notices and of the press about them; no name of a body,
//! place or framework stands here (those come from the library).

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// A language that is told apart by its small words; everything else is `Other`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tongue {
    En,
    De,
    Fr,
    Es,
    It,
    Pt,
    Nl,
    Pl,
    Da,
    /// Scripts that write without spaces.
    Cjk,
    Other,
}

/// Small words by language, folded.
const SMALL: &[(Tongue, &str)] = &[
    (
        Tongue::En,
        "a an the and or of to in on for with by at from as is are was were be been has have had will would may \
         must can could should its it their they we our you your this that these those which who what when where \
         how why not no new now more most than then also into over under about after before between against out \
         up all any each other first s said says here there only one two three per via do does if but both such \
         through during until while across within without how next today yesterday week month year",
    ),
    (
        Tongue::De,
        "der die das den dem des und oder ein eine einer eines einem einen von zu zum zur im in auf fur mit bei \
         nach aus an am als ist sind war wird werden wurde hat haben sich nicht neue neuen neuer uber unter gegen \
         durch bis ab seit auch vor wegen dass es sie er ihre ihren kann konnen muss mussen soll jetzt nun heute \
         dabei diese dieser dieses wie was",
    ),
    (
        Tongue::Fr,
        "le la les l un une des du de d et ou a au aux en dans sur pour par avec est sont ete etre qui que qu ce \
         cette ces son sa ses leur leurs ne pas plus nouveau nouvelle nouveaux nouvelles contre entre apres avant \
         depuis dont il elle ils elles se s titre encontre",
    ),
    (
        Tongue::Es,
        "el la los las un una unos unas de del al y o en para por con sin es son ha han se su sus que como mas no \
         nuevo nueva nuevos nuevas contra entre sobre tras desde hasta lo este esta estos estas ya",
    ),
    (
        Tongue::It,
        "il lo la i gli le un una uno di del della dei delle degli dell al alla ai alle agli e o in nel nella nei \
         per con da dal dalla su sul sulla che non si sono ha e come piu nuovo nuova nuovi nuove contro tra fra",
    ),
    (
        Tongue::Pt,
        "o a os as um uma de do da dos das e ou em no na nos nas para por com sem ao aos pela pelo que se sua seu \
         nao mais novo nova contra entre sobre foi como",
    ),
    (
        Tongue::Nl,
        "de het een en of van voor met op in aan bij uit naar door is zijn was wordt worden heeft niet nieuwe over \
         onder tegen tot ook dat die deze dit wegens",
    ),
    (
        Tongue::Pl,
        "i w we z ze na do od za po o oraz lub jest sa byl byla nie sie ktory ktora ktore przez dla przy jak ten \
         ta to nowy nowa nowe bez",
    ),
    (
        Tongue::Da,
        "og eller en et den det de af til i pa for med ved fra er var har ikke som om nye ny mod efter over under",
    ),
];

/// What one idea is called; a star stands for any ending. Folded, several languages to a line.
const IDEAS: &[(&str, &str)] = &[
    (
        "fine",
        "fine fines fined penalt* sanction* sanzion* sancion* multa* bussgeld* geldbusse* amende* kara kare kary boete* bode bote* penalis* penaliz* busse*",
    ),
    (
        "impose",
        "impos* inflig* hit hits verhang* aplica* nalozyl* legt issues issue issued indstill*",
    ),
    (
        "settle",
        "settle* settling resolution vergleich* transaction* pay pays paid consent",
    ),
    (
        "investigate",
        "investigat* inquir* probe* ermittl* enquet* actuacion* indagin* untersuch*",
    ),
    (
        "sue",
        "sue sues sued suing lawsuit* suit suits klage* klagt",
    ),
    (
        "appeal",
        "appeal* beruf* recours pourvoi apelac* impugn* ricorso beroep bezwaar rechter klagt anficht conteste challeng* contests",
    ),
    (
        "publish",
        "publish* publication veroffentlich* publie publiee publiees publies publica publicada publicado pubblica pubblicat* erschien* release* released unveil* launch* present* vorgelegt herausgegeben out issue issued available expose* arrive* 发布 公布 发表 公表 發表",
    ),
    (
        "draft",
        "draft* entwurf* entwurfe projet* borrador* bozza* projekt* minuta* ontwerp*",
    ),
    (
        "final",
        "final* finalis* finaliz* endgultig* definitiv* finale*",
    ),
    (
        "adopt",
        "adopt* verabschied* beschliess* beschloss* angenommen* approv* adoptiert aprob* approva* uchwal* passes passed pass 成立 可決 의결 通过",
    ),
    (
        "sign",
        "sign signs signed signing unterzeichn* firma firmo signe",
    ),
    ("send", "sends sent heads headed clears cleared"),
    (
        "force",
        "force kraft vigueur vigor vigore effect effective takes applies apply commence* commencement gilt gelten starts start begins begin begun live wchodzi 施行 시행 今起",
    ),
    (
        "propose",
        "propos* vorschlag* vorschlagt schlagt tabled tables introduc* propon* wniosek",
    ),
    (
        "deal",
        "deal agreement agree agrees agreed einig* einigung accord acuerdo accordo provisional vorlauf*",
    ),
    (
        "delay",
        "delay* postpon* verschieb* verschob* report* aplaz* rinvi* push pushed later spat* spater*",
    ),
    (
        "repeal",
        "repeal* withdraw* aufgehob* abrog* derog* retire* replace* replaces replacing",
    ),
    (
        "consult",
        "consult* konsult* feedback views comment* rfi input evidence anhorung stellungnahme* einspruch* enquiry enquete",
    ),
    ("close", "close closes closed closing ended"),
    (
        "response",
        "response* respons* answer* antwort* replies replied",
    ),
    (
        "guideline",
        "guideline* guidance leitlinie* leitfaden richtlinien directrices orientac* orientamenti linee wytyczn* richtsnoer* lignes checklist* guide guides 指引 指南",
    ),
    (
        "report",
        "report reports reporting bericht* lagebericht rapport* informe* relazion* raport* landscape lage 报告 報告",
    ),
    (
        "webinar",
        "webinar* workshop* conference* seminar* tagung kolloqui* colloque* training*",
    ),
    (
        "appoint",
        "appoint* elect* elects names named ernannt nommee nomme nombra nominat*",
    ),
    (
        "certify",
        "certif* zertifiz* certification* certified certifica*",
    ),
    ("accredit", "accredit* akkredit* acredit* accreditat*"),
    (
        "prohibited",
        "prohibit* verbot* interdit* prohibid* vietat* ban banned bans",
    ),
    (
        "practice",
        "practice* practices praktik* pratique* practicas pratiche",
    ),
    ("cookie", "cookie* tracker* traceur* rastread*"),
    (
        "breach",
        "breach* brecha* violazion* datenpanne* fuite* leak* naruszeni* datalek* vazamento*",
    ),
    (
        "cyberattack",
        "cyberattack* cyberangriff* cyberattaque* ciberataque* attack* angriff* attaque* ataque*",
    ),
    (
        "duty",
        "duty duties obligat* pflicht* meldepflicht* obligac* obblig*",
    ),
    ("critical", "critical kritisch* critique* critico* critica*"),
    (
        "infrastructure",
        "infrastruktur* infrastructure* infraestruct* infrastruttur*",
    ),
    (
        "data",
        "data daten donnees datos dati danych dados gegevens dane 数据 データ",
    ),
    (
        "privacy",
        "privacy datenschutz* datenschutzbehorde protezion* privacidad* vertraulich* privat* 个人信息 私隱",
    ),
    (
        "protection",
        "protection schutz proteccion protezione ochron* protecao",
    ),
    (
        "ai",
        "ai ki ia artificial kunstlich* intelligen* 人工 工智 智能 工知 知能 인공 공지 지능",
    ),
    ("system", "system* sistem* systeme*"),
    (
        "security",
        "security cybersecurity cyber sicherheit* securite seguridad sicurezza bezpieczenst* seguranca",
    ),
    (
        "regulator",
        "regulator* watchdog* aufsicht* behorde* authorit* autorit* commissioner* commission* agency agencies agencia* datenschutzbehorde*",
    ),
    (
        "law",
        "law laws act acts gesetz* loi lois ley leyes legge lei bill bills statute* verordnung reglement reglamento regolamento regulation* rule rules ustaw* ki-verordnung 法 办法 法律 기본 본법 decree* regulat*",
    ),
    (
        "directive",
        "directive* richtlinie* directiva* direttiva* dyrektyw*",
    ),
    ("standard", "standard* norm* norma normas norme 标准"),
    (
        "parliament",
        "parliament* parlament* bundestag mep meps legislat* lawmaker* cabinet 국무 무회",
    ),
    (
        "company",
        "company companies firm firms ltd gmbh societe sociedad spolk* bedrijf* empresa* unternehmen societa provider* business*",
    ),
    ("customer", "customer* client* kunde* consumer* user* users"),
    (
        "personal",
        "personal personenbezogen* personenbezogene personnelles personales personali osobow* pessoais persoonsgegevens",
    ),
    (
        "processing",
        "process* verarbeit* trait* tratam* trattam* przetwarz*",
    ),
    ("without", "without ohne sans sin senza bez zonder"),
    (
        "basis",
        "basis base podstaw* rechtsgrundlage grundlage legal prawn* giuridica juridica",
    ),
    (
        "health",
        "health healthcare patient* gesundheit* sante salud salute medical clinic clinique",
    ),
    ("bank", "bank banks banken banque* banco* banca"),
    ("ransomware", "ransomware"),
    (
        "vulnerability",
        "vulnerab* schwachstelle* flaw* cve 脆弱 弱性",
    ),
    (
        "correction",
        "correct* korrektur berichtig* corrigend* rectificat* erratum errata korrigiert corregido",
    ),
    (
        "advertising",
        "advert* ad ads werbung publicit* publicidad pubblicit*",
    ),
    (
        "facial",
        "facial gesicht* face faces faciale gezicht* gezichts*",
    ),
    ("agent", "agent agents agentic"),
    (
        "supplier",
        "supplier* vendor* lieferant* fournisseur* proveedor* third-party",
    ),
    ("label", "label* kennzeich* etiquet* 标识"),
    (
        "edition",
        "edition* ausgabe* version* fassung* edicion edizione revis* update* updated updates",
    ),
    ("requirement", "requirement* anforder* exigence* requisit*"),
    ("manage", "manage* management gestion gestione"),
    (
        "billion",
        "billion* milliard* million* millionen* milliarden millones milioni milhoes mln mio mrd bn euro euros eur dollar* usd pound* gbp pln brl zl kr m k b",
    ),
    (
        "begin",
        "commenc* begin* began opens opened opening eroffn* einleit* leitet ouvre ouverture abre apertura \
         inicia* inicio apre avvia* avvio opent wszcz* inled* indled*",
    ),
];

/// The folded word's idea as a small number from 1, or none.
pub(super) fn idea(word: &str) -> Option<u16> {
    if let Some(found) = TABLE.exact.get(word) {
        return Some(*found);
    }
    // The longest prefix that a starred form has.
    let mut end = word.len();
    while end >= 3 {
        if let Some(found) = word.get(..end).and_then(|head| TABLE.heads.get(head)) {
            return Some(*found);
        }
        end -= 1;
    }
    None
}

/// Ideas that say what an event is about, beside those that say what is done.
const TOPICS: &[&str] = &[
    "prohibited",
    "practice",
    "cookie",
    "breach",
    "cyberattack",
    "critical",
    "infrastructure",
    "ransomware",
    "advertising",
    "facial",
    "agent",
    "supplier",
    "label",
    "health",
    "bank",
    "appeal",
];

/// How much an idea in common weighs: 2 for what an event is about, 1 for what is done.
pub(super) fn weight(idea: u16) -> u32 {
    if TABLE.topics.contains(&idea) { 2 } else { 1 }
}

/// The number of an idea by its name; 0 where there is none of that name.
pub(super) fn number_of(name: &str) -> u16 {
    IDEAS
        .iter()
        .position(|(other, _)| *other == name)
        .and_then(|at| u16::try_from(at + 1).ok())
        .unwrap_or(0)
}

/// The languages in which the folded word is a small word.
pub(super) fn small(word: &str) -> Option<&'static [Tongue]> {
    TABLE.small.get(word).map(Vec::as_slice)
}

struct Tables {
    exact: FxHashMap<&'static str, u16>,
    heads: FxHashMap<&'static str, u16>,
    small: FxHashMap<&'static str, Vec<Tongue>>,
    topics: Vec<u16>,
}

static TABLE: LazyLock<Tables> = LazyLock::new(|| {
    let mut exact = FxHashMap::default();
    let mut heads = FxHashMap::default();
    for (at, (_, words)) in IDEAS.iter().enumerate() {
        let number = u16::try_from(at + 1).unwrap_or(u16::MAX);
        for word in words.split_whitespace() {
            match word.strip_suffix('*') {
                Some(head) => heads.entry(head).or_insert(number),
                None => exact.entry(word).or_insert(number),
            };
        }
    }
    let mut small: FxHashMap<&'static str, Vec<Tongue>> = FxHashMap::default();
    for (tongue, words) in SMALL {
        for word in words.split_whitespace() {
            let tongues = small.entry(word).or_default();
            if !tongues.contains(tongue) {
                tongues.push(*tongue);
            }
        }
    }
    Tables {
        exact,
        heads,
        small,
        topics: TOPICS.iter().map(|name| number_of(name)).collect(),
    }
});

/// Beginnings of month names in the languages of the library, folded; long enough to be no
/// other word.
const MONTHS: &[(&str, u8)] = &[
    ("january", 1),
    ("januar", 1),
    ("janvier", 1),
    ("enero", 1),
    ("gennaio", 1),
    ("janeiro", 1),
    ("januari", 1),
    ("stycz", 1),
    ("february", 2),
    ("februar", 2),
    ("fevrier", 2),
    ("febrero", 2),
    ("febbraio", 2),
    ("fevereiro", 2),
    ("lutego", 2),
    ("march", 3),
    ("marz", 3),
    ("mars", 3),
    ("marzo", 3),
    ("marco", 3),
    ("maart", 3),
    ("marca", 3),
    ("marts", 3),
    ("april", 4),
    ("avril", 4),
    ("abril", 4),
    ("aprile", 4),
    ("kwietnia", 4),
    ("may", 5),
    ("mai", 5),
    ("mayo", 5),
    ("maggio", 5),
    ("maio", 5),
    ("mei", 5),
    ("maja", 5),
    ("maj", 5),
    ("june", 6),
    ("juni", 6),
    ("juin", 6),
    ("junio", 6),
    ("giugno", 6),
    ("junho", 6),
    ("czerwca", 6),
    ("july", 7),
    ("juli", 7),
    ("juillet", 7),
    ("julio", 7),
    ("luglio", 7),
    ("julho", 7),
    ("lipca", 7),
    ("august", 8),
    ("aout", 8),
    ("agosto", 8),
    ("augustus", 8),
    ("sierpnia", 8),
    ("september", 9),
    ("septembre", 9),
    ("septiembre", 9),
    ("settembre", 9),
    ("setembro", 9),
    ("wrzesnia", 9),
    ("october", 10),
    ("oktober", 10),
    ("octobre", 10),
    ("octubre", 10),
    ("ottobre", 10),
    ("outubro", 10),
    ("pazdziernika", 10),
    ("november", 11),
    ("novembre", 11),
    ("noviembre", 11),
    ("novembro", 11),
    ("listopada", 11),
    ("december", 12),
    ("dezember", 12),
    ("decembre", 12),
    ("diciembre", 12),
    ("dicembre", 12),
    ("dezembro", 12),
    ("grudnia", 12),
];

/// The month of that folded name. `May` and `March` count only with a capital: they are verbs.
pub(super) fn month(word: &str, capital: bool) -> Option<u8> {
    if !capital && matches!(word, "may" | "march" | "mars" | "mei") {
        return None;
    }
    static BY_NAME: LazyLock<FxHashMap<&'static str, u8>> =
        LazyLock::new(|| MONTHS.iter().copied().collect());
    BY_NAME.get(word).copied()
}

/// Words that count: `first` -> 1, `zweite` -> 2, `II` -> 2 …
pub(super) fn counted(word: &str) -> Option<u32> {
    Some(match word {
        "first" | "1st" | "erste" | "ersten" | "erster" | "premier" | "premiere" | "primera"
        | "primer" | "prima" | "one" | "i" => 1,
        "second" | "2nd" | "zweite" | "zweiten" | "zweiter" | "deuxieme" | "segunda"
        | "segundo" | "seconda" | "two" | "ii" => 2,
        "third" | "3rd" | "dritte" | "dritten" | "dritter" | "troisieme" | "tercera" | "terza"
        | "three" | "iii" => 3,
        "fourth" | "4th" | "vierte" | "vierten" | "quatrieme" | "four" | "iv" => 4,
        "fifth" | "5th" | "funfte" | "funften" | "five" | "v" => 5,
        "sixth" | "6th" | "sechste" | "six" | "vi" => 6,
        "seventh" | "7th" | "seven" | "vii" => 7,
        "eighth" | "8th" | "eight" => 8,
        "ninth" | "9th" | "nine" => 9,
        "tenth" | "10th" | "ten" => 10,
        _ => return None,
    })
}

/// Cardinal words, which headlines spell out.
pub(super) fn cardinal(word: &str) -> Option<u64> {
    Some(match word {
        "two" | "zwei" | "deux" => 2,
        "three" | "drei" | "trois" => 3,
        "four" | "vier" => 4,
        "five" | "funf" | "cinq" => 5,
        "six" => 6,
        "seven" | "sieben" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" | "zehn" | "dix" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        _ => return None,
    })
}

/// What is counted when a number follows: one part, phase or level is not another.
pub(super) fn series(word: &str) -> Option<&'static str> {
    Some(match word {
        "part" | "parts" | "teil" | "partie" | "parte" | "deel" | "czesc" => "part",
        "phase" | "phases" | "fase" | "faza" => "phase",
        "level" | "niveau" | "stufe" | "nivel" => "level",
        "volume" | "band" | "tome" => "volume",
        "release" | "version" | "revision" | "rev" | "edition" | "fassung" => "release",
        "round" | "runde" | "tranche" | "batch" => "round",
        "quarter" | "quartal" | "trimestre" | "q" => "quarter",
        "draft" | "entwurf" => "draft",
        "reading" | "lesung" | "lecture" => "reading",
        "half" | "halbjahr" => "half",
        "issue" | "ausgabe" | "number" => "issue",
        "package" | "paket" => "package",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_idea_in_many_languages() {
        let fine = number_of("fine");
        for word in [
            "fines", "amende", "bussgeld", "multa", "sanziona", "kare", "boete", "penalty",
        ] {
            assert_eq!(idea(word), Some(fine), "{word}");
        }
        assert_eq!(idea("leitlinien"), idea("guidelines"));
        assert_eq!(idea("zzz"), None);
        assert_ne!(number_of("draft"), 0);
        assert_eq!(number_of("nothing of the kind"), 0);
    }

    #[test]
    fn months_and_counts() {
        assert_eq!(month("oktober", true), Some(10));
        assert_eq!(month("may", false), None);
        assert_eq!(month("may", true), Some(5));
        assert_eq!(counted("zweite"), Some(2));
        assert_eq!(series("teil"), Some("part"));
        assert!(small("der").is_some_and(|tongues| tongues.contains(&Tongue::De)));
    }
}
