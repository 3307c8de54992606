//! Result of a replay.

use super::perform::Replayer;
use super::progress::Word;
use faultline_engine::env::Env;
use faultline_engine::event::Counters;
use faultline_engine::finding::Finding;
use serde::Serialize;

/// Faults taken, each counted once by how it was resolved; and, independently, those that a present translation
/// caused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FaultCounts {
    /// Only the mapping was missing.
    pub soft: u64,
    /// A fresh zero page.
    pub zero_fill: u64,
    /// A copy from a backing object.
    pub cow_copy: u64,
    /// A page moved up from a backing object.
    pub cow_rename: u64,
    /// A pager read it.
    pub pager: u64,
    /// With P = 1 in the error code; counted besides.
    pub protection: u64,
}

/// Checks of the whole world.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RecordingChecks"))]
pub struct Checks {
    /// Number of checks.
    pub count: u32,
    /// Forks, execs and exits in all the recording after which none is made: the world is too large to be checked
    /// so often.
    pub left_out: u32,
    /// Seconds they took.
    pub seconds: f64,
}

/// Result of a replay.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RecordingReport"))]
pub struct Report {
    /// The kernel.
    pub policy: String,
    /// `stepped`, or `threads`.
    pub mode: &'static str,
    /// Number of workers.
    pub threads: u32,
    /// Number of simulated CPUs.
    pub cpus: u32,
    /// Number of simulated frames.
    pub frames: u32,
    /// Recorded events performed.
    pub events: u64,
    /// Number of processes and threads.
    pub processes: u64,
    /// Recorded faults performed as accesses.
    pub accesses: u64,
    /// Those that ended in a signal, which the recording's mappings allow or require.
    pub refused: u64,
    /// Faults taken.
    pub faults: FaultCounts,
    /// Collapses done.
    pub collapses: u64,
    /// Bypasses done.
    pub bypasses: u64,
    /// Pages that a collapse moved up.
    pub renames_in_collapse: u64,
    /// Objects split.
    pub splits: u64,
    /// Maximum number of objects in use at the same time.
    pub objects_peak: u32,
    /// Maximum length of the chain over all faults, in objects.
    pub max_chain: u64,
    /// Faults by length of the chain: 1, 2, … 15, 16 and more.
    pub chains: [u64; 16],
    /// Frames allocated beyond those before the first event, after everything is gone; if it was stopped, those in use.
    pub frames_at_end: i64,
    /// It was stopped before its end: all of this is of what was performed until then.
    pub stopped: bool,
    /// What went wrong.
    pub findings: Vec<Finding>,
    /// Checks of the whole world.
    pub checks: Checks,
    /// Duration of the replay, in seconds.
    pub wall_s: f64,
}

impl<E: Env> Replayer<E> {
    /// The report on the counts; the environment has counted `found`.
    pub(super) fn report(
        &self,
        mode: &'static str,
        threads: u32,
        counters: &Counters,
        found: Vec<Finding>,
        wall_s: f64,
    ) -> Report {
        let notes = self.notes();
        let trace = self.plan.trace();
        let mut findings = found;
        findings.extend(notes.findings.iter().cloned());
        Report {
            policy: self.world.policy.name.clone(),
            mode,
            threads,
            cpus: self.world.config.cpus,
            frames: self.world.config.frames,
            events: u64::from(self.progress.get(Word::Events)),
            processes: trace.processes.len() as u64,
            accesses: notes.accesses,
            refused: notes.refused,
            faults: FaultCounts {
                soft: counters.soft,
                zero_fill: counters.zero_fill,
                cow_copy: counters.cow_copy,
                cow_rename: counters.cow_rename,
                pager: counters.pager,
                protection: counters.protection,
            },
            collapses: counters.collapses,
            bypasses: counters.bypasses,
            renames_in_collapse: counters.renames_in_collapse,
            splits: counters.splits,
            objects_peak: self.world.objects.peak(&self.world.env),
            max_chain: counters.max_chain,
            chains: counters.chains,
            frames_at_end: self.frames_used(),
            stopped: false,
            findings,
            checks: Checks {
                count: self.progress.get(Word::Checks),
                left_out: if self.settings.checks { self.plan.unchecked() } else { 0 },
                seconds: notes.check_seconds,
            },
            wall_s,
        }
    }
}
