//! Where steps stand in FreeBSD's source: the table, and every step of the gallery on every preset.

use faultline_engine::policy::{PRESETS, Policy};
use faultline_engine::routine::Routine;
use faultline_engine::step::Step;
use faultline_scenario::gallery::{GALLERY, find};
use faultline_scenario::places::places;
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;
use std::collections::BTreeSet;

fn played(name: &str, policy: &str, how: &Scheduling) -> Player {
    let scenario = find(name).unwrap().scenario().unwrap();
    let mut player = Player::new(&scenario, &Policy::parse(policy).unwrap(), Checks::default()).unwrap();
    player.play(how).unwrap();
    player
}

const DOCS: &str = include_str!("../../../../docs/places.md");

#[test]
fn every_routine_has_one_name_on_every_preset_and_a_row_in_the_docs() {
    let mut missing = Vec::new();
    for &routine in Routine::ALL {
        for preset in PRESETS {
            let Some(place) = routine.place(preset.name) else {
                assert_eq!(routine, Routine::User, "{routine:?} has no name on {}", preset.name);
                continue;
            };
            let row = format!("`{}`", place.routine);
            if !DOCS.contains(&row) {
                missing.push(row);
            }
            assert!(place.file.starts_with("sys/") && place.file.ends_with(".c"), "{routine:?}: {}", place.file);
            // Docs say from which commit a preset's links come.
            let commit = place.url.as_ref().map(|url| url.split('/').nth(6).unwrap().to_owned());
            assert!(commit.as_ref().is_none_or(|commit| DOCS.contains(commit)), "{commit:?}");
        }
    }
    assert_eq!(missing, [""; 0], "docs/places.md does not say against what they were checked");
}

#[test]
fn what_a_later_kernel_has_cut_out_has_the_older_name_before() {
    let names = |routine: Routine| PRESETS.iter().map(|preset| routine.place(preset.name).unwrap().routine).collect();
    let cow: Vec<_> = names(Routine::FaultCow);
    assert_eq!(cow, [&["vm_fault"; 4][..], &["vm_fault_cow"; 4]].concat());
    let walk: Vec<_> = names(Routine::FaultObject);
    assert_eq!(walk, [&["vm_fault"; 6][..], &["vm_fault_object"; 2]].concat());
}

/// The whole gallery, on every preset, in stored and in random order.
#[test]
fn every_step_has_a_place_on_every_preset_or_a_reason_why_not() {
    let (mut steps, mut passed, mut unplaced) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for exhibit in GALLERY {
        for preset in PRESETS {
            for how in [Scheduling::Default, Scheduling::Random(1)] {
                let player = played(exhibit.name, preset.name, &how);
                let placed = places(&player);
                assert_eq!(placed.len(), player.run().trail().len());
                for one in placed {
                    let step = Step::from_label(one.at).unwrap();
                    assert_eq!(one.place.is_some(), one.outside.is_none());
                    if one.place.is_none() && step.outside().is_none() {
                        unplaced.insert(format!("{} {}", exhibit.name, one.at));
                    }
                    steps.insert(step.label());
                    passed.extend(one.place.map(|place| place.routine));
                }
            }
        }
    }
    assert_eq!(unplaced.iter().collect::<Vec<_>>(), UNPLACED);
    // A step has no routine of its own: where the gallery does not take it, only the routines are known to have places.
    let unseen: Vec<_> = Step::ALL.iter().map(|step| step.label()).filter(|label| !steps.contains(label)).collect();
    assert_eq!(unseen, UNSEEN);
    assert!(passed.len() > 30, "{passed:?}");
}

/// Operations that only scenarios have: a bare collapse, and the search for the page that an operation names.
const UNPLACED: &[&str] = &[
    "clean-laundry object_lock",
    "free-shared object_lock",
    "g13 object_lock",
    "g14 object_lock",
    "g15 object_lock",
    "of4 object_lock",
    "p2 object_lock",
    "p2 object_unlocked",
    "p2 ref_add",
];

/// Steps that no scenario of the gallery takes in these orders: locks that are free when they are tried, and what needs a
/// file, a vfork, little memory or a switch that no preset has.
const UNSEEN: &[&str] = &[
    "vnode_lock",
    "vnode_unlocked",
    "pmap_lock",
    "pip_add",
    "pmap_copy",
    "pte_exchanged",
    "pte_raise",
    "memory_wait",
    "vfork_wait",
    "pmap_copy_page",
];

#[test]
fn a_lock_is_taken_where_the_task_is() {
    let player = played("t3", "2020-01-collapse", &Scheduling::Default);
    let of = |task: &str| -> Vec<_> {
        let placed = places(&player).into_iter();
        placed
            .filter(|one| one.task == task && one.at == "object_lock")
            .filter_map(|one| one.place.map(|place| place.routine))
            .collect()
    };
    let (fault, fork, exit) = (of("B1"), of("A2"), of("G"));
    assert!(fault.contains(&"vm_fault_soft_fast") || fault.contains(&"vm_fault_next"), "{fault:?}");
    assert!(fork.contains(&"vm_object_backing_collapse_wait"), "{fork:?}");
    assert!(exit.contains(&"vm_object_deallocate"), "{exit:?}");
}

/// A task that another one has interrupted returns to its own routine, and a step by hand after going back too.
#[test]
fn going_back_changes_no_place() {
    let mut player = played("t3", "2019-12", &Scheduling::Default);
    let before = places(&player);
    let end = player.run().trail().len();
    for at in [end / 2, end, 1, end] {
        player.run_mut().seek(at);
        assert_eq!(places(&player), before);
    }
}
