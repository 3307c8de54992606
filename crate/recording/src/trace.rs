//! Recorded process activity: reads a recording and replays it on the engine.
//!
//! A recording lists what the processes of a real machine did to their address spaces, and the page faults they took.
//! [`Trace`] reads one. [`Plan`] computes the order that its events must keep: it cuts the recording into *lanes*,
//! one per address space, each of which begins with a fork or an exec in another. [`replay`] performs the events with
//! FreeBSD's rules, in order on the stepped world, or by any number of workers on real threads.

pub mod drive;
mod error;
mod event;
mod fields;
mod lanes;
mod parse;
mod perform;
pub mod plan;
pub mod progress;
mod regions;
pub mod replay;
mod report;
mod safepoint;
pub mod view;

pub use error::{LineError, TraceError};
pub use event::{Access, Event, FileName, Map, Mode, Op, Process, Remap, Source, Trace};
pub use parse::Loading;
pub use plan::Plan;
pub use progress::Progress;
pub use replay::{Replay, ReplayError, Settings, StepReplay};
pub use report::{Checks, FaultCounts, Report};
pub use view::{Life, View};
