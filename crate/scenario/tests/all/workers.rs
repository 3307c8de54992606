//! One worker or many: scenarios come to the same verdict and the same schedule (rulings R44).

use faultline_engine::env::stepped::Keep;
use faultline_engine::policy::Policy;
use faultline_explore::Verdict;
use faultline_explore::model::Wanted;
use faultline_explore::parallel::ParallelSearch;
use faultline_scenario::parse::parse;
use faultline_scenario::search::executor_for;
use std::rc::Rc;
use std::thread;

const SETUP: &str = "frames 40\npages 2\nsetup {
  process P
  P: mmap va0; store va0 X0; store va1 Y0
  P: fork A
  A: store va1 Y1
  A: fork B
}\n";

const SCENARIOS: &[(&str, &str)] = &[
    ("copy-copy", "task S of A: store va0 Z0\ntask T of B: store va0 Z1"),
    ("store-load", "task S of A: store va0 Z0\ntask L of A: load va0 = X0"),
    ("exit-exit", "task E of A: exit\ntask D of B: exit"),
];

fn verdict(text: &str, preset: &str, workers: usize) -> Option<Verdict> {
    let parallel = ParallelSearch::new(workers, Wanted::Any);
    thread::scope(|scope| {
        for index in 0..workers {
            let parallel = &parallel;
            scope.spawn(move || {
                let scenario = Rc::new(parse("s", text).unwrap());
                let policy = Policy::preset(preset).unwrap();
                parallel.work(index, &mut executor_for(&scenario, &policy, Keep::SEARCH).unwrap());
            });
        }
    });
    parallel.verdict()
}

#[test]
fn scenarios_have_the_same_verdict_with_any_number_of_workers() {
    let mut found = 0;
    for (name, tasks) in SCENARIOS {
        let text = format!("{SETUP}{tasks}\n");
        for preset in ["2019-12", "2020-01-fixed", "main"] {
            let alone = verdict(&text, preset, 1);
            assert!(matches!(alone, Some(Verdict::Found(_) | Verdict::Complete)), "{name} on {preset}: {alone:?}");
            found += usize::from(matches!(alone, Some(Verdict::Found(_))));
            for workers in 2..=3 {
                assert_eq!(verdict(&text, preset, workers), alone, "{name} on {preset}, {workers} workers");
            }
        }
    }
    assert!(found > 0 && found < 3 * SCENARIOS.len());
}
