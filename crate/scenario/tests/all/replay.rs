//! A run is its choices: the same ones give the same run, on any way to get there.

use faultline_engine::env::Report;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_scenario::gallery::{self, GALLERY};
use faultline_scenario::model::{Op, Scenario, Statement};
use faultline_scenario::player::{Player, Scheduling, run};
use faultline_scenario::value::Value;
use faultline_sched::{Checks, System};

fn exhibit(name: &str) -> Scenario {
    gallery::find(name).unwrap().scenario().unwrap()
}

fn player(scenario: &Scenario, preset: &str) -> Player {
    Player::new(scenario, &Policy::preset(preset).unwrap(), Checks::default()).unwrap()
}

#[test]
fn the_choices_of_a_report_give_the_same_report() {
    for exhibit in GALLERY {
        let scenario = exhibit.scenario().unwrap();
        for preset in PRESETS {
            for how in [Scheduling::Default, Scheduling::TaskOrder, Scheduling::Random(7), Scheduling::Random(8)] {
                let mut first = player(&scenario, preset.name);
                first.play(&how).unwrap();
                let expected = first.report();
                let mut second = player(&scenario, preset.name);
                second.play(&Scheduling::Choices(expected.choices.parse().unwrap())).unwrap();
                let mut again = second.report();
                // These two belong to stored schedules alone.
                again.parted.clone_from(&expected.parted);
                assert_eq!(again, expected, "{} on {} {how:?}", exhibit.name, preset.name);
                assert!(first.events().eq(second.events()));
                assert_eq!(first.names(), second.names());
            }
        }
    }
}

#[test]
fn playing_twice_gives_the_same_report() {
    for name in ["t3", "t3-story", "g7"] {
        let mut player = player(&exhibit(name), "2019-12");
        player.play(&Scheduling::Default).unwrap();
        let (report, events) = (player.report(), player.events().copied().collect::<Vec<_>>());
        player.play(&Scheduling::Random(3)).unwrap();
        player.play(&Scheduling::Default).unwrap();
        assert_eq!(player.report(), report);
        assert!(player.events().eq(&events));
    }
}

#[test]
fn stepping_back_and_forth_shows_the_same_states_and_events() {
    for (name, preset) in [("t3", "2019-12"), ("t3-story", "2020-01-fixed"), ("g2", "main"), ("g10", "2021")] {
        let mut player = player(&exhibit(name), preset);
        player.play(&Scheduling::Default).unwrap();
        let end = player.run().position();
        let whole: Vec<_> = player.events().copied().collect();
        let seen: Vec<_> = (0..=end)
            .map(|turn| {
                assert!(player.run_mut().seek(turn));
                (player.run().fingerprint(), player.events().count(), player.report(), player.tasks())
            })
            .collect();
        for turn in (0..=end).rev().step_by(7).chain([end, 0, end / 2]) {
            player.run_mut().seek(turn);
            let (fingerprint, events, report, tasks) = &seen[turn];
            assert_eq!(
                (player.run().fingerprint(), player.events().count()),
                (*fingerprint, *events),
                "{name} turn {turn}"
            );
            assert_eq!((&player.report(), &player.tasks()), (report, tasks));
            assert!(player.events().eq(&whole[..*events]), "events are a prefix of the whole");
        }
        assert!(player.run_mut().seek(1) && player.run_mut().back());
        assert_eq!(player.run().fingerprint(), seen[0].0);
    }
}

#[test]
fn a_run_can_be_stepped_by_task_name() {
    let mut player = player(&exhibit("t3"), "2019-12");
    player.step("B1").unwrap();
    player.step("A1").unwrap();
    let tasks = player.tasks();
    assert_eq!((tasks[0].name.as_str(), tasks[0].state, tasks[0].at.label()), ("B1", "ready", "access"));
    assert_eq!((tasks[3].name.as_str(), tasks[3].state), ("C", "unborn"));
    assert!(player.step("C").unwrap_err().to_string().contains("cannot run"));
    assert!(player.step("nobody").unwrap_err().to_string().contains("the tasks are B1, A1, A2, C, G"));
    let error = player.play(&Scheduling::Schedule("other".into())).unwrap_err().to_string();
    assert!(error.contains("it has story"), "{error}");
}

/// All scenarios that differ from this one in one stored value.
fn other_values(scenario: &Scenario) -> Vec<Scenario> {
    fn stores(ops: &mut [Op]) -> impl Iterator<Item = &mut Option<Value>> {
        ops.iter_mut().filter_map(|op| if let Op::Store(_, value) = op { Some(value) } else { None })
    }
    fn all(scenario: &mut Scenario) -> Vec<&mut Option<Value>> {
        let statements = scenario.setup.iter_mut().chain(&mut scenario.sequence);
        let sequential = statements.filter_map(|d| if let Statement::Do(_, ops) = d { Some(ops) } else { None });
        sequential.chain(scenario.tasks.iter_mut().map(|t| &mut t.ops)).flat_map(|ops| stores(ops)).collect()
    }
    let count = all(&mut scenario.clone()).len();
    let changed = |nth: usize| {
        let mut other = scenario.clone();
        let mut stores: Vec<&mut Option<Value>> = all(&mut other);
        *stores[nth] = Some(Value(0x5a5a_0000 + nth as u64));
        other
    };
    (0..count).map(changed).collect()
}

#[test]
fn any_stored_value_changes_the_fingerprint() {
    // In these every value that was stored is still somewhere at the end.
    for name in ["t3", "g1", "g4", "g10"] {
        let scenario = exhibit(name);
        let fingerprint =
            |s: &Scenario| run(s, &Policy::preset("main").unwrap(), &Scheduling::Default).unwrap().fingerprint;
        let mut fingerprints = vec![fingerprint(&scenario)];
        let others = other_values(&scenario);
        assert!(others.len() >= 3);
        let lost = match name {
            // G exits, and what it alone could see goes with it; the tail of g10 is unmapped.
            "t3" => vec![1],
            "g10" => vec![1, 4],
            _ => vec![],
        };
        for (nth, other) in others.iter().enumerate() {
            let fingerprint = fingerprint(other);
            assert_eq!(fingerprints.contains(&fingerprint), lost.contains(&nth), "{name}: store {nth}");
            fingerprints.push(fingerprint);
        }
    }
}

#[test]
fn any_changed_reference_count_or_contents_changes_the_fingerprint() {
    let mut player = player(&exhibit("t3"), "main");
    player.play(&Scheduling::Default).unwrap();
    let world = player.run().system().world();
    let before = world.env.fingerprint();
    let mut changed = 0;
    for id in 0..world.objects.used(&world.env) {
        let object = world.objects.peek(&world.env, id);
        if object.ref_count.peek(&world.env) == 0 {
            continue;
        }
        for count in [&object.ref_count, &object.paging_in_progress, &object.busy] {
            count.note(&world.env, 1);
            assert_ne!(world.env.fingerprint(), before);
            count.note(&world.env, -1);
            assert_eq!(world.env.fingerprint(), before, "and back");
            changed += 1;
        }
    }
    for page in world.pages.made() {
        if page.object.peek(&world.env).is_none() {
            continue;
        }
        use faultline_engine::env::Memory;
        let word = world.env.frame_peek(page.frame, 0);
        world.env.frame_store(page.frame, 0, word ^ 1);
        assert_ne!(world.env.fingerprint(), before);
        world.env.frame_store(page.frame, 0, word);
        assert_eq!(world.env.fingerprint(), before, "and back");
        changed += 1;
    }
    assert!(changed > 8, "{changed}");
    assert_eq!(world.env.steps(), player.run().steps());
}
