//! Standards: works, the projects that become their editions and amendments, where each stands,
//! and how that is known.

mod change;
mod form;
mod position;
mod project;
mod report;
mod stage;

pub use change::{FactChange, ProjectChange, RowMove, Step};
pub use form::Form;
pub use position::Position;
pub use project::{
    InvalidProject, Observed, Project, ProjectId, StageEvent, StageNews, StageStep, Weight,
};
pub use report::{Agreement, StageReport, agreement, concerned, reports, stated_report};
pub use stage::{InvalidStage, Stage};
