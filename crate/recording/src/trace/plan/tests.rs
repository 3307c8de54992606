use super::*;
use proptest::prelude::*;

/// A recording from lines without time and CPU: `1 fork 2`.
pub(in crate::trace) fn recording(lines: &str) -> Trace {
    let mut text = "#faultline-trace\t1\n".to_string();
    for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
        text += &format!("0\t0\t{}\n", line.split_whitespace().collect::<Vec<_>>().join("\t"));
    }
    Trace::from_bytes(text.as_bytes()).expect("a good recording")
}

/// The lanes as lines of the recording, counted from 1.
fn lanes(plan: &Plan) -> Vec<Vec<u32>> {
    plan.lanes().iter().map(|lane| lane.items.iter().map(|i| i.event + 1).collect()).collect()
}

#[test]
fn each_address_space_is_a_lane() {
    let plan = Plan::new(recording(
        "1 exec sh
         1 fork 2
         2 exec ls
         1 thread 3
         3 advise 0x1000 0x1000 4
         2 exit
         1 exec make
         3 exit
         1 exit",
    ));
    assert_eq!(lanes(&plan), [vec![1, 2, 4, 5, 7, 8], vec![3], vec![6], vec![9]]);
    assert_eq!(plan.lanes()[0].items[1].births, Some(1));
    assert_eq!(plan.lanes()[1].items[0].births, Some(2));
    assert_eq!(plan.lanes()[0].items[4].births, Some(3));
    assert_eq!(plan.recorded(), 9);
}

#[test]
fn a_vfork_parent_goes_on_after_the_childs_exec_or_exit() {
    // In the file the parent continues too early each time.
    let plan = Plan::new(recording(
        "1 exec sh
         1 vfork 2
         1 advise 0x1000 0x1000 4
         1 vfork 3
         2 advise 0x2000 0x1000 4
         3 exit
         2 exec ls
         1 exit
         2 exit",
    ));
    assert_eq!(lanes(&plan), [vec![1, 2, 5, 7, 3, 4, 6, 8], vec![9]]);
    let order: Vec<_> =
        plan.in_order().iter().map(|&(lane, place)| lanes(&plan)[lane as usize][place as usize]).collect();
    assert_eq!(order, [1, 2, 5, 7, 3, 4, 6, 8, 9]);
}

#[test]
fn processes_without_an_exit_get_one_the_youngest_first() {
    let plan = Plan::new(recording(
        "1 exec sh
         1 fork 2
         1 vfork 3
         1 fork 4",
    ));
    assert_eq!(plan.recorded(), 4);
    let exits: Vec<_> = plan.trace().events[4..].iter().map(|e| (e.process, e.op, e.line)).collect();
    assert_eq!(exits, [3, 2, 1, 0].map(|process| (process, Op::Exit, 0)));
    // The vfork child's exit lets the parent fork, and only then there is a process 4.
    assert_eq!(lanes(&plan), [vec![1, 2, 3, 6, 4, 8], vec![7], vec![5]]);
    assert_eq!(plan.in_order().len(), 8);
}

#[test]
fn an_empty_recording_has_an_empty_plan() {
    let plan = Plan::new(Trace::default());
    assert!(plan.in_order().is_empty() && plan.lanes().is_empty());
}

/// A process with `mappings` mappings that forks `forks` children, each of which does `acts`.
fn forks(mappings: u32, forks: u32, acts: &str) -> Trace {
    let mut lines = String::from("1 exec sh\n");
    for n in 0..mappings {
        lines += &format!("1 map {:#x} 0x1000 rw- private anon\n", 0x1000_0000 + u64::from(n) * 0x2000);
    }
    for child in 2..forks + 2 {
        lines += &format!("1 fork {child}\n");
        for act in acts.split_terminator(';') {
            lines += &format!("{child} {act}\n");
        }
    }
    recording(&lines)
}

fn built(trace: &Trace, most: usize) -> Builder<'_> {
    let mut builder = Builder::new(trace, most);
    builder.build();
    builder
}

#[test]
fn a_fork_copies_no_map_before_it_changes() {
    // Reading and writing what is mapped changes none.
    let trace = forks(300, 300, "fault 0x10000000 w absent user");
    let plan = built(&trace, MAPPINGS);
    assert_eq!((plan.copied, plan.mappings), (0, 300 * 301));
    // Who changes one pays for its own.
    let trace = forks(300, 300, "unmap 0x10000000 0x1000");
    assert_eq!(built(&trace, MAPPINGS).copied, 300 * 300);
}

#[test]
fn a_map_goes_with_the_last_process_in_it() {
    let trace = forks(50, 40, "unmap 0x10000000 0x1000;exit");
    let plan = built(&trace, MAPPINGS);
    assert_eq!(plan.mappings, 50, "only the parent's is left");
    assert!(plan.maps[1..].iter().all(|space| space.map.len() == 0));
    // A thread keeps it, an exec leaves it.
    let trace = recording(
        "1 exec sh
         1 map 0x10000 0x1000 rw- private anon
         1 thread 2
         1 exec ls
         2 fault 0x10000 w absent user
         2 exit
         1 exit",
    );
    let plan = built(&trace, MAPPINGS);
    assert_eq!(plan.lanes[0].items[4].expect, Expect::Served, "the thread still has it");
    assert_eq!((plan.mappings, plan.living), (0, 0));
}

#[test]
fn too_many_mappings_at_once_are_refused_before_the_replay() {
    let trace = forks(100, 50, "");
    assert_eq!(built(&trace, 100 * 51).beyond, None);
    let plan = built(&trace, 1_000);
    // A header, an exec, 100 mappings, and the tenth fork.
    assert_eq!((plan.beyond, plan.lanes.len()), (Some(2 + 100 + 10), 11));
    let trace = forks(100, 50, "exit");
    assert_eq!(built(&trace, 200).beyond, None, "they are not there at once");
    let refused = Plan { beyond: Some(7), ..Plan::default() }.fits().expect_err("too many").to_string();
    assert!(refused.starts_with("line 7: more than 1,048,576 mappings in all address spaces together"), "{refused}");
}

#[test]
fn checks_cost_no_more_than_the_events() {
    let checks = |plan: &Builder<'_>| plan.lanes.iter().flat_map(|l| &l.items).filter(|item| item.check).count();
    let few = forks(10, 300, "exit");
    assert_eq!((checks(&built(&few, MAPPINGS)), built(&few, MAPPINGS).unchecked), (601, 0));
    // However many there are and however large the world is.
    for (mappings, children) in [(10, 5_000), (3_000, 300), (300, 3_000)] {
        let trace = forks(mappings, children, "");
        let plan = built(&trace, MAPPINGS);
        let events = plan.places.len() as u64;
        assert!(plan.spent <= CHECKS_FREE + CHECKS_PER_EVENT * events, "{}", plan.spent);
        let all = plan.lanes.iter().flat_map(|l| &l.items);
        let candidates = all.filter(|i| matches!(trace.events[i.event as usize].op, Op::Fork { .. } | Op::Exec { .. }));
        assert_eq!(checks(&plan) + plan.unchecked as usize, candidates.count());
    }
}

/// What a process of a generated recording does next.
#[derive(Clone, Copy, Debug)]
enum Act {
    Work,
    Fork,
    Vfork,
    Thread,
    Exec,
    Exit,
}

prop_compose! {
    /// A recording: at each step some living process makes an event. Processes are not stopped while their vfork
    /// children live, so the file sometimes violates that order.
    pub(in crate::trace) fn any_recording()(steps in prop::collection::vec((any::<u16>(), 0..20u8), 0..80)) -> Trace {
        let mut alive = vec![1u32];
        let mut next = 2;
        let mut lines = "1 exec sh\n".to_string();
        for (who, what) in steps {
            if alive.is_empty() {
                break;
            }
            let at = who as usize % alive.len();
            let process = alive[at];
            let act = match what {
                0..=2 => Act::Fork,
                3..=4 => Act::Vfork,
                5 => Act::Thread,
                6..=8 => Act::Exec,
                9..=11 => Act::Exit,
                _ => Act::Work,
            };
            match act {
                Act::Fork | Act::Vfork | Act::Thread => {
                    lines += &format!("{process} {} {next}\n", format!("{act:?}").to_lowercase());
                    alive.push(next);
                    next += 1;
                }
                Act::Exec => lines += &format!("{process} exec p{process}\n"),
                Act::Exit => {
                    lines += &format!("{process} exit\n");
                    alive.remove(at);
                }
                Act::Work => lines += &format!("{process} advise 0x1000 0x1000 {what}\n"),
            }
        }
        recording(&lines)
    }
}

/// The order constraints between events (rulings R36), computed directly and independently of the plan: pairs of
/// (before, after). File order within an address space yields to a vfork, as the plan's own order does.
pub(in crate::trace) fn constraints(trace: &Trace) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let mut last: Vec<Option<u32>> = vec![None; trace.processes.len()];
    let mut birth: Vec<Option<u32>> = vec![None; trace.processes.len()];
    let mut lender: Vec<Option<u32>> = vec![None; trace.processes.len()];
    let mut released: Vec<Vec<u32>> = vec![Vec::new(); trace.processes.len()];
    // A parent's next event after a vfork waits for an event that comes later in the file.
    let mut waits: Vec<(u32, u32)> = Vec::new();
    for (index, event) in trace.events.iter().enumerate() {
        let (index, p) = (index as u32, event.process as usize);
        pairs.extend(last[p].or(birth[p]).map(|before| (before, index)));
        for before in std::mem::take(&mut released[p]) {
            pairs.push((before, index));
        }
        if let Some(before) = last[p]
            && let Op::Vfork { child } = trace.events[before as usize].op
            && lender[child as usize].is_some()
        {
            waits.push((child, index));
        }
        last[p] = Some(index);
        match event.op {
            Op::Fork { child } | Op::Thread { child } => birth[child as usize] = Some(index),
            Op::Vfork { child } => {
                birth[child as usize] = Some(index);
                lender[child as usize] = Some(event.process);
            }
            Op::Exec { .. } | Op::Exit => {
                if let Some(parent) = lender[p].take() {
                    released[parent as usize].push(index);
                    pairs.extend(waits.iter().filter(|w| w.0 as usize == p).map(|w| (index, w.1)));
                }
            }
            _ => {}
        }
    }
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_the_plan_keeps_every_constraint(trace in any_recording()) {
        let plan = Plan::new(trace);
        let mut position = vec![usize::MAX; plan.trace().events.len()];
        for (at, &(lane, place)) in plan.in_order().iter().enumerate() {
            let item = plan.item(lane, place).expect("an item");
            prop_assert_eq!(position[item.event as usize], usize::MAX, "twice");
            position[item.event as usize] = at;
        }
        prop_assert!(position.iter().all(|&at| at != usize::MAX), "an event is lost");
        for (before, after) in constraints(plan.trace()) {
            prop_assert!(position[before as usize] < position[after as usize], "{before} must come before {after}");
        }
        // Within a lane the order is the file's, except for events that a vfork delayed.
        if !plan.trace().events.iter().any(|e| matches!(e.op, Op::Vfork { .. })) {
            for lane in plan.lanes() {
                prop_assert!(lane.items.windows(2).all(|w| w[0].event < w[1].event));
            }
        }
    }
}
