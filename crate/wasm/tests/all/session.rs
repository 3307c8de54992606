//! Sessions as the page drives them, natively: what crosses to JavaScript is made here.

use faultline_engine::event::Event;
use faultline_engine::policy::Policy;
use faultline_scenario::gallery;
use faultline_scenario::player::{Player, Scheduling};
use faultline_sched::Checks;
use faultline_wasm::Session;
use faultline_wasm::manual::Operation;
use faultline_wasm::step_record::StepRecord;

fn session(name: &str, policy: &str) -> Session {
    let source = gallery::find(name).expect("it is in the gallery").text;
    Session::new(source, policy).expect("it is sound")
}

fn kinds(steps: &[StepRecord]) -> Vec<&'static str> {
    steps.iter().flat_map(|c| &c.findings).map(|f| f.kind.name()).collect()
}

#[test]
fn the_story_ends_in_a_finding_before_the_fix_and_not_after_it() {
    let before = session("t3-story", "2019-12").open().expect("it plays");
    assert!(kinds(&before.steps).contains(&"freed-while-mapped"), "{:?}", kinds(&before.steps));
    assert!(before.steps.last().is_some_and(|last| last.done));
    let after = session("t3-story", "2020-01-fixed").open().expect("it plays");
    assert_eq!(kinds(&after.steps), Vec::<&str>::new());
    // The exit has to wait: the schedule cannot be followed to the letter, and the page says where.
    assert!(before.steps.iter().all(|c| c.parted.is_empty()));
    assert!(after.steps.iter().any(|c| !c.parted.is_empty()));
}

/// What `faultline run --events` prints is what the page folds (rulings R40).
#[test]
fn the_page_gets_the_events_of_the_player() {
    for exhibit in gallery::GALLERY {
        let scenario = exhibit.scenario().expect("the gallery can be read");
        let policy = Policy::parse(&scenario.header.policy.text).expect("its policy exists");
        let mut player = Player::new(&scenario, &policy, Checks::FULL).expect("it can be set up");
        player.play(&Scheduling::Default).expect("it plays");
        let opened = session(exhibit.name, &policy.name).open().expect("it plays");
        let named = || opened.setup.iter().chain(opened.steps.iter().flat_map(|c| &c.records));
        let has_words = |event: &Event| matches!(event, Event::Sleep { .. } | Event::Acquire { .. });
        assert!(named().all(|named| named.words.is_some() == has_words(&named.record.event)), "{}", exhibit.name);
        let records: Vec<_> = named().map(|named| &named.record).collect();
        assert_eq!(records, player.events().collect::<Vec<_>>(), "{}", exhibit.name);
        let found: Vec<_> =
            opened.findings.iter().chain(opened.steps.iter().flat_map(|c| &c.findings)).cloned().collect();
        assert_eq!(found, player.report().findings, "{}", exhibit.name);
    }
}

#[test]
fn a_step_follows_the_run_and_another_choice_branches() {
    let mut session = session("t3-story", "2019-12");
    let opened = session.open().expect("it plays");
    let first = session.step(0, Some(opened.steps[0].task)).expect("it can run").expect("there is one");
    assert_eq!(first.steps[0], opened.steps[0], "nothing parts before the first turn");
    let other = opened.runnable.iter().find(|r| r.task != opened.steps[0].task).expect("several can run").task;
    let taken = session.step(0, Some(other)).expect("it can run").expect("there is one");
    assert_eq!(taken.steps[0].task, other);
    assert!(session.step(0, Some(99)).is_err());
}

#[test]
fn manual_operations_run_and_back_undoes_them() {
    let mut session = session("t3-story", "main");
    let opened = session.open().expect("it plays");
    let untouched = session.step(3, None).expect("it can run").expect("there is one");
    let forked = session.perform(3, "A", Operation::Fork).expect("A can fork");
    let records = || forked.steps.iter().flat_map(|c| &c.records);
    assert!(records().any(|r| matches!(r.record.event, Event::Process { parent: Some(_), .. })));
    assert!(forked.past.is_none());
    let names = forked.names.all.as_ref().expect("there are other tasks now");
    assert!(names.tasks.iter().any(|t| t.name == "A+"));

    // The child acts next, although its task was about to end, and then again.
    let at = 3 + forked.steps.len();
    let child = names.processes.last().expect("there is a child").clone();
    let stored = session.perform(at, &child, Operation::Store { page: 0 }).expect("the child can store");
    let wrote = |steps: &[StepRecord]| {
        steps.iter().flat_map(|c| &c.records).any(|r| matches!(r.record.event, Event::Access { write: true, .. }))
    };
    assert!(wrote(&stored.steps));
    let again = session.perform(at + stored.steps.len(), &child, Operation::Store { page: 1 }).expect("and again");
    assert!(wrote(&again.steps));
    assert!(session.report().findings.is_empty(), "{:?}", session.report().findings);

    // Objects can be collapsed whether the scenario names them or not, also those that came into being by hand.
    let looked = |e: &Event| matches!(e, Event::Collapse { .. } | Event::Bypass { .. } | Event::CollapseRefused { .. });
    let after = at + stored.steps.len() + again.steps.len();
    for (at, process) in [(after, child.as_str()), (3, "B")] {
        let collapsed = session.perform(at, process, Operation::Collapse { page: 0 }).expect("it has an object there");
        assert!(collapsed.steps.iter().flat_map(|c| &c.records).any(|r| looked(&r.record.event)), "{process}");
    }

    // Taken back to before all that, the run is as it was.
    assert_eq!(session.step(3, None).expect("it can run").expect("there is one").steps, untouched.steps);
    assert_eq!(session.open().expect("it plays"), opened);
}

#[test]
fn errors_say_where_and_what_to_do() {
    let problem = Session::new("title x\nnonsense", "main").err().expect("that is no scenario");
    assert!(problem.line.is_some() && problem.remedy.is_some(), "{problem:?}");
    let source = gallery::find("t3-story").expect("it is there").text;
    let problem = Session::new(source, "main,+P07").err().expect("no such kernel");
    assert!(problem.message.contains("P07"), "{problem:?}");
}

#[test]
fn a_branch_shares_the_past_and_does_not_change_the_other_run() {
    let mut session = session("t3-story", "2019-12");
    session.open().expect("it plays");
    let performed = session.perform(0, "A", Operation::Load { page: 0 }).expect("A can load");
    let at = performed.steps.len();
    let here = session.step(at, None).expect("it can run").expect("there is one");
    let mut branch = session.branch(at).expect("it can be played so far");
    assert_eq!(branch.step(at, None).expect("it can run").expect("there is one").steps, here.steps);
    let other = here.steps[0].runnable.iter().find(|r| r.task != here.steps[0].task).expect("several can run").task;
    branch.step(at, Some(other)).expect("it can run");
    branch.step(0, None).expect("what was done by hand is gone from the branch");
    assert_eq!(session.step(at, None).expect("it can run").expect("there is one").steps, here.steps);
}

#[test]
fn a_preview_shows_what_each_task_would_do_and_changes_nothing() {
    let mut session = session("t3-story", "2019-12");
    let opened = session.open().expect("it plays");
    let at = 20;
    let peeked = session.peek(at).expect("it can look");
    let runnable: Vec<u32> = opened.steps[at - 1].runnable.iter().map(|r| r.task).collect();
    assert_eq!(peeked.iter().map(|c| c.task).collect::<Vec<_>>(), runnable);
    let mut told = 0;
    for hint in &peeked {
        let mut branch = session.branch(at).expect("it can be played so far");
        let result = branch.step(at, Some(hint.task)).expect("it can run").expect("there is one");
        let (first, step) = (hint.text.split(" and ").next().expect("a phrase"), &result.steps[0]);
        assert!(!first.is_empty() && step.text.contains(first), "{hint:?} of {}", step.text);
        told += usize::from(!step.quiet);
    }
    assert!(told > 0, "something is worth telling there: {peeked:?}");
    assert_eq!(session.report().steps, 0, "the run stands where it stood");
    let next = session.step(at, Some(opened.steps[at].task)).expect("it can run").expect("there is one");
    assert_eq!(next.steps[0].records, opened.steps[at].records);
}

#[test]
fn the_narration_has_paragraphs_up_to_the_present_step() {
    let mut session = session("t3-story", "2019-12");
    let opened = session.open().expect("it plays");
    let wrong = opened.narration.iter().find(|one| one.wrong).expect("something goes wrong");
    assert_eq!(
        (wrong.who.as_str(), wrong.sentences[0].text.as_str()),
        ("G", "exits and clears the entries of G’s `va0` and G’s `va1`.")
    );
    let said = wrong.sentences.iter().find(|said| said.wrong).expect("it is said");
    assert_eq!(said.text, "*p0 is freed while B’s va0 still leads to it*.");
    assert_eq!(opened.steps[said.at].text, "*p0 is freed while B’s va0 still leads to it*. `q0` is freed.");
    let turns: Vec<_> = opened.narration.iter().map(|one| (one.from, one.to)).collect();
    assert_eq!((turns[0].0, turns.last().expect("paragraphs").1), (0, opened.steps.len()));
    assert!(turns.windows(2).all(|two| two[0].1 == two[1].0), "every turn is in a paragraph: {turns:?}");
    let result = session.step(said.at, None).expect("it can run").expect("there is one");
    assert_eq!(result.steps[0].text, opened.steps[said.at].text);
    let known = opened.narration.iter().position(|one| one == wrong);
    let mut narration = opened.narration.clone();
    result.narration.apply(&mut narration);
    let last = narration.last().expect("paragraphs");
    assert_eq!((Some(narration.len() - 1), last.to), (known, said.at + 1));
}

/// A step sends what is new; put together it is what a session that opens the same run sends.
#[test]
fn what_steps_send_adds_up_to_the_whole_run() {
    for exhibit in gallery::GALLERY {
        let mut stepped = session(exhibit.name, "main");
        let opened = stepped.open().expect("it plays");
        let mut branch = stepped.branch(0).expect("it is the beginning");
        let (mut names, mut narration, mut steps, mut anew) = (None, Vec::new(), Vec::new(), 0);
        for at in 0..opened.steps.len() {
            let result = branch.step(at, Some(opened.steps[at].task)).expect("it can run").expect("there is one");
            anew += usize::from(result.names.all.is_some());
            let known = names.get_or_insert_with(|| opened.names.clone());
            match result.names.all {
                Some(all) => *known = all,
                None => {
                    result.names.objects.apply(&mut known.objects);
                    result.names.pages.apply(&mut known.pages);
                }
            }
            result.narration.apply(&mut narration);
            steps.extend(result.steps);
        }
        let runnable =
            |steps: &[StepRecord]| steps.iter().map(|s| (s.task, s.runnable.clone(), s.done)).collect::<Vec<_>>();
        assert_eq!(runnable(&steps), runnable(&opened.steps), "{}: who can go on", exhibit.name);
        assert_eq!((names, narration), (Some(opened.names), opened.narration), "{}", exhibit.name);
        assert_eq!(anew, 1, "tasks and processes are named once");
    }
}

#[test]
fn choices_reproduce_the_run_that_they_were_read_from() {
    let mut session = session("t3-story", "2019-12");
    let story = session.open().expect("it plays").steps;
    session.step(story.len() - 1, None).expect("it can run");
    let choices = session.choices(story.len());
    let followed = session.follow(&choices).expect("they are choices").steps;
    assert_eq!(
        followed.iter().map(|c| &c.records).collect::<Vec<_>>(),
        story.iter().map(|c| &c.records).collect::<Vec<_>>()
    );
    assert_eq!(session.choices(0), "");
    assert!(session.follow("!").is_err());
}

#[test]
fn what_a_finding_depends_on_is_told_and_the_run_goes_on_as_before() {
    let text = gallery::find("t3-story").expect("it is there").text;
    let (mut session, mut other) =
        (Session::new(text, "2019-12").expect("valid"), Session::new(text, "2019-12").expect("valid"));
    let opened = session.open().expect("it can be played");
    other.open().expect("it can be played");
    let at = opened.steps.iter().position(|step| !step.findings.is_empty()).expect("something is found");
    let slice = session.slice(at);
    assert!(slice.len() > 20 && slice.len() < at && slice.last() == Some(&(at as u32)), "{slice:?} for {at}");
    assert_eq!(session.slice(opened.steps.len()), [0_u32; 0], "there is no such step");
    assert_eq!(session.step(at, None).expect("it can go on"), other.step(at, None).expect("it can go on"));
}

#[test]
fn a_kernel_that_is_not_there_is_refused_with_the_one_that_may_have_been_meant() {
    let text = gallery::find("t3").expect("it is there").text;
    let problem = Session::new(text, "2019-21").err().expect("there is no such kernel");
    assert!(problem.message.contains("no preset `2019-21`"), "{problem:?}");
    assert_eq!(problem.remedy.as_deref(), Some("did you mean `2019-11`?"));
}
