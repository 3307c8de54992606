//! The checks after every step.

use faultline_engine::check::structural::{self, Violation, Watch};
use faultline_engine::check::tlb;
use faultline_engine::detail;
use faultline_engine::finding::{About, Finding, FindingKind};
use faultline_engine::ids::{CpuId, ProcId, SpaceId, TaskId};
use faultline_engine::machine::addr::FrameNo;
use faultline_engine::property::Property;
use faultline_engine::{Cx, Stepped, World};

/// Turns after which a run that still goes on counts as a livelock.
pub const TURN_LIMIT: u64 = 1_000_000;

/// What the executor checks, and its limit on turns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checks {
    /// After every step: does any translation lead to a free frame (E06)? Cheap.
    pub frames: bool,
    /// After every step that changed a translation: can one CPU read an old page while
    /// another can write the new one (pmap.md §3.2)? Cheap.
    pub tlb: bool,
    /// After every step all structural invariants, by what the step touched: for tests and the page.
    pub full: bool,
    /// Turns after which a run is ended as a livelock.
    pub limit: u64,
}

impl Default for Checks {
    fn default() -> Self {
        Checks { frames: true, tlb: true, full: false, limit: TURN_LIMIT }
    }
}

impl Checks {
    /// All checks.
    pub const FULL: Checks = Checks { frames: true, tlb: true, full: true, limit: TURN_LIMIT };
}

/// Reports what the turn that `task` has just taken violated.
#[inline]
pub(crate) fn after_step(world: &World<Stepped>, task: TaskId, checks: Checks, watch: &mut Watch) {
    if !world.env.nothing_moved() {
        check_moved(world, task, checks);
    }
    if checks.full {
        report_all(world, task, watch.check(world));
    }
}

/// `task` has taken the last turn of a run: the whole world is looked at once more.
pub(crate) fn after_all(world: &World<Stepped>, task: TaskId, checks: Checks, watch: &mut Watch) {
    if checks.full {
        report_all(world, task, watch.whole(world));
    }
}

fn report_all(world: &World<Stepped>, task: TaskId, found: Vec<Violation>) {
    // E06 is looked for by itself, and then says which page it was.
    report(world, task, found.into_iter().filter(|v| v.property != Property::E06));
}

/// Checks the frames and pages for which an owner or a translation changed.
#[cold]
fn check_moved(world: &World<Stepped>, task: TaskId, checks: Checks) {
    if checks.frames {
        world.env.each_moved_frame(|frame| {
            if structural::is_mapped_free(world, frame) {
                report_mapped(world, task, frame);
            }
        });
    }
    if checks.tlb {
        let mut found = Vec::new();
        world.env.each_moved_page(|space, vpn| tlb::check_page(world, space, vpn, &mut found));
        report(world, task, found);
    }
}

fn report(world: &World<Stepped>, task: TaskId, violations: impl IntoIterator<Item = Violation>) {
    for v in violations {
        world.report(Finding::from((v, task)));
    }
}

/// Reports E06 for a frame, with the object and page that it belonged to: a finding just reported by the task that
/// freed it names them.
fn report_mapped(world: &World<Stepped>, task: TaskId, frame: FrameNo) {
    let cx = Cx::new(world, task, CpuId(0), ProcId(0), SpaceId(0));
    let detail = detail!("{} is free although {}", frame, cx.describe_mappings(frame));
    let freed = |f: &&Finding| f.kind == FindingKind::FreedWhileMapped && f.property != Property::E06;
    let (object, page) = world.env.findings().iter().rfind(freed).map_or((None, None), |f| (f.object, f.page));
    let about = About { object, page, frame: Some(frame) };
    world.report(Finding::new(FindingKind::FreedWhileMapped, Property::E06, task, about, detail));
}
