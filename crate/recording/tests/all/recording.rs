//! Recordings, replayed on the real engine: nothing is found, every fault is served, and
//! every frame is free at the end.

use faultline_engine::finding::Finding;
use faultline_engine::policy::{PRESETS, Policy};
use faultline_recording::trace::plan::Expect;
use faultline_recording::trace::progress::Word;
use faultline_recording::trace::view::{BINS, CHAIN, IN_USE};
use faultline_recording::trace::{Plan, Progress, Replay, ReplayError, Report, Settings, StepReplay, Trace};
use proptest::prelude::*;
use std::path::Path;

fn zlib() -> Trace {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/zlib.trace.gz");
    Trace::open(&path, |_| {}).expect("the recording")
}

fn settings(policy: &str, frames: u32, cpus: u32) -> Settings {
    let policy = Policy::parse(policy).expect("a kernel");
    Settings { frames, cpus, ..Settings::new(policy) }
}

fn stepped(trace: Trace, settings: Settings) -> Result<Report, ReplayError> {
    let mut replay = StepReplay::new(Plan::new(trace), settings)?;
    while !replay.advance(1000)? {}
    counts_every_event(replay.progress());
    replay.report(0.0)
}

/// The recording's own events, and not the exits that a cut one lacks.
fn counts_every_event(progress: &Progress) {
    assert_eq!(progress.get(Word::Events), progress.get(Word::EventsInAll));
}

fn threads(trace: Trace, settings: Settings, workers: u32) -> Result<Report, ReplayError> {
    let replay = Replay::new(Plan::new(trace), settings, workers)?;
    std::thread::scope(|scope| {
        for index in 0..workers {
            let replay = &replay;
            scope.spawn(move || replay.worker(index));
        }
    });
    let report = replay.report(workers, 0.0)?;
    counts_every_event(replay.progress());
    assert_eq!(u64::from(replay.progress().get(Word::Soft)), report.faults.soft);
    assert_eq!(replay.progress().get(Word::Done), 1);
    Ok(report)
}

fn is_clean(report: &Report) {
    assert_eq!(report.findings, [], "{report:#?}");
    assert_eq!(report.frames_at_end, 0, "{report:#?}");
}

fn is_the_zlib_build(report: &Report) {
    is_clean(report);
    assert_eq!((report.events, report.processes), (184_820, 269));
    assert_eq!((report.accesses, report.refused), (168_623, 0));
    let f = &report.faults;
    let taken = f.soft + f.zero_fill + f.cow_copy + f.cow_rename + f.pager;
    assert!((150_000..190_000).contains(&taken), "{f:?}");
    assert_eq!(report.chains.iter().sum::<u64>(), taken);
    assert!(report.checks.count > 500, "{:?}", report.checks);
}

#[test]
fn the_recording_is_what_its_format_says() {
    let trace = zlib();
    assert_eq!(
        (trace.events.len(), trace.faults(), trace.processes.len(), trace.files.len()),
        (184_820, 168_623, 269, 76)
    );
    assert!(trace.processes.iter().all(|p| p.exits));
    let plan = Plan::new(trace);
    let faults = || plan.lanes().iter().flat_map(|l| &l.items).filter(|i| plan.event(i.event).is_fault());
    let expected = |what| faults().filter(|i| i.expect == what).count();
    // 130 lie below a stack as the file tells it, fewer below one that grows by 128 KiB.
    assert_eq!(expected(Expect::Served) + expected(Expect::Grows), 168_623);
    assert!((1..=130).contains(&expected(Expect::Grows)));
    assert_eq!(plan.lanes().iter().flat_map(|l| &l.items).filter(|i| i.grown).count(), 130);
}

#[test]
fn the_recording_replays_stepped_and_deterministically() {
    let report = stepped(zlib(), settings("main", 65_536, 2)).expect("enough frames");
    is_the_zlib_build(&report);
    assert_eq!(report.checks.count, 118 + 253 + 269 + 1);
    // One worker keeps the file's order too.
    let one = threads(zlib(), settings("main", 65_536, 2), 1).expect("enough frames");
    is_the_zlib_build(&one);
    let totals =
        |r: &Report| (r.faults, r.collapses, r.bypasses, r.renames_in_collapse, r.splits, r.chains, r.checks.count);
    assert_eq!(totals(&one), totals(&report));
    let mut short = zlib();
    short.truncate(20_000);
    let once = stepped(short.clone(), settings("main", 65_536, 2)).expect("enough frames");
    assert_eq!(once, stepped(short, settings("main", 65_536, 2)).expect("enough frames"));
    is_clean(&once);
}

#[test]
fn the_recording_replays_on_many_threads() {
    for workers in [2, 4] {
        let report = threads(zlib(), settings("main", 65_536, 4), workers).expect("enough frames");
        is_the_zlib_build(&report);
    }
}

#[test]
fn every_preset_replays_the_beginning() {
    let mut short = zlib();
    short.truncate(12_000);
    for preset in PRESETS {
        is_clean(&stepped(short.clone(), settings(preset.name, 65_536, 2)).expect("enough frames"));
    }
    // Races are for the explorer: here only those kernels run that have none.
    for name in ["2021", "2025-04", "main"] {
        is_clean(&threads(short.clone(), settings(name, 65_536, 4), 3).expect("enough frames"));
    }
}

#[test]
fn too_few_frames_are_reported_and_end_all_workers() {
    let error = stepped(zlib(), settings("main", 600, 2)).expect_err("too few");
    assert!(matches!(error, ReplayError::Frames { frames: 600, line: 1.. }), "{error}");
    assert!(error.to_string().contains("out of memory with 600 frames; give more with --frames"), "{error}");
    let error = threads(zlib(), settings("main", 600, 2), 2).expect_err("too few");
    assert!(matches!(error, ReplayError::Frames { frames: 600, .. }), "{error}");
}

/// A recording from lines without time and CPU, the CPU being the process's number.
fn recording(lines: &str) -> Trace {
    let mut text = "#faultline-trace\t1\n".to_string();
    for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let fields: Vec<_> = line.split_whitespace().collect();
        match fields[0] {
            "file" => text += &format!("{}\n", fields.join("\t")),
            cpu => text += &format!("0\t{cpu}\t{}\n", fields.join("\t")),
        }
    }
    Trace::from_bytes(text.as_bytes()).expect("a good recording")
}

/// Plays a small recording every way; the stepped report.
fn everywhere(lines: &str) -> Report {
    let trace = recording(lines);
    for workers in 1..=3 {
        is_clean(&threads(trace.clone(), settings("main", 1024, 3), workers).expect("enough frames"));
    }
    let report = stepped(trace, settings("main", 1024, 2)).expect("enough frames");
    is_clean(&report);
    report
}

#[test]
fn a_remap_keeps_contents_and_grows_with_zeroes() {
    let report = everywhere(
        "1 exec sh
         1 map 0x10000 0x2000 rw- private anon
         1 fault 0x10000 w absent user
         1 fault 0x11000 w absent user
         1 fork 2
         2 fault 0x10000 w protection user
         1 remap 0x10000 0x2000 0x80000 0x4000
         1 fault 0x80000 r absent user
         1 fault 0x81000 w protection user
         1 fault 0x83000 r absent user
         1 fault 0x10000 r absent user
         1 remap 0x80000 0x4000 0x80000 0x1000
         1 fault 0x80000 w protection user
         1 fault 0x81000 r absent user
         2 fault 0x11000 r absent user",
    );
    assert_eq!((report.accesses, report.refused), (10, 2));
}

#[test]
fn advice_keeps_contents_or_frees_them() {
    everywhere(
        "1 exec sh
         1 map 0x10000 0x4000 rw- private anon
         1 fault 0x10000 w absent user
         1 fault 0x11000 w absent user
         1 advise 0x10000 0x1000 4
         1 fault 0x10000 r absent user
         1 advise 0x11000 0x1000 8
         1 fault 0x11000 r absent user
         1 fault 0x11000 w absent user
         1 advise 0x10000 0x4000 14
         1 advise 0x10000 0x0 4
         1 fault 0x10000 r absent user",
    );
}

#[test]
fn threads_share_their_address_space() {
    let report = everywhere(
        "1 exec sh
         1 map 0x10000 0x4000 rw- private anon
         1 thread 2
         2 fault 0x10000 w absent user
         1 fault 0x10000 r absent user
         2 fork 3
         3 fault 0x10000 w protection user
         1 exit
         2 fault 0x11000 w absent user
         2 exit
         3 exit",
    );
    assert_eq!((report.processes, report.faults.zero_fill), (3, 2));
}

#[test]
fn a_vfork_child_borrows_the_space_until_its_exec_or_exit() {
    let report = everywhere(
        "1 exec make
         1 map 0x10000 0x4000 rw- private anon
         1 fault 0x10000 w absent user
         1 vfork 2
         1 fault 0x10000 r absent user
         2 fault 0x10000 w absent user
         2 map 0x20000 0x1000 rw- private anon
         2 exec cc
         1 fault 0x20000 w absent user
         2 map 0x10000 0x1000 rw- private anon
         2 fault 0x10000 r absent user
         2 fault 0x20000 r absent user
         1 vfork 3
         3 fault 0x11000 w absent user
         3 exit
         1 fault 0x11000 r absent user
         2 exit
         1 exit",
    );
    // What the first child mapped is the parent's, and no longer its own after its exec.
    assert_eq!(report.refused, 1);
}

#[test]
fn a_stack_grows_and_is_cut_by_what_comes_below_it() {
    let report = everywhere(
        "1 exec sh
         1 map 0x7f0000000 0x21000 rw- private stack
         1 fault 0x7f0000100 w absent user
         1 fault 0x7effff000 w absent user
         1 map 0x7effff000 0x22000 rw- private stack
         1 fault 0x7effff000 r absent user
         1 fork 2
         2 fault 0x7eff80008 w absent user
         1 map 0x7eff00000 0x1000 rw- private anon
         1 fault 0x7eff10000 w absent user
         1 fault 0x7e0000000 w absent user
         2 fault 0x7eff00000 w absent user",
    );
    assert_eq!(report.refused, 1);
}

#[test]
fn all_processes_see_the_same_file_until_a_private_store() {
    let report = everywhere(
        "1 exec sh
         file 9 /lib/libc.so
         1 map 0x10000 0x4000 rw- private 9 0x2000
         1 map 0x20000 0x4000 r-- shared 9 0x2000
         1 map 0x30000 0x4000 rw- shared 9 0x2000
         1 fault 0x10000 r absent user
         1 fault 0x30000 w absent user
         1 fault 0x20000 r absent user
         1 fault 0x10000 w protection user
         1 fork 2
         2 fault 0x10000 r absent user
         2 fault 0x30000 w absent user
         1 fault 0x20000 w protection user
         1 unmap 0x10000 0x24000",
    );
    assert_eq!(report.refused, 1);
}

#[test]
fn settings_out_of_range_are_refused() {
    let plan = || Plan::new(recording("1 exec sh"));
    let said = |settings: Settings, workers| Replay::new(plan(), settings, workers).err().expect("refused").to_string();
    assert!(said(settings("main", 65_536, 1), 2).contains("--threads 2 with --cpus 1"));
    assert!(said(settings("main", 65_536, 65), 2).contains("--cpus 65"));
    assert!(said(settings("main", 3, 2), 2).contains("--frames 3"));
}

/// Lines that may contradict each other: every mapping, access and birth in one of two
/// small places, far apart. In the first one mappings move away, in the second one is the
/// room of the stack.
fn any_line() -> impl Strategy<Value = String> {
    let move_from = || (0..24u64).prop_map(|p| 0x10_0000 + p * 0x1000);
    let page = || (0..48u64).prop_map(|p| if p < 24 { 0x10_0000 + p * 0x1000 } else { 0x3fff_8000 + p * 0x1000 });
    let len = || (1..9u64).prop_map(|p| p * 0x1000);
    let prot = prop::sample::select(vec!["rw-", "r--", "r-x", "rwx", "---", "-w-"]);
    let sources = vec![
        "private\tanon",
        "shared\tanon",
        "private\theap",
        "private\t1\t0x0",
        "shared\t1\t0x2000",
        "private\t2\t0x1000",
    ];
    let range = |what: &'static str| (page(), len()).prop_map(move |(at, len)| format!("{what}\t{at:#x}\t{len:#x}"));
    prop_oneof![
        4 => (range("map"), prot.clone(), prop::sample::select(sources)).prop_map(|(range, prot, source)| format!("{range}\t{prot}\t{source}")),
        2 => range("unmap"),
        2 => (range("protect"), prot).prop_map(|(range, prot)| format!("{range}\t{prot}")),
        1 => (move_from(), len(), len()).prop_map(|(at, old, new)| format!("remap\t{at:#x}\t{old:#x}\t{:#x}\t{new:#x}", at + 0x80_0000)),
        1 => (range("advise"), prop::sample::select(vec![4, 8, 14])).prop_map(|(range, advice)| format!("{range}\t{advice}")),
        12 => (page(), prop::sample::select(vec!["r", "w", "w", "x"])).prop_map(|(at, kind)| format!("fault\t{:#x}\t{kind}\tabsent\tuser", at + 8)),
        2 => prop::sample::select(vec!["fork", "fork", "vfork", "thread", "exec\tx", "exit"]).prop_map(String::from),
    ]
}

const STACK: &str = "map\t0x40021000\t0x4000\trw-\tprivate\tstack";

/// A recording of any such lines, each by some living process.
fn any_recording() -> impl Strategy<Value = Trace> {
    prop::collection::vec((any::<u16>(), any_line()), 1..120).prop_map(|steps| {
        let mut text = format!("#faultline-trace\t1\nfile\t1\t/a\nfile\t2\t/b\n0\t0\t1\texec\tsh\n0\t0\t1\t{STACK}\n");
        let (mut alive, mut next) = (vec![1u32], 2);
        for (who, what) in steps {
            if alive.is_empty() {
                break;
            }
            let at = who as usize % alive.len();
            let process = alive[at];
            text += &format!("0\t{}\t{process}\t{what}", who % 3);
            match what.as_str() {
                "fork" | "vfork" | "thread" => {
                    text += &format!("\t{next}");
                    alive.push(next);
                    next += 1;
                }
                "exit" => _ = alive.remove(at),
                "exec\tx" => text += &format!("\n0\t0\t{process}\t{STACK}"),
                _ => {}
            }
            text.push('\n');
        }
        Trace::from_bytes(text.as_bytes()).expect("a good recording")
    })
}

/// Remaps of holes fail; that is the recording's fault, not the engine's.
fn is_found(report: &Report) -> Vec<String> {
    let wrong = |f: &&Finding| !f.detail.to_string().contains("'s remap of");
    report.findings.iter().filter(wrong).map(|f| format!("{} {}: {}", f.kind.name(), f.property, f.detail)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_recordings_have_no_finding(trace in any_recording()) {
        // The lines are those of a kernel whose stacks grow with what mmap said.
        for policy in ["main", "2021,-P20"] {
            let report = stepped(trace.clone(), settings(policy, 2048, 2)).expect("enough frames");
            prop_assert_eq!(is_found(&report), Vec::<String>::new(), "{}", policy);
            prop_assert_eq!(report.frames_at_end, 0);
        }
    }

    #[test]
    fn short_memory_ends_a_replay_and_never_hangs_it(trace in any_recording(), frames in 16..60u32) {
        for ended in [stepped(trace.clone(), settings("main", frames, 2)), threads(trace.clone(), settings("main", frames, 2), 2)] {
            prop_assert!(matches!(ended, Ok(_) | Err(ReplayError::Frames { .. })), "{:?}", ended);
        }
    }
}

#[test]
fn a_stopped_replay_reports_its_result_so_far() {
    let mut short = zlib();
    short.truncate(20_000);
    let mut replay = StepReplay::new(Plan::new(short.clone()), settings("main", 65_536, 2)).expect("a world");
    assert_eq!(replay.advance(5_000), Ok(false));
    let report = replay.report(0.0).expect("a report");
    assert_eq!((report.stopped, report.events, report.findings), (true, 5_000, vec![]));
    assert!(report.frames_at_end > 0, "they are in use");
    for workers in [1, 3] {
        let replay = Replay::new(Plan::new(short.clone()), settings("main", 65_536, 4), workers).expect("a world");
        assert!(!replay.advance(0, 3_000));
        replay.stop();
        std::thread::scope(|scope| {
            for index in 0..workers {
                let replay = &replay;
                scope.spawn(move || replay.worker(index));
            }
        });
        let report = replay.report(workers, 0.0).expect("a report");
        assert!(report.stopped && (3_000..20_000).contains(&report.events), "{}", report.events);
        assert_eq!(report.findings, []);
    }
    assert!(!stepped(short, settings("main", 65_536, 2)).expect("a report").stopped);
}

/// What the view says of frames is what the world says of them, at any moment.
#[test]
fn the_view_shows_the_frames_and_chains_of_the_world() {
    let mut trace = zlib();
    trace.truncate(20_000);
    let mut replay =
        StepReplay::new(Plan::new(trace), Settings { view: true, ..settings("main", 65_536, 2) }).expect("a replay");
    let lives = replay.lives();
    assert!(lives.iter().all(|life| life.from <= life.to), "{lives:?}");
    assert!(lives.iter().skip(1).all(|life| life.parent.is_some_and(|parent| lives[parent as usize].from < life.from)));
    let (mut compared, mut served) = (0, 0);
    for _ in 0..20 {
        replay.advance(1000).expect("no error");
        replay.look();
        let (world, view) = (replay.world(), replay.view().expect("a view"));
        served = 0;
        for frame in 0..view.frames() {
            let [count, who, _, rest] = view.frame(frame);
            served += count;
            let object = world.pages.peek(frame).and_then(|page| page.object.peek(&world.env));
            assert_eq!(rest & IN_USE != 0, object.is_some(), "frame {frame}");
            if count > 0 {
                assert!((1..=lives.len() as u32).contains(&who), "frame {frame}: process {who}");
                assert!((1..=127).contains(&(rest >> CHAIN & 127)), "frame {frame}: {rest:#x}");
                compared += 1;
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
    // Every access was served with some frame.
    let Report { accesses, refused, max_chain, .. } = replay.report(0.0).expect("a report");
    assert_eq!(u64::from(served), accesses - refused);
    let view = replay.view().expect("a view");
    let longest =
        (0..lives.len()).flat_map(|p| (0..BINS).map(move |bin| (p, bin))).map(|(p, bin)| view.chain(p, bin)).max();
    assert_eq!(u64::from(longest.expect("a process")), max_chain);
}
