//! One small model of the race, and what each explorer makes of it.
//!
//! [`race`] is the model, [`plain`] the searches that say what there is to find without any
//! explorer, and [`peers`] the explorers: Faultline's and those it is measured against. [`engine`] is what
//! Faultline's searches besides: the real one.

pub mod engine;
pub mod figures;
pub mod peers;
pub mod plain;
pub mod race;
