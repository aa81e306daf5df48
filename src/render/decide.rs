//! Views of decisions and pauses.

use super::View;
use super::subscribe::Tick;
use super::views::Moment;

/// A decision that was taken.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DecisionView {
    /// When.
    pub at: Moment,
    /// What.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub who: String,
    /// Until when something is to be done.
    pub due: Option<String>,
}

/// `/decide/{token}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct DecidePage {
    /// The team.
    pub team: String,
    /// The update's title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Where the form leads.
    pub action: String,
    /// What can be decided; what the story had is proposed.
    pub verdicts: Vec<Tick>,
    /// The reason that the story had.
    pub reason: String,
    /// What was decided, the newest first.
    pub taken: Vec<DecisionView>,
    /// What is wrong with what was sent.
    pub problem: Option<String>,
}

impl View for DecidePage {
    const TEMPLATE: &'static str = "web/decide.html";
    fn sample() -> Self {
        Self {
            team: "ai-governance".to_owned(),
            title: "ISO/IEC 42005:2025 published (sample)".to_owned(),
            href: "/updates/0123456789abcdef".to_owned(),
            action: "/decide/0".to_owned(),
            verdicts: vec![Tick {
                value: "applies".to_owned(),
                name: "applies to us".to_owned(),
                chosen: true,
            }],
            reason: "Our scoring model is high-risk.".to_owned(),
            taken: vec![DecisionView {
                verdict: "watch".to_owned(),
                reason: "Not clear yet.".to_owned(),
                who: "Ada".to_owned(),
                due: Some("2027-03-01".to_owned()),
                ..DecisionView::default()
            }],
            problem: Some("A decision has a reason and a name.".to_owned()),
        }
    }
}

/// `/alerts/pause/{token}`
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PausePage {
    /// The team.
    pub team: String,
    /// Until when it is paused.
    pub until: Option<Moment>,
    /// Where the form leads.
    pub action: String,
}

impl View for PausePage {
    const TEMPLATE: &'static str = "web/pause.html";
    fn sample() -> Self {
        Self {
            team: "ai-governance".to_owned(),
            until: Some(Moment::default()),
            action: "/alerts/pause/0".to_owned(),
        }
    }
}
