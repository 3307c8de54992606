//! Runs with more tasks than a search can have.

use faultline_engine::event::Event;
use faultline_engine::policy::Policy;
use faultline_explore::{Choices, MAX_TASKS, Tasks};
use faultline_scenario::link::{Link, Source, open_text};
use faultline_scenario::model::Scenario;
use faultline_scenario::parse::parse;
use faultline_scenario::player::{PlayError, Player, Scheduling};
use faultline_scenario::search::{Method, Request, SearchJob};
use faultline_sched::{Checks, Progress};
use std::fmt::Write;

const PROCESSES: usize = 90;

/// Processes that share their pages copy-on-write, each with three tasks at them; in every third one the third task
/// forks a child, a task of its own: 300 tasks.
fn text() -> String {
    let mut text = String::from(
        "title Many\npages 2\nframes 4096\ncpus 64\nsetup {\n  process P\n  P: mmap va0; store va0 X0; store va1 Y0\n",
    );
    for n in 0..PROCESSES {
        writeln!(text, "  P: fork A{n}").unwrap();
    }
    text += "}\n";
    for n in 0..PROCESSES {
        let third = if n % 3 == 0 {
            format!("{{ fork C{n} {{ store va1 Z{n} }}; load va1 }}")
        } else {
            "{ load va1 = Y0 }".into()
        };
        writeln!(text, "task R{n} of A{n}: load va0\ntask S{n} of A{n}: store va0 W{n}\ntask F{n} of A{n} {third}")
            .unwrap();
    }
    text
}

fn many() -> Scenario {
    parse("many", &text()).unwrap()
}

fn kernel() -> Policy {
    Policy::parse("main").unwrap()
}

fn played(how: &Scheduling) -> Player {
    let mut player = Player::new(&many(), &kernel(), Checks::FULL).unwrap();
    assert_eq!(player.play(how), Ok(Progress::Finished));
    assert_eq!(player.findings(), []);
    player
}

#[test]
fn three_hundred_tasks_run_to_their_end_and_back() {
    let mut player = played(&Scheduling::Random(3));
    assert_eq!(player.tasks().len(), 300);
    assert!(player.tasks().iter().all(|task| task.state == "done"));
    let sleepers =
        player.run().events().iter().filter(|r| matches!(r.event, Event::Sleep { .. }) && r.task.0 > MAX_TASKS as u32);
    assert!(sleepers.count() > 20, "tasks beyond the bits of a word sleep and are woken");
    let run = player.run_mut();
    let (end, fingerprint, steps) = (run.position(), run.fingerprint(), run.steps());
    // Who could run is known of every turn, and is what the run says when it stands there.
    for at in [1, 40, 500, end - 1] {
        assert!(run.seek(at));
        assert_eq!(&run.trail()[at - 1].runnable, run.runnable(), "after turn {at}");
        let taken = &run.trail()[at - 1];
        assert_eq!(taken.at, run.executor().at(taken.task));
    }
    assert!(run.seek(end / 2) && run.back() && run.seek(end));
    assert_eq!((run.fingerprint(), run.steps()), (fingerprint, steps));
    // Another way from the middle on, by a task beyond the bits of a word.
    assert!(run.seek(end / 2));
    let other = run.runnable().iter().last().unwrap();
    assert!(other.0 > MAX_TASKS as u32);
    run.step_task(other).unwrap();
    assert_eq!(&run.trail()[end / 2].runnable, run.runnable());
}

#[test]
fn its_choices_and_its_link_lead_there_again() {
    let mut player = played(&Scheduling::Random(5));
    let (text, fingerprint) = (player.run().choices().to_string(), player.run().fingerprint());
    assert!(text.contains('_'), "a choice beyond the letters is a number");
    let again = played(&Scheduling::Choices(text.parse::<Choices>().unwrap()));
    assert_eq!(again.run().fingerprint(), fingerprint);
    let source = Source::of("many", &self::text());
    let end = player.run().position();
    let link = Link::to(&mut player, source, end, None).unwrap().to_string();
    let opened = open_text(&link).unwrap();
    assert_eq!((opened.player.run().fingerprint(), opened.differs), (fingerprint, vec![]));
}

#[test]
fn a_search_of_it_is_refused() {
    let request = Request { method: Method::Exhaustive, ..Request::default() };
    let refused = SearchJob::new(&many(), &kernel(), request, true).map(|_| ()).unwrap_err();
    assert!(matches!(refused, PlayError::TooManyTasks { tasks: 300, most: 63, .. }), "{refused}");
    let said = refused.to_string();
    assert!(
        said.contains("a search takes at most 63") && said.contains("run this one with random schedules"),
        "{said}"
    );
}
