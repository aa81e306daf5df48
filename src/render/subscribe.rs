//! Views of signing up, preferences and leaving.

use super::View;
use super::views::Named;

/// One thing that can be ticked.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Tick {
    /// As sent.
    pub value: String,
    /// As shown.
    pub name: String,
    /// Whether it is ticked.
    pub chosen: bool,
}

/// `/subscribe`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct SubscribePage {
    /// What is wrong with what was sent.
    pub problem: Option<String>,
    /// The mailbox as typed.
    pub address: String,
    /// A wish that is not among the ticks, in words of criteria.
    pub wants: Vec<Tick>,
    /// Frameworks by their kind, each kind under its name.
    pub frameworks: Vec<(String, Vec<Tick>)>,
    /// Jurisdictions.
    pub jurisdictions: Vec<Tick>,
    /// A saved search.
    pub search: String,
    /// Whether all must hold.
    pub every: bool,
    /// How often.
    pub frequencies: Vec<Tick>,
    /// The hour.
    pub hours: Vec<Tick>,
    /// The zone.
    pub zone: String,
    /// How often it would have told in the last month, where that was asked.
    pub preview: Option<String>,
    /// The items of that.
    pub items: Vec<Named>,
    /// Whether confirmations wait because many ask.
    pub busy: bool,
    /// The line of configuration that says the same for a team.
    pub line: String,
}

impl View for SubscribePage {
    const TEMPLATE: &'static str = "web/subscribe.html";
    fn sample() -> Self {
        let tick = |value: &str, name: &str| Tick {
            value: value.to_owned(),
            name: name.to_owned(),
            chosen: true,
        };
        Self {
            problem: Some("`ada` is not an e-mail address: it has no @".to_owned()),
            address: "ada".to_owned(),
            wants: vec![tick("standard:ISO/IEC 42001", "ISO/IEC 42001")],
            frameworks: vec![(
                "Laws".to_owned(),
                vec![tick("framework:eu-ai-act", "EU AI Act")],
            )],
            jurisdictions: vec![tick("jurisdiction:eu", "European Union")],
            search: "\"model risk\"".to_owned(),
            every: true,
            frequencies: vec![tick("instant", "at once")],
            hours: vec![tick("8", "8:00")],
            zone: "Europe/London".to_owned(),
            preview: Some("It would have told you 4 times in the last 30 days.".to_owned()),
            items: vec![Named {
                name: "ISO/IEC 42005:2025 published (sample)".to_owned(),
                href: "/updates/0123456789abcdef".to_owned(),
            }],
            busy: true,
            line: "track = [\"ISO/IEC 42001\"]".to_owned(),
        }
    }
}

/// "Look into your mailbox": the same for every address.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AskedPage {
    /// Whether confirmations wait because many ask.
    pub busy: bool,
}

impl View for AskedPage {
    const TEMPLATE: &'static str = "web/subscribe_asked.html";
    fn sample() -> Self {
        Self { busy: true }
    }
}

/// `/subscribe/confirm/{token}`: a button.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct ConfirmPage {
    /// What is asked for; none when the link is not good any more.
    pub wants: Option<String>,
    /// How often.
    pub told: String,
    /// Where the button leads.
    pub action: String,
}

impl View for ConfirmPage {
    const TEMPLATE: &'static str = "web/subscribe_confirm.html";
    fn sample() -> Self {
        Self {
            wants: Some("framework:eu-ai-act".to_owned()),
            told: "at once".to_owned(),
            action: "/subscribe/confirm/0".to_owned(),
        }
    }
}

/// What was done.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DonePage {
    /// In a heading.
    pub title: String,
    /// In a sentence.
    pub text: String,
    /// What else can be done.
    pub ways: Vec<Named>,
}

impl View for DonePage {
    const TEMPLATE: &'static str = "web/subscribe_done.html";
    fn sample() -> Self {
        Self {
            title: "Done".to_owned(),
            text: "It begins with the next issue.".to_owned(),
            ways: vec![Named {
                name: "Your preferences".to_owned(),
                href: "/preferences/0".to_owned(),
            }],
        }
    }
}

/// One subscription on the page of preferences.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PreferenceRow {
    /// Its identifier.
    pub id: String,
    /// What.
    pub wants: String,
    /// How often.
    pub told: String,
    /// Since when.
    pub since: String,
    /// How else it could be told.
    pub frequencies: Vec<Tick>,
    /// The hours.
    pub hours: Vec<Tick>,
    /// The zone.
    pub zone: String,
}

/// `/preferences/{token}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PreferencesPage {
    /// The mailbox, its middle left out: a forwarded link shows it to nobody.
    pub mailbox: String,
    /// Where forms lead.
    pub action: String,
    /// What runs.
    pub rows: Vec<PreferenceRow>,
    /// What was just done.
    pub done: Option<String>,
}

impl View for PreferencesPage {
    const TEMPLATE: &'static str = "web/preferences.html";
    fn sample() -> Self {
        Self {
            mailbox: "a…@example.org".to_owned(),
            action: "/preferences/0".to_owned(),
            rows: vec![PreferenceRow {
                id: "0123456789abcdef".to_owned(),
                wants: "everything".to_owned(),
                told: "with the weekly digest".to_owned(),
                since: "1 November 2026".to_owned(),
                frequencies: vec![Tick {
                    value: "digest".to_owned(),
                    name: "with the weekly digest".to_owned(),
                    chosen: true,
                }],
                hours: vec![Tick {
                    value: "8".to_owned(),
                    name: "8:00".to_owned(),
                    chosen: true,
                }],
                zone: "UTC".to_owned(),
            }],
            done: Some("Changed.".to_owned()),
        }
    }
}

/// `/unsubscribe/{token}`: a button.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct UnsubscribePage {
    /// What is left, in words.
    pub list: String,
    /// Where the button leads.
    pub action: String,
}

impl View for UnsubscribePage {
    const TEMPLATE: &'static str = "web/unsubscribe.html";
    fn sample() -> Self {
        Self {
            list: "the weekly digest".to_owned(),
            action: "/unsubscribe/0".to_owned(),
        }
    }
}

/// `/privacy`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PrivacyPage {
    /// Days that an unconfirmed sign-up is kept.
    pub unconfirmed_days: i64,
    /// Days that the address of a sign-up's machine is kept.
    pub ip_days: i64,
    /// The version of the words consented to.
    pub text_version: String,
}

impl View for PrivacyPage {
    const TEMPLATE: &'static str = "web/privacy.html";
    fn sample() -> Self {
        Self {
            unconfirmed_days: 7,
            ip_days: 30,
            text_version: "2026-11".to_owned(),
        }
    }
}
