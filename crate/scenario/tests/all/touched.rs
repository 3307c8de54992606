//! The checks of every turn go by what it touched: they say what a look at the whole world says, turn by turn,
//! also where kernels and chance break it; and they cost what was touched, not what was declared.

use crate::random::{ALL, Dice, cases, concurrent, sequential};
use faultline_engine::check::structural::{Watch, check};
use faultline_engine::env::stepped::Keep;
use faultline_engine::env::{Cell, Guarded, Memory};
use faultline_engine::ids::{CpuId, ProcId, SpaceId, TaskId};
use faultline_engine::machine::memory::FRAME_WORDS;
use faultline_engine::policy::{PRESETS, Policy, SWITCHES};
use faultline_engine::sync::Mode;
use faultline_engine::word::Word;
use faultline_engine::{Cx, Stepped, World};
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::system::{SETUP, ScenarioSystem};
use faultline_sched::{Checks, Executor, System};
use proptest::prelude::*;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Random numbers.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// What came of a run.
#[derive(Default, Debug, PartialEq, Eq)]
struct Tally {
    turns: u32,
    /// Turns after which something was wrong.
    broken: u32,
    /// Turns after which something was suspected.
    suspected: u32,
    frames: u64,
    made: usize,
}

impl Tally {
    fn compare(&mut self, world: &World<Stepped>, watch: &mut Watch, twin: &mut Watch, what: &dyn Fn() -> String) {
        let (all, touched, suspects) = (check(world), watch.check(world), twin.may_be_wrong(world));
        assert_eq!(touched, all, "turn {}: {}", self.turns, what());
        self.turns += 1;
        self.broken += u32::from(!all.is_empty());
        self.suspected += u32::from(suspects);
    }
}

/// Plays a scenario at random and compares after every turn of the set-up and of the run.
fn compared(scenario: &Scenario, policy: &Policy, seed: u64, back: bool) -> (ScenarioSystem, Watch, Tally) {
    let keep = Keep { inputs: back, ..Keep::ALL };
    let system = ScenarioSystem::new(Rc::new(scenario.clone()), policy, keep).unwrap();
    let (mut watch, mut twin, mut tally) = (Watch::default(), Watch::default(), Tally::default());
    let what = || format!("{} {seed} on\n{scenario}", policy.name);
    let scenario_world = system.clone();
    let world = scenario_world.world();
    let mut body = system.set_up();
    for _ in 0..20_000 {
        world.env.switch_to(SETUP);
        let polled = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        world.env.leave();
        tally.compare(world, &mut watch, &mut twin, &what);
        if let Poll::Ready(()) = polled {
            break;
        }
    }
    world.env.reset_tasks();
    world.env.forget();
    let checks = Checks { frames: false, tlb: false, full: false, limit: 3_000 };
    let (mut executor, mut chance) = (Executor::new(system, checks), Chance(seed));
    while let Some(turn) = executor.runnable().nth(chance.below(executor.runnable().len())) {
        executor.step(turn).unwrap();
        tally.compare(world, &mut watch, &mut twin, &what);
        if back && chance.below(16) == 0 {
            (0..chance.below(4)).for_each(|_| _ = executor.back());
            tally.compare(world, &mut watch, &mut twin, &what);
        }
    }
    (tally.frames, tally.made) = (watch.frames_looked_at(), world.env.frames_made());
    (scenario_world, watch, tally)
}

fn policy(preset: usize, switch: usize) -> Policy {
    let preset = PRESETS[preset % PRESETS.len()].name;
    let plain = Policy::preset(preset).unwrap();
    // Half of them with one switch the other way round, or with a defect.
    let Some(info) = SWITCHES.get(switch % (2 * SWITCHES.len())) else { return plain };
    let changed = |sign: char| Policy::parse(&format!("{preset},{sign}{}", info.id));
    changed(if switch.is_multiple_of(3) { '-' } else { '+' }).ok().filter(|p| p.check().is_ok()).unwrap_or(plain)
}

/// Exchanges what two words hold that stand in the same place of two things.
trait Exchanged {
    fn exchange(&self, other: &Self, cx: &Cx<'_, Stepped>);
}

impl<T: Word> Exchanged for Cell<Stepped, T> {
    fn exchange(&self, other: &Self, cx: &Cx<'_, Stepped>) {
        let (mine, theirs) = (self.peek(&cx.env), other.peek(&cx.env));
        self.store(cx, theirs);
        other.store(cx, mine);
    }
}

impl<T: Word> Exchanged for Guarded<Stepped, T> {
    fn exchange(&self, other: &Self, cx: &Cx<'_, Stepped>) {
        let (mine, theirs) = (self.peek(&cx.env), other.peek(&cx.env));
        self.set(cx, theirs);
        other.set(cx, mine);
    }
}

/// Exchanges a word of two things of the same sort: nothing in the world allows that.
fn spoil(cx: &Cx<'_, Stepped>, chance: &mut Chance) {
    macro_rules! exchange {
        ($one:expr, $other:expr, $($field:ident)*) => {{
            let fields: &[&dyn Fn()] = &[$(&|| $one.$field.exchange(&$other.$field, cx)),*];
            fields[chance.below(fields.len())]();
        }};
    }
    let (world, env) = (cx.world(), &cx.env);
    let mut two = |count: usize| (chance.below(count), chance.below(count));
    match two(9).0 {
        0 | 1 => {
            let pages: Vec<_> = world.pages.made().collect();
            let (a, b) = two(pages.len());
            exchange!(pages[a], pages[b], object pindex busy ref_count valid dirty flags pv_head);
        }
        2 | 3 => {
            let (a, b) = two(world.objects.used(env) as usize);
            let (a, b) = (world.objects.peek(env, a as u32), world.objects.peek(env, b as u32));
            exchange!(a, b, kind flags size resident_page_count swap_count ref_count shadow_count shadow_head shadow_next
                backing_object paging_in_progress busy);
        }
        4 => {
            let (a, b) = two(world.entries.used(env) as usize);
            let (a, b) = (world.entries.peek(env, a as u32), world.entries.peek(env, b as u32));
            exchange!(a, b, object next);
        }
        5 => {
            let (a, b) = two(world.pvs.used(env) as usize);
            let (a, b) = (world.pvs.peek(env, a as u32), world.pvs.peek(env, b as u32));
            exchange!(a, b, space vpn next);
        }
        6 => {
            // What a lock excuses, and no longer once it is dropped.
            let (a, b) = two(world.spaces.used(env) as usize);
            let space = world.spaces.peek(env, a as u32);
            let lock = if b % 3 == 0 { &space.lock } else { &space.pmap.lock };
            if cx.holds(lock.id()).is_some() { lock.release(cx) } else { _ = lock.try_lock(cx, Mode::Write) }
        }
        _ => {
            // Words of frames: contents, and entries of tables.
            let words = (0..FRAME_WORDS).rev();
            let used = |frame| words.clone().find(|&word| env.frame_peek(frame, word) != 0).map(|word| (frame, word));
            let all: Vec<_> = world.pages.made().filter_map(|page| used(page.frame)).collect();
            let (a, b) = two(all.len());
            let (a, b) = (all[a], all[b]);
            let (mine, theirs) = (env.frame_peek(a.0, a.1), env.frame_peek(b.0, b.1));
            if a == b {
                env.frame_store(a.0, a.1, 0)
            } else {
                env.frame_store(a.0, a.1, theirs)
            }
            if mine & 1 == 0 {
                env.frame_store(b.0, b.1, mine)
            }
        }
    }
}

/// Spoils the world of a run that is over again and again, and compares after each time.
fn spoilt(scenario: &Scenario, policy: &Policy, seed: u64) -> Tally {
    let (system, mut watch, mut tally) = compared(scenario, policy, seed, false);
    let (world, mut chance) = (system.world(), Chance(!seed));
    let cx = Cx::new(world, TaskId(0), CpuId(0), ProcId(0), SpaceId(0));
    let mut twin = Watch::default();
    tally.broken = 0;
    for _ in 0..40 {
        let mark = world.env.checkpoint();
        spoil(&cx, &mut chance);
        let what = || format!("{} {seed} spoilt", policy.name);
        tally.compare(world, &mut watch, &mut twin, &what);
        // Sometimes it is repaired by going back, sometimes word by word: then the watch has to find it in the journal.
        if chance.below(2) == 0 {
            world.env.undo_to(mark);
        }
        tally.compare(world, &mut watch, &mut twin, &what);
    }
    tally
}

#[test]
fn checks_of_touched_words_agree_with_whole_checks_in_the_gallery() {
    let (mut broken, mut suspected, mut turns) = (0, 0, 0);
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap();
        for (at, preset) in PRESETS.iter().enumerate() {
            let tally = compared(&scenario, &policy(at, SWITCHES.len()), at as u64, false).2;
            (broken, suspected, turns) = (broken + tally.broken, suspected + tally.suspected, turns + tally.turns);
            assert!(tally.turns > 0, "{}", preset.name);
        }
    }
    // It suspects little else than what is.
    assert!(broken > 0 && suspected < broken + turns / 20, "{suspected} suspected and {broken} broken of {turns}");
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn checks_of_touched_words_agree_with_whole_checks_in_random_scenarios(
        before in prop::collection::vec(any::<Dice>(), 1..20),
        tasks in prop::collection::vec(prop::collection::vec(any::<Dice>(), 1..6), 1..5),
        (preset, switch, seed, back) in (any::<usize>(), any::<usize>(), any::<u64>(), any::<bool>()),
    ) {
        let (alone, together) = (sequential(ALL, &before), concurrent(ALL, &before, &tasks));
        for text in [alone, together] {
            compared(&parse("random", &text).unwrap(), &policy(preset, switch), seed, back);
        }
    }

    #[test]
    fn checks_of_touched_words_agree_with_whole_checks_in_mutated_scenarios(
        exhibit in 0..GALLERY.len(), cuts in prop::collection::vec((any::<usize>(), any::<bool>()), 1..4),
        (preset, switch, seed) in (any::<usize>(), any::<usize>(), any::<u64>()),
    ) {
        let mut lines: Vec<&str> = GALLERY[exhibit].text.lines().collect();
        for (at, twice) in cuts {
            let at = at % lines.len();
            if twice { lines.insert(at, lines[at]) } else { _ = lines.remove(at) }
        }
        if let Ok(scenario) = parse("mutated", &lines.join("\n"))
            && ScenarioSystem::new(Rc::new(scenario.clone()), &policy(preset, switch), Keep::ALL).is_ok()
        {
            compared(&scenario, &policy(preset, switch), seed, false);
        }
    }

    #[test]
    fn checks_of_touched_words_agree_with_whole_checks_in_corrupted_worlds(exhibit in 0..GALLERY.len(), seed in any::<u64>()) {
        spoilt(&GALLERY[exhibit].scenario().unwrap(), &policy(0, SWITCHES.len()), seed);
    }
}

#[test]
fn corrupting_a_world_violates_an_invariant() {
    let scenarios = GALLERY.iter().map(|exhibit| exhibit.scenario().unwrap());
    let tallies = scenarios.map(|scenario| spoilt(&scenario, &policy(0, SWITCHES.len()), 7));
    let (turns, broken) = tallies.fold((0, 0), |sum, tally| (sum.0 + 40, sum.1 + tally.broken));
    assert!(broken > turns / 3, "{broken} of {turns}");
}

#[test]
fn checks_cost_what_was_touched_and_not_the_size_of_the_world() {
    let text = gallery::find("g8").unwrap().text;
    let of = |frames: u32, swap: u32| {
        let scenario = parse("g8", &format!("frames {frames}\nswap {swap}\n{text}")).unwrap();
        compared(&scenario, &policy(0, SWITCHES.len()), 1, false).2
    };
    let (small, large) = (of(64, 64), of(65_536, 65_536));
    assert_eq!(small, large, "as many frames looked at, and as many made");
    assert!(large.frames < u64::from(large.turns) * 8, "{large:?}: few a turn");
}

#[test]
fn many_forks_cost_no_more_than_each_touches() {
    let of = |forks: usize| {
        let forks: String = (0..forks).map(|n| format!("A: fork B{n}\n")).collect();
        let text = format!("frames 65536\nsetup {{ process A; A: mmap va0\n{forks}}}\ntask T of A: exit\n");
        let scenario = parse("forks", &text).unwrap();
        let system = ScenarioSystem::new(Rc::new(scenario), &policy(0, SWITCHES.len()), Keep::ALL).unwrap();
        let (world, mut watch) = (system.world(), Watch::default());
        let mut body = system.set_up();
        let mut over = false;
        while !over {
            world.env.switch_to(SETUP);
            over = body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
            world.env.leave();
            assert!(!watch.may_be_wrong(world));
        }
        watch.frames_looked_at()
    };
    let (few, many) = (of(25), of(200));
    assert!(many < few * 10, "{few} frames looked at for 25 forks, {many} for 200");
}
