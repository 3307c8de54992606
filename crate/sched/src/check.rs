//! What is checked after every step.

use faultline_engine::check::{structural, tlb};
use faultline_engine::env::Env;
use faultline_engine::finding::{Finding, FindingKind};
use faultline_engine::ids::{CpuId, ProcId, SpaceId, TaskId};
use faultline_engine::machine::addr::FrameNo;
use faultline_engine::{Cx, Stepped, World};

/// Turns after which a run that still goes on is called a livelock.
pub const TURN_LIMIT: u64 = 1_000_000;

/// What the executor looks after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checks {
    /// After every step: does any translation lead to a free frame (E06)? Cheap.
    pub frames: bool,
    /// After every step all structural invariants and the TLBs': for tests and the page.
    pub full: bool,
    /// Turns after which a run is ended as a livelock.
    pub limit: u64,
}

impl Default for Checks {
    fn default() -> Self {
        Checks { frames: true, full: false, limit: TURN_LIMIT }
    }
}

impl Checks {
    /// Everything.
    pub const FULL: Checks = Checks { frames: true, full: true, limit: TURN_LIMIT };
}

/// Looks after a world and remembers what it has said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    /// Free frames that were mapped after the last step.
    mapped: Vec<FrameNo>,
}

impl Watch {
    /// The last step was taken back.
    pub(crate) fn forget(&mut self) {
        self.mapped.clear();
    }
    /// `task` has taken a step: reports what it broke.
    pub(crate) fn after_step(&mut self, world: &World<Stepped>, task: TaskId, checks: Checks) {
        // Where no page and no translation came or went these properties stay as they are.
        let translated = world.env.take_translated();
        if checks.frames && translated {
            let mapped = structural::mapped_free_frames(world);
            for &frame in mapped.iter().filter(|f| !self.mapped.contains(f)) {
                report_mapped(world, task, frame);
            }
            self.mapped = mapped;
        }
        if checks.full {
            let violations = structural::check(world).into_iter().chain(tlb::check_tlb(world));
            for v in violations.filter(|v| v.property != "E06") {
                let (kind, property, object, page, detail) = (v.kind, v.property, v.object, v.page, v.detail);
                world.env.find(Finding { kind, property, step: 0, task, object, page, detail });
            }
        }
    }
}

/// E06 says which object and page it was that the free list got too early: whoever
/// freed it has just said so.
fn report_mapped(world: &World<Stepped>, task: TaskId, frame: FrameNo) {
    let cx = Cx::new(world, task, CpuId(0), ProcId(0), SpaceId(0));
    let detail = format!("frame {} is free although {}", frame.0, cx.describe_mappings(frame));
    let freed = |f: &&Finding| f.kind == FindingKind::FreedWhileMapped && f.property != "E06";
    let (object, page) = world.env.findings().iter().rfind(freed).map_or((None, None), |f| (f.object, f.page));
    let (kind, property) = (FindingKind::FreedWhileMapped, "E06");
    world.env.find(Finding { kind, property, step: 0, task, object, page, detail });
}
