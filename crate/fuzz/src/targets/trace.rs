//! A recording, plain or compressed: read, planned, and replayed where it is short.

use super::{hash, is_helpful, sound_kernel};
use crate::Target;
use crate::memory::Bounds;
use crate::mutate::Form;
use faultline_engine::finding::FindingKind;
use faultline_recording::trace::{Plan, Settings, StepReplay, Trace};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{BufRead, BufReader, Write};

/// Reads and replays recordings.
pub const TARGET: Target = Target {
    name: "trace",
    form: Form::Lines {
        words: &[
            "exec",
            "map",
            "unmap",
            "protect",
            "remap",
            "advise",
            "fork",
            "vfork",
            "thread",
            "fault",
            "exit",
            "file",
            "0x1000",
            "0x2000",
            "0x7000",
            "rw-",
            "r-x",
            "---",
            "shared",
            "private",
            "anon",
            "heap",
            "stack",
            "absent",
            "protection",
            "user",
            "kernel",
            "w",
            "r",
            "x",
            "\t",
            "0x7fffffffffff",
            "0xffffffffffffffff",
            "4",
            "9",
        ],
        packed: gzip,
    },
    seeds,
    check,
    cases: 6_000,
    bounds: Bounds { held: 64 << 20, asked: 512 << 20 },
};

/// Events of a recording that is replayed, and processes.
const FEW: (usize, usize) = (600, 60);

/// One line of each kind.
const EVERY: &str = "#faultline-trace\t1\n# a comment\n0\t0\t1\texec\tsh -c x\nfile\t7\t/lib/with\ttab\n\
    1\t0\t1\tmap\t0x7000\t0x3000\trw-\tprivate\tstack\n2\t1\t1\tmap\t0x400000\t0x2000\tr-x\tshared\t7\t0x5000\n\
    3\t1\t1\tmap\t0x10000\t0x1000\t---\tprivate\tanon\n\n4\t1\t1\tmap\t0x20000\t0x1000\trw-\tprivate\theap\n\
    5\t0\t1\tunmap\t0x10000\t0x1000\n6\t0\t1\tprotect\t0x20000\t0x1000\tr--\n7\t0\t1\tremap\t0x20000\t0x1000\t0x30000\t0x2000\n\
    8\t0\t1\tadvise\t0x30000\t0x1000\t4\n9\t0\t1\tfork\t20\n10\t0\t20\tvfork\t3\n11\t0\t1\tthread\t4\n\
    12\t3\t4\tfault\t0x7fff\tw\tprotection\tkernel\n13\t0\t3\texit\n14\t0\t20\texit\n15\t0\t4\texit\n16\t0\t1\texit\n";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(text).and_then(|()| out.finish()).expect("a vector takes everything")
}

fn seeds() -> Vec<Vec<u8>> {
    let recorded = include_bytes!("../../../../tests/data/zlib.trace.gz");
    let lines: Vec<String> =
        BufReader::new(GzDecoder::new(&recorded[..])).lines().take(4_000).map_while(Result::ok).collect();
    let first = |count: usize| lines[..count.min(lines.len())].join("\n").into_bytes();
    vec![EVERY.into(), first(80), first(400)]
}

fn check(input: &[u8]) -> bool {
    let trace = match Trace::from_bytes(input) {
        Ok(trace) => trace,
        Err(error) => {
            is_helpful(&error.to_string());
            return false;
        }
    };
    let is_short = trace.events.len() <= FEW.0 && trace.processes.len() <= FEW.1;
    let plan = Plan::new(trace);
    if is_short {
        replayed(plan, hash(input));
    }
    true
}

fn replayed(plan: Plan, number: u64) {
    let settings = Settings { frames: 2_048, ..Settings::new(sound_kernel(number)) };
    let mut replay = StepReplay::new(plan, settings).unwrap_or_else(|error| panic!("{error}"));
    loop {
        match replay.advance(1_000) {
            Ok(false) => {}
            Ok(true) => break,
            // What does not fit into the frames ends with a message.
            Err(error) => {
                let findings = replay.world().env.findings();
                let wrong = findings.iter().find(|finding| finding.kind != FindingKind::Expectation);
                assert!(wrong.is_none(), "{error}: {wrong:?}");
                return is_helpful(&error.to_string());
            }
        }
    }
    let report = replay.report(0.0).unwrap_or_else(|error| panic!("{error}"));
    // A recording that was changed asks for what there is not: that is a finding of the kind `expectation`.
    let wrong = report.findings.iter().find(|finding| finding.kind != FindingKind::Expectation);
    assert!(wrong.is_none(), "a finding on {}: {wrong:?}", report.policy);
    assert_eq!(report.frames_at_end, 0, "frames are left over");
}
