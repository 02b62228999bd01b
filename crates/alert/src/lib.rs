//! Alerts without I/O: rules, what they say of figures, and the course of an alert from pending to resolved.
//!
//! A rule on campaigns is judged on a [`Course`] of days, each with the age at which it was seen. Conversions come late, so a
//! young day is held against what days had shown at that age: [`Delay`] is learned from the days that were reported more than
//! once. [`judge`] says how things are, [`step`] what that makes of an alert. Rules on the server itself are judged by what it
//! measured ([`server`], [`objective`]) and go the same way.

pub mod built_in;
pub mod counts;
pub mod course;
pub mod delay;
pub mod judge;
pub mod notice;
pub mod objective;
pub mod operations;
pub mod preview;
pub mod rule;
pub mod server;
pub mod state;

pub use built_in::built_in;
pub use course::{Capture, Captures, Course, Day};
pub use delay::{Delay, Tally};
pub use judge::{Judged, judge};
pub use notice::QuietHours;
pub use objective::{Budget, Counted, Objective};
pub use preview::{Episode, replay};
pub use rule::{Condition, Direction, Each, NotARule, Rule, Scope, Severity};
pub use server::{Slowness, Vital};
pub use state::{Event, Reading, State, step};
