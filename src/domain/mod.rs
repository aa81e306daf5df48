//! Ground floor: the words of the field and their laws, without I/O, clock, async or SQL.
//!
//! It knows what an address, an identifier, a reference, a stage or a schedule is and refuses
//! what is none; it calls only `text`; it deliberately does not know how anything is fetched,
//! stored, searched or shown.

pub mod address;
pub mod alert;
pub mod api_token;
pub mod audit;
pub mod cadence;
pub mod calendar;
pub mod catalogue;
pub mod change;
pub mod criteria;
pub mod date_thread;
pub mod decision;
pub mod delivery;
pub mod digest;
pub mod disk;
pub mod document;
pub mod evidence;
pub mod health;
pub mod id;
pub mod key_date;
pub mod library;
pub mod life_cycle;
pub mod mapping;
pub mod message;
pub mod monitored;
pub mod one_time_code;
pub mod operator;
pub mod packed;
pub mod page;
pub mod page_change;
pub mod password;
pub mod period;
pub mod profile;
pub mod quantity;
pub mod query;
pub mod reference;
pub mod schedule;
pub mod select;
pub mod significance;
pub mod signup;
pub mod silence;
pub mod source;
pub mod standard;
pub mod stated;
pub mod statement;
pub mod story;
pub mod subscription;
pub mod synonyms;
pub mod token;
pub mod told;
pub mod told_date;
pub mod update;
pub mod watched;
