use super::*;
use crate::trace::plan::tests::{any_recording, constraints};
use proptest::prelude::*;
use std::sync::atomic::AtomicU32;

/// Logs each event and its CPU instead of performing it.
struct Scribe<'p> {
    plan: &'p Plan,
    log: Mutex<Vec<u32>>,
    /// The CPU in each lane, plus one.
    inside: Vec<AtomicU32>,
    faults: AtomicU32,
    inside_events: AtomicU32,
    fail_at: u32,
}

struct Desk {
    number: u32,
    lane: Option<LaneId>,
}

impl Scribe<'_> {
    fn note(&self, wrong: bool) {
        self.faults.fetch_add(u32::from(wrong), Ordering::SeqCst);
    }
}

impl Performer for Scribe<'_> {
    type Cpu = Desk;

    fn enter(&self, cpu: &mut Desk, lane: LaneId) {
        self.idle(cpu);
        self.note(self.inside[lane as usize].swap(cpu.number + 1, Ordering::SeqCst) != 0);
        cpu.lane = Some(lane);
    }
    fn perform(&self, cpu: &mut Desk, lane: LaneId, item: Item) -> Result<(), Halt> {
        if cpu.lane != Some(lane) {
            self.enter(cpu, lane);
        }
        self.inside_events.fetch_add(1, Ordering::SeqCst);
        if item.event == self.fail_at {
            return Err(Halt);
        }
        self.log.lock().push(item.event);
        self.inside_events.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
    fn idle(&self, cpu: &mut Desk) {
        if let Some(old) = cpu.lane.take() {
            self.note(self.inside[old as usize].swap(0, Ordering::SeqCst) != cpu.number + 1);
        }
    }
    fn batch_done(&self, _: &mut Desk) {}
    fn wants_check(&self, item: Item) -> bool {
        item.births.is_some()
    }
    fn check(&self, _: &mut Desk) {
        self.note(self.inside_events.load(Ordering::SeqCst) != 0);
    }
}

fn played(plan: &Plan, workers: u32, budget: u64, fail_at: u32) -> (Vec<u32>, u32) {
    let scribe = Scribe {
        plan,
        log: Mutex::default(),
        inside: plan.lanes().iter().map(|_| AtomicU32::new(0)).collect(),
        faults: AtomicU32::new(0),
        inside_events: AtomicU32::new(0),
        fail_at,
    };
    let lanes = LaneScheduler::new(plan);
    std::thread::scope(|scope| {
        for number in 0..workers {
            let (lanes, scribe) = (&lanes, &scribe);
            scope.spawn(move || {
                let mut desk = Desk { number, lane: None };
                while !lanes.is_done() {
                    lanes.work(scribe.plan, scribe, &mut desk, budget);
                }
            });
        }
    });
    let log = std::mem::take(&mut *scribe.log.lock());
    (log, scribe.faults.into_inner())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_number_of_workers_keeps_the_order(trace in any_recording(), workers in 1..5u32, budget in 1..50u64) {
        let plan = Plan::new(trace);
        let (log, faults) = played(&plan, workers, budget, u32::MAX);
        prop_assert_eq!(faults, 0, "two CPUs in one lane, or a check amid events");
        prop_assert_eq!(log.len(), plan.trace().events.len());
        let mut position = vec![0; log.len()];
        log.iter().enumerate().for_each(|(at, &event)| position[event as usize] = at);
        for (before, after) in constraints(plan.trace()) {
            prop_assert!(position[before as usize] < position[after as usize], "{before} must come before {after}");
        }
        for lane in plan.lanes() {
            prop_assert!(lane.items.windows(2).all(|w| position[w[0].event as usize] < position[w[1].event as usize]));
        }
    }

    #[test]
    fn a_halt_ends_all_workers(trace in any_recording(), workers in 1..5u32, fail_at in 0..40u32) {
        let plan = Plan::new(trace);
        let (log, _) = played(&plan, workers, u64::MAX, fail_at);
        prop_assert!(!log.contains(&fail_at));
    }
}

#[test]
fn an_empty_plan_is_done_at_once() {
    let plan = Plan::default();
    assert!(LaneScheduler::new(&plan).is_done());
    assert!(played(&plan, 2, 5, u32::MAX).0.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn one_worker_keeps_the_plans_order(trace in any_recording(), budget in 1..300u64) {
        let plan = Plan::new(trace);
        let vforks = plan.trace().events.iter().any(|e| matches!(e.op, crate::trace::Op::Vfork { .. }));
        let (log, _) = played(&plan, 1, budget, u32::MAX);
        let order: Vec<_> = plan.in_order().iter().filter_map(|&(lane, place)| plan.item(lane, place)).map(|i| i.event).collect();
        // Events delayed by a vfork may be late in more than one lane.
        prop_assert!(vforks || log == order, "{log:?}\n{order:?}");
    }
}
