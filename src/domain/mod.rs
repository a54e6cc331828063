//! The process itself, pure: no I/O and no clock. A fact is folded into an item's state, and time
//! is a parameter.

pub mod actor;
pub mod calendar;
pub mod classify;
pub mod decisions;
pub mod entries;
pub mod evidence;
pub mod fact;
pub mod fields;
pub mod figures;
pub mod fold;
pub mod guards;
pub mod handoff;
pub mod ids;
pub mod item;
pub mod kind;
pub mod label_plan;
pub mod labels;
pub mod lifecycle;
pub mod markdown;
pub mod metric;
pub mod model_card;
pub mod order;
pub mod policy;
pub mod policy_trial;
pub mod registry;
pub mod similar;
pub mod sprint;
pub mod teams;
pub mod timebox;
pub mod version;
pub mod worktime;
mod yaml;
