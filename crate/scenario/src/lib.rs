//! Scenarios: small concurrent programs on the engine, and everything that Faultline does with one.
//!
//! A scenario declares processes with their mappings, named objects and pages, tasks with a few operations each
//! (loads, stores, forks, mappings, pageouts), stored schedules, and expectations. `docs/scenarios.md` has the
//! grammar. The scenarios that come with the program are in the [`gallery`]; the [`catalog`] lists them with the kernels
//! and the switches between them.
//!
//! # From text to a run
//!
//! [`parse`] reads a file into a [`model::Scenario`], or says in an [`error::ScenarioError`] where it is wrong, what
//! is expected there and what to do. A scenario prints itself as text that it could have been read from. A [`roster`]
//! numbers its processes, tasks and named things.
//!
//! A [`system::ScenarioSystem`] is a world of the engine with a roster in it. It validates the scenario, whatever its
//! origin, and is the system whose tasks an [`Executor`](faultline_sched::Executor) steps: an interpreter performs
//! each task's operations as engine calls. Processes and named things keep their state in words of the world, so
//! stepping back undoes it, and the fingerprint of a state covers it. Expectations and [`inspect`] read a world
//! between two steps without declaring an access.
//!
//! # Playing
//!
//! A [`player::Player`] performs the set-up and then a run, which a [`player::Scheduling`] decides or the caller
//! steps, forwards and backwards. It returns the [events](player::Player::events), the [`names`] of the things in
//! them (numbers of frames, objects and address spaces are reused, so a name holds from some event on), and a
//! [`report::RunReport`]. [`player::run`] plays a scenario once.
//!
//! # Searching
//!
//! A [`search::SearchJob`] explores the interleavings after the set-up by a [`search::Method`]: all of them, those
//! with few preemptions, or random runs. When it has found something it minimises the schedule and reduces the
//! scenario. [`search::report`] states exactly what is established; a finding is reported only if playing its
//! schedule reproduces it. [`search::matrix`] does this for every scenario on every kernel, [`search::fixes`] looks
//! for the smallest sets of switches with which a scenario has no finding, and [`dates`] lists the changes of FreeBSD
//! that a verdict leaves out.
//!
//! # Narrating and linking
//!
//! [`narrate`] makes plain words of a run's events: a [`narrate::Story`] step by step, or paragraphs for the page. A
//! [`link::Link`] holds scenario, kernel, schedule and position in the part of an address after its `#`; opening one
//! gives a player at that position and every difference from what the link says. Links and JSON call the fingerprint
//! `digest`.

pub mod catalog;
pub mod dates;
pub mod error;
mod expectations;
mod fold;
pub mod gallery;
pub mod inspect;
mod interpreter;
pub mod link;
pub mod model;
pub mod names;
pub mod narrate;
pub mod parse;
pub mod places;
pub mod player;
mod print;
pub mod report;
pub mod roster;
pub mod search;
pub mod suggest;
pub mod system;
pub mod tail;
mod validate;
pub mod value;
pub mod watch;
