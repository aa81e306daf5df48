//! Pages that come in the place of a watched one with a status that says all is well: errors,
//! log-in forms, questions for consent, challenges to robots, maintenance. None of them may become what the next visit
//! is compared with.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html};
use url::Url;

use super::super::flat::{Flat, one_line};
use super::frame;
use crate::domain::document::{Document, Fault, FaultCode};
use crate::domain::source::Source;
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
        r"enable javascript and cookies|(?:please )?(?:enable|turn on|activate) (?:javascript|cookies)|javascript (?:is|must be) (?:disabled|enabled|required|turned)|checking (?:if the site connection|your browser)|verify(?:ing)? (?:that )?you are (?:a )?human|complete the (?:security check|captcha)|incapsula incident|request unsuccessful|ray id:? [0-9a-f]{8}|reference #[0-9a-f]+\.[0-9a-f]+|the requested url was (?:rejected|not found)|unusual traffic|you have been blocked|(?:accept|agree to) (?:the |our |these )?(?:terms|conditions|disclaimer).{0,60}(?:continue|proceed|enter|access)|domain (?:name )?(?:is|may be) for sale|you do not have (?:permission|access) to",
    )
    .ok()
});

/// What a page says that asks for consent before it shows anything.
static CONSENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:before you (?:continue|proceed)|we value your privacy|your privacy (?:choices|matters|settings)|we use cookies|(?:cookie|privacy) (?:settings|preferences)|manage (?:your )?(?:cookies|consent)|bevor sie (?:fortfahren|weiter)|wir verwenden cookies|avant de continuer|nous utilisons des cookies|antes de continuar|voordat (?:je|u) verdergaat|prima di continuare)\b",
    )
    .ok()
});

/// Words of an address that lead to a log-in, as whole parts of its path or host.
const LOGIN_PARTS: &[&str] = &[
    "adfs",
    "auth",
    "authenticate",
    "authorize",
    "idp",
    "login",
    "logon",
    "oauth",
    "oauth2",
    "openid",
    "saml",
    "saml2",
    "signin",
    "signon",
    "sso",
];
/// The same of what asks for consent, or whether a person is there.
const CONSENT_PARTS: &[&str] = &["captcha", "consent", "cookieconsent", "gdprconsent"];

/// What a page says that wants a log-in.
static LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:please )?(?:log ?in|sign ?in|log ?on|sign on|anmelden|anmeldung|einloggen|connexion|se connecter|identification|iniciar sesion|accedi|inloggen|logga in|log ind|zaloguj sie|logowanie)(?:$| (?:to|required|page|here|form|with|or|using|below|a|au|en|zum|zur|bei)\b)|\b(?:log ?in|sign ?in) (?:required|to (?:continue|view|access|your))|members? (?:only|area)$|(?:subscribers?|members?) only|session (?:has )?(?:expired|timed out)|you (?:must|need to) (?:be logged|log ?in|sign ?in)",
    )
    .ok()
});

/// What came in the place of the page, where it is none.
pub(super) fn look(
    page: &Html,
    flat: &Flat<'_>,
    document: &Document,
    source: &Source,
) -> Option<Fault> {
    let status = document.status;
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
        let titled = parts(&title).find(|part| said(pattern, part));
        let headed = headings.iter().find(|heading| said(pattern, heading));
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
    if let Some(fault) = gate(source, document, count) {
        return Some(fault);
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
    // A banner's heading on a page with others says nothing: all of them have to ask.
    let asks_consent = |pattern: &Regex| {
        parts(&title).any(|part| said(pattern, part))
            || (!headings.is_empty() && headings.iter().all(|heading| said(pattern, heading)))
    };
    if few && CONSENT.as_ref().is_some_and(asks_consent) {
        return Some(consent(&title));
    }
    let challenged = few
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

/// The parts of a title: the page's own name, the site's.
fn parts(title: &str) -> impl Iterator<Item = &str> {
    title
        .split(['|', '–', '—', '·', '»'])
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
}

/// Whether a title or heading is a message of that kind.
fn said(pattern: &Regex, text: &str) -> bool {
    let folded = words::fold(text.trim());
    let folded = folded.trim_matches(|c: char| !c.is_alphanumeric());
    folded.split(' ').count() <= MANY_TITLE_WORDS && pattern.is_match(folded)
}

/// Whether the way to the page ended before a log-in or a question: its address says so where the
/// source's own does not, and it is another host's gate, hands on where to return to, or says
/// little itself (guidance on consent may well move to an address with that word).
fn gate(source: &Source, document: &Document, words: usize) -> Option<Fault> {
    let asked = Url::parse(source.url.as_str()).ok()?;
    let got = document.url.as_url();
    let known: Vec<String> = host_parts(&asked).chain(path_parts(&asked)).collect();
    let new = |part: &String, gates: &[&str]| {
        gates.contains(&part.as_str()) && !known.iter().any(|known| known == part)
    };
    let path = asked.path();
    let returns = got
        .query_pairs()
        .any(|(_, value)| value.starts_with("http") || (path.len() > 1 && value.contains(path)));
    let leads_to = |gates: &[&str]| {
        host_parts(got).any(|part| new(&part, gates))
            || ((returns || words < MANY_WORDS) && path_parts(got).any(|part| new(&part, gates)))
    };
    if leads_to(LOGIN_PARTS) {
        return Some(login(got.as_str()));
    }
    leads_to(CONSENT_PARTS).then(|| consent(got.as_str()))
}

/// The labels of a host below its domain.
fn host_parts(url: &Url) -> impl Iterator<Item = String> {
    let labels: Vec<String> = url
        .domain()
        .unwrap_or_default()
        .split('.')
        .map(plain)
        .collect();
    let below = labels.len().saturating_sub(2);
    labels.into_iter().take(below)
}

/// The parts of a path, without what a server adds to names of files.
fn path_parts(url: &Url) -> impl Iterator<Item = String> {
    let parts = url.path_segments().into_iter().flatten();
    parts.map(|part| plain(part.split('.').next().unwrap_or(part)))
}

fn plain(part: &str) -> String {
    let letters = part.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.flat_map(char::to_lowercase).collect()
}

fn consent(words: &str) -> Fault {
    Fault::new(
        FaultCode::ErrorPage,
        format!(
            "A page that asks for consent (“{}”) came in its place.",
            html::excerpt(words, 80)
        ),
    )
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
