use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;

/// One line of each kind.
const EVERY: &str = "#faultline-trace\t1
# a comment
0\t0\t1\texec\tsh -c x
file\t7\t/lib/with\ttab
1\t0\t1\tmap\t0x7000\t0x3000\trw-\tprivate\tstack
2\t1\t1\tmap\t0x400000\t0x2000\tr-x\tshared\t7\t0x5000
3\t1\t1\tmap\t10000\t1000\t---\tprivate\tanon

4\t1\t1\tmap\t0x20000\t0x1000\trw-\tprivate\theap
5\t0\t1\tunmap\t0x10000\t0x1000
6\t0\t1\tprotect\t0x20000\t0x1000\tr--
7\t0\t1\tremap\t0x20000\t0x1000\t0x30000\t0x2000
8\t0\t1\tadvise\t0x30000\t0x1000\t4
9\t0\t1\tfork\t20
10\t0\t20\tvfork\t3
11\t0\t1\tthread\t4
12\t3\t4\tfault\t0x7fff\tw\tprotection\tkernel
13\t0\t3\texit
14\t0\t20\texit
15\t0\t4\texit
16\t0\t1\texit
";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(text).expect("a vector takes everything");
    out.finish().expect("a vector takes everything")
}

fn refused(text: &str) -> String {
    Trace::from_bytes(text.as_bytes()).expect_err(text).to_string()
}

/// The error of a recording with `line` as its third line, after an exec of process 1.
fn third(line: &str) -> String {
    refused(&format!("#faultline-trace\t1\n0\t0\t1\texec\tsh\n{line}\n"))
}

#[test]
fn every_kind_of_line_is_parsed() {
    let trace = Trace::from_bytes(EVERY.as_bytes()).expect("a good recording");
    assert_eq!(trace.events.len(), 17);
    assert_eq!(trace.programs, ["sh -c x"]);
    assert_eq!(trace.files, [FileName { number: 7, path: "/lib/with\ttab".into() }]);
    let numbers: Vec<_> = trace.processes.iter().map(|p| (p.number, p.parent, p.exits)).collect();
    assert_eq!(numbers, [(1, None, true), (20, Some(0), true), (3, Some(1), true), (4, Some(0), true)]);
    let file = Map {
        start: 0x40_0000,
        len: 0x2000,
        prot: faultline_engine::kern::Prot::READ | faultline_engine::kern::Prot::EXECUTE,
        shared: true,
        source: Source::File { file: 0, offset: 0x5000 },
    };
    assert_eq!(trace.maps[1], file);
    assert_eq!((trace.maps[2].start, trace.maps[2].len), (0x10000, 0x1000));
    let fault = trace.events.iter().find(|e| e.line == 17).expect("the fault");
    let op = Op::Fault { address: 0x7fff, access: Access::Write, protection: true, mode: Mode::Kernel };
    assert_eq!(*fault, Event { time: 12, line: 17, cpu: 3, process: 3, op });
    assert_eq!(trace.faults(), 1);
}

#[test]
fn gzip_plain_and_carriage_returns_read_alike() {
    let plain = Trace::from_bytes(EVERY.as_bytes()).expect("plain");
    assert_eq!(Trace::from_bytes(&gzip(EVERY.as_bytes())).expect("gzip"), plain);
    let two = [gzip(&EVERY.as_bytes()[..100]), gzip(&EVERY.as_bytes()[100..])].concat();
    assert_eq!(Trace::from_bytes(&two).expect("two members"), plain);
    let dos = EVERY.replace('\n', "\r\n");
    assert_eq!(Trace::from_bytes(dos.as_bytes()).expect("with carriage returns"), plain);
    assert_eq!(Trace::from_bytes(EVERY.trim_end().as_bytes()).expect("without the last newline"), plain);
}

#[test]
fn errors_name_line_field_expectation_and_remedy() {
    let cases = [
        ("1\t0\t1\tjump\t0x1000", "line 3, field 4 (operation): expected one of `exec`"),
        (
            "1\t0\t2\texit",
            "line 3, field 3 (process): expected a process that the lines before have named, found 2; a process needs a `fork`",
        ),
        (
            "1\t0\t1\tunmap\t0x1234\t0x1000",
            "line 3, field 5 (start): expected a multiple of the page size 0x1000, found `0x1234`; round it to 0x1000",
        ),
        ("1\t0\t1\tunmap\t0x1000\t0x10", "field 6 (length): expected a multiple of the page size"),
        ("1\t0\t1\tunmap\t0x1000\t0x0", "field 6 (length): expected at least one page, found 0"),
        (
            "1\t0\t1\tunmap\t0x7ffffffff000\t0x2000",
            "field 6 (length): expected a range that ends at or below 0x800000000000",
        ),
        ("1\t0\t1\tunmap\t0xfffffffffffff000\t0xfffffffffffff000", "field 6 (length): expected a range"),
        ("1\t0\t1\tunmap\tzebra\t0x1000", "field 5 (start): expected a hexadecimal number of bytes, found `zebra`"),
        (
            "1\t0\t1\tunmap\t0x1000",
            "field 6 (length): expected a hexadecimal number of bytes, found the end of the line",
        ),
        ("1\t0\t1\tunmap\t\t0x1000", "field 5 (start): expected a hexadecimal number of bytes, found an empty field"),
        ("1\t0\t1\texit\tnow", "field 5 (none): expected the end of the line, found `now`; take the surplus field out"),
        ("-1\t0\t1\texit", "field 1 (time): expected a decimal number, found `-1`"),
        ("+1\t0\t1\texit", "field 1 (time): expected a decimal number, found `+1`"),
        ("1\t0\t99999999999\texit", "field 3 (process): expected a decimal number"),
        ("1\t0\t1\tfork\t1", "field 5 (child): expected the number of a new process, found 1, which was there before"),
        (
            "1\t0\t1\tmap\t0x1000\t0x1000\trwq\tprivate\tanon",
            "field 7 (protection): expected a protection such as `rw-`",
        ),
        (
            "1\t0\t1\tmap\t0x1000\t0x1000\trw-x\tprivate\tanon",
            "field 7 (protection): expected a protection such as `rw-`",
        ),
        (
            "1\t0\t1\tmap\t0x1000\t0x1000\trw-\tcommon\tanon",
            "field 8 (sharing): expected `private` or `shared`, found `common`",
        ),
        (
            "1\t0\t1\tmap\t0x1000\t0x1000\trw-\tprivate\t3\t0x0",
            "field 9 (source): expected a file that the lines before have named, found `3`; a file needs a `file` line",
        ),
        (
            "1\t0\t1\tmap\t0x1000\t0x1000\trw-\tprivate\tanonymous",
            "field 9 (source): expected `anon`, `heap`, `stack` or a file number",
        ),
        (
            "1\t0\t1\tfault\t0x800000000000\tr\tabsent\tuser",
            "field 5 (address): expected an address below 0x800000000000",
        ),
        ("1\t0\t1\tfault\t0x1000\trw\tabsent\tuser", "field 6 (access): expected `r` or `w` or `x`"),
        ("1\t0\t1\tfault\t0x1000\tr\tmissing\tuser", "field 7 (translation): expected `absent` or `protection`"),
        ("1\t0\t1\tfault\t0x1000\tr\tabsent\troot", "field 8 (mode): expected `user` or `kernel`"),
        ("file\tx\t/lib", "line 3, field 2 (number): expected a decimal number"),
        ("file\t1", "line 3, field 3 (path): expected a path, found the end of the line"),
        ("nonsense", "line 3, field 1 (time): expected a decimal number, found `nonsense`"),
        (
            "1\t0\t1\texit\n2\t0\t1\texit",
            "line 4, field 3 (process): expected a living process, found 1, which exited in line 3",
        ),
        (
            "file\t1\t/a\nfile\t1\t/b",
            "line 4, field 2 (number): expected a new file number, found 1, which line 3 has named",
        ),
    ];
    for (line, expected) in cases {
        let said = third(line);
        assert!(said.contains(expected), "{line:?}:\n  said     {said}\n  expected {expected}");
        assert!(said.contains("; "), "{said} has no remedy");
    }
}

#[test]
fn a_file_that_is_no_recording_is_refused() {
    let header = "line 1: expected the header `#faultline-trace\\t1`";
    for (text, found) in
        [("", "an empty file"), ("hello\n", "`hello`"), ("#faultline-trace\t2\n", "`#faultline-trace\\t2`")]
    {
        let said = refused(text);
        assert!(said.starts_with(header) && said.contains(found), "{said}");
    }
    let said = refused("#faultline-trace\t1\n0\t0\t1\tfork\t2\n");
    assert!(said.contains("line 2, field 4 (operation): expected `exec`, found `fork`"), "{said}");
    let binary = Trace::from_bytes(&[0x80; 10]).expect_err("binary").to_string();
    assert!(binary.contains("line 1: expected text in UTF-8"), "{binary}");
    let endless = Trace::from_bytes(&vec![b'x'; 1 << 17]).expect_err("no line ends").to_string();
    assert!(endless.contains("line 1: expected a line of at most 65536 bytes"), "{endless}");
    assert!(Trace::from_bytes(b"#faultline-trace\t1\n").expect("nothing recorded").events.is_empty());
}

/// What a recording is refused with that may have no more than this.
fn refused_beyond(limits: Limits, text: &str) -> String {
    let plain = Trace::read_within(limits, text.as_bytes(), None, |_| {}).expect_err("too large").to_string();
    let zipped = Trace::read_within(limits, &gzip(text.as_bytes())[..], None, |_| {}).expect_err("too large");
    assert_eq!(plain, zipped.to_string());
    plain
}

#[test]
fn a_recording_that_is_too_large_is_refused_where_it_becomes_so() {
    let all = Limits { text: 1 << 20, events: 100, processes: 10, names: 200 };
    let begin = "#faultline-trace\t1\n0\t0\t1\texec\tsh\n";
    let fits = |text: &str| Trace::read_within(all, text.as_bytes(), None, |_| {}).is_ok();
    let events = |n: usize| begin.to_owned() + &"0\t0\t1\tadvise\t0\t0\t9\n".repeat(n);
    assert!(fits(&events(99)));
    assert_eq!(
        refused_beyond(all, &events(5_000)),
        "line 102: more than 100 events, the most that a recording may have; record less at a time, or leave out \
         the lines from here on"
    );
    let forks = |n: usize| (2..n + 2).fold(begin.to_owned(), |text, child| text + &format!("0\t0\t1\tfork\t{child}\n"));
    assert!(fits(&forks(9)));
    let said = refused_beyond(all, &forks(50));
    assert!(said.starts_with("line 12: more than 10 processes, "), "{said}");
    // Lines that are no events count too.
    let files =
        (0..20).fold(begin.to_owned(), |text, file| text + &format!("file\t{file}\t/a/rather/long/name/{file}\n"));
    let said = refused_beyond(all, &files);
    assert!(said.contains(": more than 200 bytes of names, "), "{said}");
    let programs = (0..20).fold(begin.to_owned(), |text, n| text + &format!("0\t0\t1\texec\ta_rather_long_name_{n}\n"));
    let said = refused_beyond(all, &programs);
    assert!(said.contains(": more than 200 bytes of names, "), "{said}");
    let remarks = begin.to_owned() + &"# nothing\n".repeat(200_000);
    let said = refused_beyond(all, &remarks);
    assert!(said.contains(": more than 1,048,576 bytes of text, "), "{said}");
}

#[test]
fn a_recording_is_read_up_to_its_limit_only() {
    let all = Limits { text: 1 << 30, events: 1_000, processes: 10, names: 200 };
    let line = b"0\t0\t1\tadvise\t0\t0\t9\n".repeat(1000);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(b"#faultline-trace\t1\n0\t0\t1\texec\tsh\n").expect("a vector takes everything");
    (0..1000).for_each(|_| bomb.write_all(&line).expect("a vector takes everything"));
    let bomb = bomb.finish().expect("a vector takes everything");
    let mut taken = 0;
    let said = Trace::read_within(all, &bomb[..], None, |loading| taken = loading.events).expect_err("a bomb");
    assert!(matches!(said, TraceError::TooLarge { line: 1002, .. }), "{said}");
    assert!(taken <= 1_001, "{taken}");
}

#[test]
fn a_gzip_file_that_ends_early_is_never_taken_for_whole() {
    let whole = gzip(EVERY.as_bytes());
    for len in 2..whole.len() {
        let error = Trace::from_bytes(&whole[..len]).expect_err("cut short");
        assert!(matches!(error, TraceError::Gzip { .. }), "{len}: {error}");
        assert!(error.to_string().contains("cut short; fetch or record the file again"), "{len}: {error}");
    }
    let mut damaged = whole.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 0x55;
    let said = Trace::from_bytes(&damaged).expect_err("a wrong checksum").to_string();
    assert!(said.contains("the gzip data is damaged"), "{said}");
}

#[test]
fn progress_counts_the_files_own_bytes() {
    let mut text = EVERY.lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
    for at in 0..20_000 {
        text += &format!("{at}\t0\t1\tfault\t{:#x}\tr\tabsent\tuser\n", 0x1000 + at);
    }
    let zipped = gzip(text.as_bytes());
    let mut seen = Vec::new();
    Trace::read(&zipped[..], Some(zipped.len() as u64), |loading| seen.push(loading)).expect("a good recording");
    assert_eq!(seen.len(), 5);
    assert!(seen.windows(2).all(|w| w[0].bytes <= w[1].bytes && w[0].events < w[1].events));
    let last = Loading { bytes: zipped.len() as u64, of: Some(zipped.len() as u64), events: 20_001 };
    assert_eq!(seen.last(), Some(&last));
}

#[test]
fn the_beginning_of_a_recording_is_a_recording() {
    let mut trace = Trace::from_bytes(EVERY.as_bytes()).expect("a good recording");
    trace.truncate(10);
    let numbers: Vec<_> = trace.processes.iter().map(|p| (p.number, p.exits)).collect();
    assert_eq!(numbers, [(1, false), (20, false)]);
}

proptest! {
    #[test]
    fn damage_is_refused_or_read_but_never_a_panic(edits in prop::collection::vec((0..EVERY.len(), any::<u8>(), 0..3u8), 1..6)) {
        let mut bytes = EVERY.as_bytes().to_vec();
        for (at, byte, what) in edits {
            let at = at.min(bytes.len() - 1);
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => _ = bytes.remove(at),
            }
        }
        let _ = Trace::from_bytes(&bytes);
        let _ = Trace::from_bytes(&gzip(&bytes));
    }

    #[test]
    fn any_bytes_are_refused_or_read_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Trace::from_bytes(&bytes);
        let with_header = [b"#faultline-trace\t1\n0\t0\t1\texec\ta\n", &bytes[..]].concat();
        let _ = Trace::from_bytes(&with_header);
        let zip = [&[0x1f, 0x8b, 8][..], &bytes].concat();
        let _ = Trace::from_bytes(&zip);
    }
}
