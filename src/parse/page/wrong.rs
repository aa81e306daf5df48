//! Pages that come in the place of a watched one with a status that says all is well: errors,
//! log-in forms, challenges to robots, maintenance. None of them may become what the next visit
//! is compared with.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html};

use super::super::flat::{Flat, one_line};
use super::frame;
use crate::domain::document::{Fault, FaultCode};
use crate::text::{html, words};

/// A page of so many words says more than that it is not there.
const MANY_WORDS: usize = 250;
/// A heading or title of so many words is no message of a server.
const MANY_TITLE_WORDS: usize = 14;

/// What is said, in a title or heading, of a page that is not there. "404" alone is a section of
/// many an act.
static NOT_FOUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^404$|\b(?:error|erreur|fehler|http|status)(?:\ code)?:?\ 404\b|^404\W+(?:error|erreur|fehler|file|page|not|oops|sorry|nothing|we|that)\b|\b404\ (?:error|not\ found|page)
        |\b(?:page|document|file|content|resource|url|site)\b.{0,40}\b(?:not\ found|not\ available|unavailable|no\ longer\ (?:available|exists?)|does\ not\ exist|doesn.?t\ exist|(?:cannot|can.?t|could\ not|couldn.?t)\ be\ (?:found|displayed)|(?:has\ been|was)\ (?:moved|removed|deleted))
        |^(?:sorry,?\ )?(?:we|you).{0,25}(?:can.?t|cannot|couldn.?t|could\ not|unable\ to)\ find
        |^not\ found$|^oops\b|^(?:object|nothing|item)\ (?:was\ )?not\ found
        |seite\ (?:wurde\ )?nicht\ gefunden|nicht\ gefunden$|page\ (?:est\ )?(?:introuvable|non\ trouvee|inexistante)|pagina\ no\ (?:encontrada|existe|disponible)|pagina\ non\ (?:trovata|esiste)|pagina\ (?:niet\ gevonden|nao\ encontrada)|(?:strona|strony)\ nie\ (?:zostala\ )?znalezion|sidan\ hittades\ inte|siden\ (?:blev\ |ble\ )?ikke\ funnet|siden\ (?:blev\ )?ikke\ fundet|sivua\ ei\ loytynyt
        |ページが見つかりません|页面不存在|找不到(?:网页|页面|頁面)|페이지를\ 찾을\ 수",
    )
    .ok()
});

/// What servers and their guards say in the place of a page.
static TROUBLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:(?:error|http|status)(?:\ code)?:?\ )(?:40[0135]|410|429|50[0-4])\b|^(?:40[0135]|410|429|50[0-4])(?:$|\W+(?:bad\ (?:request|gateway)|unauthori[sz]ed|forbidden|method\ not|gone$|too\ many|internal\ server|service\ (?:temporarily\ )?unavailable|gateway\ time|error|server\ error|access\ denied))|^(?:access\ (?:to\ this\ page\ (?:has\ been\ |is\ )?)?denied|forbidden|bad\ request|too\ many\ requests|request\ (?:blocked|rejected|unsuccessful))
        |^(?:internal\ server\ error|server\ error|service\ (?:temporarily\ )?unavailable|bad\ gateway|gateway\ time.?out|temporarily\ unavailable|application\ error|runtime\ error)
        |^(?:(?:the|our|this)\ )?(?:site|website|page|service|system|we|we.re|we\ are).{0,30}\b(?:maintenance|under\ construction|temporarily\ (?:down|unavailable|offline))\b|^(?:scheduled\ |planned\ )?maintenance$|wartungsarbeiten|en\ maintenance$|en\ mantenimiento$
        |^(?:just\ a\ moment|attention\ required|one\ more\ step|checking\ your\ browser|verify(?:ing)?\ (?:that\ )?you\ are\ (?:a\ )?human|are\ you\ (?:a\ )?(?:human|robot)|security\ check|please\ wait|robot\ check|pardon\ our\ interruption|ddos)
        |^an?\ (?:unexpected\ )?error\ (?:has\ )?occurred|^something\ went\ wrong|^erreur\ (?:interne|du\ serveur)|^zugriff\ verweigert|^acces\ (?:refuse|interdit)|^acceso\ denegado",
    )
    .ok()
});

/// What such pages say in their few words.
static CHALLENGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"enable javascript and cookies|(?:please )?(?:enable|turn on|activate) (?:javascript|cookies)|javascript (?:is|must be) (?:disabled|enabled|required|turned)|checking (?:if the site connection|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human|complete the (?:security check|captcha)|incapsula incident|request unsuccessful|ray id:? [0-9a-f]{8}|reference #[0-9a-f]+\.[0-9a-f]+|the requested url was (?:rejected|not found)|unusual traffic|you have been blocked|you do not have (?:permission|access) to",
    )
    .ok()
});

/// What a page says that wants a log-in.
static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:please )?(?:log ?in|sign ?in|log ?on|sign on|anmelden|anmeldung|einloggen|connexion|se connecter|identification|iniciar sesion|accedi|inloggen|logga in|log ind|zaloguj sie|logowanie)(?:$| (?:to|required|page|here|form|with|or|using|below|a|au|en|zum|zur|bei)\b)|\b(?:log ?in|sign ?in) (?:required|to (?:continue|view|access|your))|members? (?:only|area)$|(?:subscribers?|members?) only|session (?:has )?(?:expired|timed out)|you (?:must|need to) (?:be logged|log ?in|sign ?in)",
    )
    .ok()
});

/// What came in the place of the page, where it is none.
pub(super) fn look(page: &Html, flat: &Flat<'_>, status: u16) -> Option<Fault> {
    let elements = || page.root_element().descendent_elements();
    let text_of = |element: ElementRef<'_>| one_line(flat.within(element));
    let title = elements()
        .find(|element| element.value().name() == "title")
        .map(text_of)
        .unwrap_or_default();
    let headings: Vec<String> = elements()
        .filter(|element| matches!(element.value().name(), "h1" | "h2"))
        .take(6)
        .map(text_of)
        .filter(|text| !text.is_empty())
        .collect();
    let roots = frame::main(page);
    let main: String = roots
        .iter()
        .flat_map(|root| flat.within(*root).split_whitespace())
        .take(MANY_WORDS * 2)
        .flat_map(|word| [word, " "])
        .collect();
    let main = words::fold(&main);
    let count = main.split(' ').filter(|word| !word.is_empty()).count();
    // A page of many words that calls itself "not found" by its title is rare, and one without a
    // heading of the kind rarer: both title and heading have to say so then.
    let says = |pattern: &LazyLock<Option<Regex>>| -> Option<String> {
        let pattern = pattern.as_ref()?;
        let parts = title
            .split(['|', '–', '—', '·', '»'])
            .flat_map(|part| part.split(" - "));
        let said = |text: &str| {
            let folded = words::fold(text.trim());
            let folded = folded.trim_matches(|c: char| !c.is_alphanumeric());
            folded.split(' ').count() <= MANY_TITLE_WORDS && pattern.is_match(folded)
        };
        let titled = parts.map(str::trim).find(|part| said(part));
        let headed = headings.iter().find(|heading| said(heading));
        match (titled, headed) {
            (Some(words), Some(_)) => Some(words.to_owned()),
            (Some(words), None) if count < MANY_WORDS => Some(words.to_owned()),
            (None, Some(words)) if count < MANY_WORDS => Some(words.clone()),
            _ => None,
        }
    };
    if let Some(words) = says(&NOT_FOUND) {
        return Some(Fault::new(
            FaultCode::SoftNotFound,
            format!(
                "The page says “{}” with status {status}: look for the source's new address.",
                html::excerpt(words.trim(), 80)
            ),
        ));
    }
    let few = count < MANY_WORDS / 2;
    let asks_password = elements().any(|element| {
        element.value().name() == "input"
            && element
                .attr("type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
    });
    if let Some(words) = says(&LOGIN)
        && (asks_password || few)
    {
        return Some(login(words.trim()));
    }
    if asks_password && count < MANY_WORDS / 4 {
        return Some(login(&title));
    }
    let challenged = count < MANY_WORDS / 2
        && CHALLENGE
            .as_ref()
            .is_some_and(|challenge| challenge.is_match(&main));
    let troubled = says(&TROUBLE).or_else(|| challenged.then(|| title.clone()));
    troubled.map(|words| {
        Fault::new(
            FaultCode::ErrorPage,
            format!(
                "The page says “{}” with status {status}: a server's message or a check for robots came in its place.",
                html::excerpt(words.trim(), 80)
            ),
        )
    })
}

fn login(words: &str) -> Fault {
    Fault::new(
        FaultCode::LoginWall,
        format!(
            "A page that asks for a log-in (“{}”) came in its place.",
            html::excerpt(words, 80)
        ),
    )
}
