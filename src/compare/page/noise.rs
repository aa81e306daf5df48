//! What changes on pages without meaning anything: days of rendering, counters, tokens of
//! sessions, banners, buttons, prices of a shop. General rules for any site, in the languages of
//! the field; what one site alone does belongs into its source's `drop`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::domain::page::{Block, BlockKind};
use crate::text::words;

/// A block of more words is a text, whatever it begins with.
const MANY_WORDS: usize = 45;
/// A button or label has no more words.
const FEW_WORDS: usize = 6;

/// A day, folded: `2026-03-05`, `5 march 2026`, `march 5th, 2026`, `5. marz 2026`, `2026年3月5日`.
const DAY: &str = r"(?:(?:[a-z]{2,9}\.?,? )?(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}|[0-9]{1,2}(?:st|nd|rd|th|er)?\.?(?: de| of)? [a-z]{3,12}\.?,?(?: de)? [0-9]{4}|[a-z]{3,12}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|[a-z]{3,12} [0-9]{4}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)(?:t|,? (?:at |a |um |- )?)?(?:[0-9]{1,2}[:.h][0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?(?: ?[ap]\.?m\.?)?(?: ?(?:z|gmt|utc|cet|cest|est|edt|bst|pst|pdt|uhr)\b)?(?: ?[+-][0-9]{2}:?[0-9]{2})?)?)";

/// Phrases within a text that are no part of what it says.
static VOLATILE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = DAY;
    let parts = [
        // When the page itself was last touched or made.
        format!(
            r"\b(?:(?:this )?(?:page|site|content|document|website|article) )?(?:was |is |has been )?last (?:updated|modified|changed|edited|reviewed|revised|published|refreshed)(?: date)?(?: on| at|:)* ?{day}"
        ),
        format!(
            r"\b(?:(?:this )?(?:page|site|content|website)|date|publication date)(?: last)?(?: was| is)? ?(?:updated|modified|changed|edited|reviewed|refreshed)(?: on| at|:)* ?{day}"
        ),
        format!(r"^(?:updated|modified|edited|reviewed|refreshed)(?: on| at|:)* ?{day}"),
        format!(r"\b(?:page )?(?:generated|rendered|printed|retrieved|accessed|cached)(?: on| at| by| from|:)* ?{day}"),
        format!(r"\b(?:derniere (?:mise a jour|modification)|mis(?:e)? a jour|page modifiee|date de (?:mise a jour|modification))(?: le| du| :|:)* ?{day}"),
        format!(r"\b(?:zuletzt (?:aktualisiert|geandert|bearbeitet)|letzte (?:aktualisierung|anderung)|stand|aktualisiert)(?: am| vom|:)* ?{day}"),
        format!(r"\b(?:(?:ultima|fecha de) (?:actualizacion|modificacion)|(?:ultima|data da|data di) (?:atualizacao|modifica)|actualizado|atualizado|ultimo aggiornamento|aggiornat[oa])(?: el| il| em| al|:)* ?{day}"),
        format!(r"\b(?:laatst (?:bijgewerkt|gewijzigd)|senast (?:uppdaterad|andrad)|sist oppdatert|sidst opdateret|ostatnia (?:aktualizacja|modyfikacja))(?: op| den|:)* ?{day}"),
        format!(r"(?:最終更新日?|更新日時?|更新时间|更新時間|最后更新)[:： ]*{day}"),
        format!(r"\b(?:today(?: is|'s date| is the)?|current (?:date|time)|aujourd.?hui|heute(?: ist)?|hoy es)(?: :|:)* ?{day}"),
        // How long ago, how long still.
        r"\b(?:about |over |almost )?(?:[0-9]+|an?|one|two|three|few) (?:second|minute|min|hour|day|week|month|year)s? ago\b".to_owned(),
        r"\b(?:il y a|vor|hace|fa) [0-9]+ (?:secondes?|minutes?|heures?|jours?|semaines?|mois|ans?|sekunden?|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?|segundos?|minutos?|horas?|dias?|semanas?|meses|anos?)\b".to_owned(),
        r"\b(?:(?:closes|ends|opens|starts) in |noch |il reste )?[0-9]+ (?:days?|hours?|minutes?|tage?|jours?) (?:left|remaining|to go|ubrig|restants?)\b".to_owned(),
        // What is counted.
        r"\b[0-9][0-9.,]* ?[km]? (?:page ?views?|views?|downloads?|visits?|visitors?|hits|likes?|shares?|retweets?|followers?|comments?|replies|reads|users online|people (?:are )?(?:viewing|online)|vues?|telechargements?|aufrufe|besucher|visitas|descargas|visualizzazioni)\b".to_owned(),
        r"\b(?:page ?views?|views?|downloads?|visits?|visitors?|hits|likes?|shares?|followers?|visitor (?:number|count)|you are visitor|vues?|telechargements?|aufrufe|besucher|visitas|descargas)(?: number| no\.| :|:| \()* ?#?[0-9][0-9.,]*[km]?\b".to_owned(),
        r"\b(?:page|seite|pagina) [0-9]+ (?:of|von|de|di|van|sur) [0-9]+\b|\bshowing [0-9]+ ?(?:-|–|to) ?[0-9]+ of [0-9][0-9.,]*(?: (?:results?|items?|entries|documents?))?".to_owned(),
        // Who owns the page.
        r"(?:©|\(c\)|\bcopyright)(?: ?(?:©|\(c\)))? ?[0-9]{4}(?: ?[-–] ?[0-9]{4})?".to_owned(),
        // How it was made.
        r"\b(?:page |results? )?(?:loaded|generated|rendered|served|executed|found|took)(?: in| took)? [0-9.]+ ?(?:ms|s|sec|seconds|milliseconds)\b".to_owned(),
        r"\b(?:session|request|ray|trace|correlation|incident|support|transaction|error|csrf)(?: id| token| reference| number)(?: is)?[ :#]+[0-9a-z][0-9a-z._-]{5,}".to_owned(),
        r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b".to_owned(),
        // A check sum belongs to a file, which is another when it is another.
        r"\b(?P<sum>(?:sha-?[0-9]*|md5|check ?sum|hash|fingerprint|digest|commit|thumbprint)[^0-9a-z]{0,3}(?:value |is )?[0-9a-f]{16,})\b".to_owned(),
        r"\b(?:[0-9]+[a-f]|[a-f]+[0-9])[0-9a-f]{14,}\b".to_owned(),
    ];
    Regex::new(&parts.join("|")).ok()
});

/// Sentences of banners, wherever they stand.
static BANNER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)\b(?:this|our|the)\ (?:web\ ?)?sites?\ (?:and\ \w+\ )?uses?\ (?:\w+\ ){0,3}cookies|\bwe\ (?:and\ our\ partners\ |also\ |would\ like\ to\ )?use\ (?:\w+\ ){0,4}cookies|\b(?:accept|reject|manage|allow|refuse)\ (?:all\ |only\ |essential\ |optional\ |additional\ |analytics\ )*cookies|\b(?:set|your)\ (?:cookies?|privacy)\ (?:settings|preferences|choices)|\bby\ (?:continuing|using|clicking|browsing)\ .{0,80}\b(?:cookies|our\ use)\b
        |\bnous\ utilisons\ (?:des\ |les\ )?(?:\w+\ )?cookies|\bce\ site\ utilise\ .{0,20}cookies|\bwir\ (?:verwenden|nutzen|setzen)\ (?:\w+\ )?cookies|\bdiese\ (?:website|webseite|seite)\ (?:verwendet|nutzt)\ .{0,20}cookies|\b(?:utilizamos|usamos)\ cookies|\beste\ sitio\ (?:web\ )?(?:utiliza|usa)\ .{0,20}cookies|\bquesto\ sito\ (?:utilizza|usa)\ .{0,20}cookie|\bdeze\ (?:web)?site\ (?:gebruikt|maakt\ gebruik\ van)\ .{0,20}cookies
        |\b(?:sign\ up|subscribe|register|inscrivez-vous|abonnez-vous|suscribase|abonnieren\ sie)\b.{0,30}\b(?:newsletter|email|e-mail|mailing|bulletin|updates|alerts|latest\ news|lettre|boletin)|^(?:get|receive)\ .{0,40}\b(?:in\ your\ inbox|by\ email|newsletter)|\b(?:stay|keep)\ (?:informed|connected|in\ touch|up\ to\ date\ with)\b|\bfollow\ us\b
        |\b(?:enable|turn\ on)\ javascript|\bjavascript\ (?:is|must\ be|to\ be)\ (?:disabled|enabled)|\byour\ browser\ (?:is\ (?:out\ of\ date|not\ supported)|does\ not\ support)|\b(?:upgrade|update)\ your\ browser
        |^(?:©|\(c\)|copyright\b).{0,80}\b(?:all\ rights\ reserved|tous\ droits\ reserves|alle\ rechte\ vorbehalten|todos\ los\ derechos|tutti\ i\ diritti)|^(?:all\ rights\ reserved|tous\ droits\ reserves|alle\ rechte\ vorbehalten)
        |\bwas\ this\ (?:page|article|information|content|answer)\ (?:helpful|useful)|\b(?:give|send|share)\ (?:us\ )?(?:your\ )?feedback\b|\breport\ (?:a\ problem|an\ issue)\ with\ this\ page",
    )
    .ok()
});

/// What stands on buttons and in labels, and nothing else.
static BUTTON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:share(?:\ (?:this|on|via|page|by)\b.*)?|tweet|like|e-?mail(?:\ this\ page)?|print(?:\ this\ page|er\ friendly)?|save|copy\ link|bookmark|subscribe|unsubscribe|sign\ ?(?:up|in|out)|log\ ?(?:in|out)|register|my\ account|search|search\ this\ site|menu|main\ menu|close|open|show|hide|(?:show|hide|expand|collapse)\ (?:all|more|less|menu|details)|(?:back\ to\ |go\ to\ )?top|back|skip\ to\ .*|(?:read|learn|find\ out|see|view|show|load)\ (?:more|less|all)|more|next(?:\ page)?|previous(?:\ page)?|home|start|loading|please\ wait|yes|no|ok|cancel|submit|apply|reset|filter|sort(?:\ by)?|language|english|francais|deutsch|espanol|italiano|русский|cookies?(?:\ (?:settings|policy|preferences|notice))?|privacy(?:\ (?:policy|notice|settings))?|terms(?:\ (?:of\ use|and\ conditions))?|accessibility|site\ ?map|contact(?:\ us)?|help|feedback|follow\ us|facebook|twitter|x|linkedin|youtube|instagram|mastodon|rss|
        partager|imprimer|envoyer|rechercher|recherche|fermer|ouvrir|retour|haut\ de\ (?:la\ )?page|lire\ la\ suite|en\ savoir\ plus|suivant|precedent|accueil|connexion|s.abonner|plan\ du\ site|
        teilen|drucken|suchen?|schliessen|offnen|zuruck|nach\ oben|weiterlesen|mehr(?:\ erfahren)?|weiter|startseite|anmelden|abonnieren|inhaltsverzeichnis|
        compartir|imprimir|buscar|cerrar|abrir|volver|arriba|leer\ mas|siguiente|anterior|inicio|condividi|stampa|cerca|chiudi|delen|afdrukken|zoeken|sluiten)$",
    )
    .ok()
});

/// What a shop says beside a document.
const SHOP: &[&str] = &[
    "price",
    "prices",
    "prix",
    "preis",
    "precio",
    "prezzo",
    "buy",
    "acheter",
    "kaufen",
    "comprar",
    "purchase",
    "order",
    "commander",
    "bestellen",
    "add",
    "to",
    "cart",
    "basket",
    "bag",
    "ajouter",
    "au",
    "panier",
    "in",
    "den",
    "warenkorb",
    "from",
    "des",
    "ab",
    "desde",
    "incl",
    "excl",
    "vat",
    "tva",
    "mwst",
    "iva",
    "tax",
    "taxes",
    "ht",
    "ttc",
    "per",
    "copy",
    "each",
    "pdf",
    "epub",
    "mobi",
    "paper",
    "papier",
    "print",
    "hardcopy",
    "download",
    "format",
    "language",
    "langue",
    "sprache",
    "english",
    "french",
    "anglais",
    "francais",
    "russian",
    "spanish",
    "german",
    "this",
    "standard",
    "the",
    "std",
    "usd",
    "chf",
    "eur",
    "gbp",
    "jpy",
    "cad",
    "aud",
    "member",
    "members",
    "non",
    "discount",
    "shipping",
    "stock",
    "available",
    "quantity",
    "qty",
    "total",
    "convert",
    "swiss",
    "francs",
    "your",
    "currency",
    "cette",
    "norme",
    "monnaie",
    "convertir",
    "suisses",
    "en",
    "votre",
    "les",
];

/// What names a price.
const CURRENCY: &[&str] = &[
    "usd", "chf", "eur", "gbp", "jpy", "cad", "aud", "price", "prix", "preis", "precio", "prezzo",
];

/// Headings of what stands beside a page's own text: other pages, the shop, the newsletter.
static BESIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:(?:related|recommended|similar|popular|trending)\ (?:\w+\ ?){1,3}|related|most\ (?:read|viewed|popular|shared)(?:\ \w+)?|you\ (?:may|might)\ (?:also\ )?(?:like|be\ interested.*)|(?:this|these)?\ ?(?:may|might)\ also\ (?:interest\ you|be\ of\ interest)|people\ also\ (?:\w+\ ?){1,3}|(?:buy|order|purchase)\ (?:this|the|a)\ \w+|share(?:\ this(?:\ \w+)?)?|follow\ us(?:\ on)?|(?:our\ )?newsletters?
        |(?:articles?|documents?|contenus?|pages?)\ (?:lies?|liees?|connexes?|similaires?|associes?)|a\ lire\ (?:aussi|egalement)|vous\ (?:aimerez|pourriez)\ .{0,30}|(?:ceci|cela)\ (?:peut|pourrait)\ (?:aussi|egalement|vous)\ .{0,30}|acheter\ (?:cette|ce|la|le)\ \w+|partager
        |(?:ahnliche|verwandte)\ \w+|das\ konnte\ sie\ (?:auch\ )?interessieren|teilen|(?:articulos|contenidos|paginas|documentos)\ relacionad[oa]s|te\ puede\ interesar|(?:articoli|contenuti)\ correlati|potrebbe(?:ro)?\ interessar\w*(?:\ anche)?|gerelateerde?\ \w+|lees\ ook)$",
    )
    .ok()
});

/// Whether a heading, folded, stands over what is no text of the page's own.
pub(super) fn is_beside(heading: &str) -> bool {
    let heading = heading.trim_matches(|c: char| !c.is_alphanumeric());
    BESIDE
        .as_ref()
        .is_some_and(|beside| beside.is_match(heading))
}

/// A text for comparing: folded, without what is no part of what it says.
pub(super) fn steady(text: &str) -> String {
    let folded = words::fold(text);
    // Marks of typing that break the phrases of dates and counters apart.
    let folded: String = folded
        .split_whitespace()
        .flat_map(|word| [word, " "])
        .collect();
    let Some(volatile) = VOLATILE.as_ref() else {
        return folded;
    };
    match volatile.replace_all(folded.trim_end(), |found: &Captures<'_>| {
        found
            .name("sum")
            .map_or_else(|| " ".to_owned(), |sum| sum.as_str().to_owned())
    }) {
        Cow::Borrowed(_) => folded,
        Cow::Owned(steady) => steady,
    }
}

/// Whether a block is no part of what the page says; `steady` is its text as [`steady`] gives it.
pub(super) fn is_noise(block: &Block, steady: &str) -> bool {
    if block.kind == BlockKind::Found {
        return false;
    }
    let text = steady.trim_matches(|c: char| !c.is_alphanumeric() && !is_money(c));
    if text.is_empty() {
        // All of it was volatile.
        return true;
    }
    let count = text.split(' ').filter(|word| !word.is_empty()).count();
    if count > MANY_WORDS {
        return false;
    }
    let is = |pattern: &LazyLock<Option<Regex>>| {
        pattern
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(text))
    };
    (count <= FEW_WORDS && block.kind != BlockKind::Heading && is(&BUTTON))
        || is(&BANNER)
        || is_price(text)
}

/// Whether a block is a price and what a shop puts beside it. A fine or a fee stands in a sentence.
fn is_price(text: &str) -> bool {
    let mut priced = text.contains(is_money);
    let mut amount = false;
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        // "CHF124" is written without a blank.
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        priced |= CURRENCY.contains(&letters);
        amount |= letters.len() < word.len() && CURRENCY.contains(&letters);
        let word = if CURRENCY.contains(&letters) {
            letters
        } else {
            word
        };
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        amount |= number;
        if !number && !SHOP.contains(&word) {
            return false;
        }
    }
    let buys = text.starts_with("buy ")
        || text.starts_with("add to ")
        || text.starts_with("acheter ")
        || text.starts_with("ajouter au ");
    (priced && amount) || buys || (priced && text.split(' ').count() <= 3)
}

fn is_money(c: char) -> bool {
    matches!(c, '€' | '$' | '£' | '¥' | '₹' | '₩' | '₽')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steadied(text: &str) -> String {
        steady(text)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_is_volatile_is_left_out() {
        for (text, left) in [
            ("This page was last updated on 5 March 2026.", "."),
            ("Last reviewed: 2026-03-05 10:15 UTC", ""),
            ("Page last modified March 5th, 2026", ""),
            ("Dernière mise à jour le 5 mars 2026", ""),
            ("Stand: 05.03.2026", ""),
            ("Zuletzt aktualisiert am 5. März 2026", ""),
            ("Última actualización: 5 de marzo de 2026", ""),
            ("最終更新日：2026年3月5日", ""),
            ("Posted 3 days ago by the office", "posted by the office"),
            ("1,204 views", ""),
            ("Downloads: 4523", ""),
            ("Showing 1–10 of 2,345 results", ""),
            ("© 2026 The Agency", "the agency"),
            ("Copyright © 2019-2026 The Agency", "the agency"),
            ("Rendered in 0.23 s", ""),
            ("Ray ID: 8f2a1c3d4e5f6a7b", ""),
            (
                "Session 550e8400-e29b-41d4-a716-446655440000 ends",
                "session ends",
            ),
            ("12 days left to comment", "to comment"),
            // What means something stays.
            (
                "Comments close on 5 March 2026",
                "comments close on 5 march 2026",
            ),
            (
                "last reviewed and confirmed in 2021",
                "last reviewed and confirmed in 2021",
            ),
            ("Published: 2026-03-05", "published: 2026-03-05"),
            (
                "SHA-256: 9f86d081884c7d659a2feaa0c55ad015",
                "sha-256: 9f86d081884c7d659a2feaa0c55ad015",
            ),
            (
                "within 30 days of the request",
                "within 30 days of the request",
            ),
            (
                "The rule was updated to require 15 days",
                "the rule was updated to require 15 days",
            ),
        ] {
            assert_eq!(steadied(text), left, "{text}");
        }
    }

    #[test]
    fn what_is_no_text_of_the_page() {
        let noise = |text: &str| is_noise(&Block::new(BlockKind::Paragraph, text), &steady(text));
        for text in [
            "Last updated: 5 March 2026",
            "This website uses cookies to improve your experience.",
            "Nous utilisons des cookies pour mesurer l'audience",
            "Accept all cookies",
            "Subscribe to our newsletter",
            "Share on Facebook",
            "Back to top",
            "CHF 63",
            "63 CHF | Buy",
            "Price: $ 155.00",
            "CHF124",
            "Add to basket",
            "Format Language PDF English CHF 118",
            "Was this page helpful?",
        ] {
            assert!(noise(text), "{text}");
        }
        for text in [
            "The authority imposed a fine of € 35 million.",
            "Consent for cookies must be freely given, says the guideline on cookies and consent.",
            "Search and rescue",
            "Registration closes on 5 May 2026",
            "Fee: EUR 500 per application filed",
            "Published",
            "Withdrawn",
            "3",
        ] {
            assert!(!noise(text), "{text}");
        }
        assert!(!is_noise(&Block::new(BlockKind::Heading, "Help"), "help "));
        for heading in [
            "related documents",
            "this may also interest you",
            "buy this standard",
            "a lire aussi",
        ] {
            assert!(is_beside(heading), "{heading}");
        }
        for heading in [
            "related party transactions must be disclosed by issuers",
            "latest news",
            "orders",
            "scope",
        ] {
            assert!(!is_beside(heading), "{heading}");
        }
    }
}
