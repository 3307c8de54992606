//! The walker against what a real emulator did: every record of both files
//! must agree, and any change of a record must be seen.

use faultline_recording::vectors::{Levels, MAX_RECORDS, RECORD_SIZE, VectorError, Vectors};
use lzma_rust2::{XzOptions, XzReader, XzWriter};
use std::io::{Read, repeat};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name)
}

/// The uncompressed bytes of one file, unpacked once for all tests.
fn bytes(levels: Levels) -> &'static [u8] {
    static FILES: [OnceLock<Vec<u8>>; 2] = [OnceLock::new(), OnceLock::new()];
    let (slot, name) = match levels {
        Levels::Four => (0, "walk-4level.bin.xz"),
        Levels::Five => (1, "walk-5level.bin.xz"),
    };
    FILES[slot].get_or_init(|| {
        let packed = std::fs::read(data(name)).expect("the data is part of the repository");
        let mut bytes = Vec::new();
        XzReader::new(&packed[..], false).read_to_end(&mut bytes).expect("valid xz");
        bytes
    })
}

/// All that there is to read, packed.
fn xz(input: &mut impl Read) -> Vec<u8> {
    let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).expect("options");
    std::io::copy(input, &mut writer).expect("compressible");
    writer.finish().expect("a vector takes everything")
}

fn parse(bytes: &[u8]) -> Result<Vectors, VectorError> {
    Vectors::parse(bytes, Path::new("some.bin"))
}

fn record(levels: Levels, n: usize) -> Vec<u8> {
    bytes(levels)[n * RECORD_SIZE..][..RECORD_SIZE].to_vec()
}

/// Replaces the little-endian field of `N` bytes at `at`.
fn put<const N: usize>(record: &mut [u8], at: usize, field: [u8; N]) {
    record[at..at + N].copy_from_slice(&field);
}

fn exception(record: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(record[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(record: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(record[at..at + 8].try_into().expect("eight bytes"))
}

/// What a comparison says of one record that was tampered with.
fn complaint(record: &[u8], levels: Levels) -> Option<String> {
    let report = parse(record).expect("still a record").compare(Some(levels));
    assert_eq!(report.records, 1);
    assert_eq!(report.agree + report.disagree.len(), 1);
    report.disagree.into_iter().next().map(|one| one.what)
}

#[test]
fn every_record_of_four_levels_agrees() {
    let vectors = Vectors::read(&data("walk-4level.bin.xz")).expect("readable");
    assert_eq!(vectors.levels(), Levels::Four);
    let report = vectors.compare(None);
    assert_eq!((report.records, report.agree), (42_829, 42_829), "{:#?}", report.disagree.first());
    assert!(report.disagree.is_empty());
}

#[test]
fn every_record_of_five_levels_agrees() {
    let vectors = Vectors::read(&data("walk-5level.bin.xz")).expect("readable");
    assert_eq!(vectors.levels(), Levels::Five);
    let report = vectors.compare(None);
    assert_eq!((report.records, report.agree), (28_540, 28_540), "{:#?}", report.disagree.first());
    assert!(report.disagree.is_empty());
}

#[test]
fn plain_files_are_read_as_well_as_compressed_ones() {
    let dir = std::env::temp_dir().join(format!("faultline-vectors-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory for temporary files");
    let plain = dir.join("walk.bin");
    let few = &bytes(Levels::Five)[..100 * RECORD_SIZE];
    std::fs::write(&plain, few).expect("writable");
    assert_eq!(Vectors::read(&plain).expect("readable"), parse(few).expect("readable"));
    // The name does not matter where the first bytes tell.
    let packed = dir.join("walk.vectors");
    std::fs::write(&packed, xz(&mut &*few)).expect("writable");
    assert_eq!(Vectors::read(&packed).expect("readable"), parse(few).expect("readable"));
    std::fs::remove_dir_all(&dir).expect("removable");
}

#[test]
fn the_wrong_number_of_levels_disagrees() {
    let vectors = parse(bytes(Levels::Five)).expect("readable");
    let report = vectors.compare(Some(Levels::Four));
    assert!(report.disagree.len() > 10_000, "{} disagree", report.disagree.len());
    assert_eq!(report.agree + report.disagree.len(), report.records);
}

#[test]
fn every_field_of_a_result_is_compared() {
    // (file, the first access's exception, what to change, word of the complaint)
    let levels = Levels::Four;
    let all = bytes(levels);
    let of = |wanted: u32, kind: u8| {
        let found =
            all.chunks_exact(RECORD_SIZE).find(|r| exception(r, 64) == wanted && r[48] == kind && r[49] != 0xff);
        found.expect("such a record").to_vec()
    };
    for (name, base, at) in [
        ("exception", of(0, 0), 64),
        ("exception", of(13, 0), 64),
        ("exception", of(14, 0), 64),
        ("error code", of(14, 1), 68),
        ("CR2", of(14, 2), 72),
        ("address of a read", of(0, 0), 80),
        ("second exception", of(0, 3), 88),
        ("second error code", of(14, 0), 92),
    ] {
        assert_eq!(complaint(&base, levels), None, "{name}");
        let mut changed = base.clone();
        changed[at] ^= 0x80;
        let what = complaint(&changed, levels).unwrap_or_else(|| panic!("{name} is not compared"));
        let access = if at < 88 { "first access" } else { "second access" };
        assert!(what.starts_with(access), "{name}: {what}");
        assert!(what.contains("expected") && what.contains("found"), "{name}: {what}");
    }
}

#[test]
fn each_bit_of_each_entry_afterwards_is_compared_but_for_a() {
    for levels in [Levels::Four, Levels::Five] {
        for n in (0..28_000).step_by(400) {
            let base = record(levels, n);
            for slot in top(levels)..5 {
                for bit in (0..64).filter(|&bit| bit != 5) {
                    let mut changed = base.clone();
                    changed[112 + 8 * slot + bit / 8] ^= 1 << (bit % 8);
                    let what = complaint(&changed, levels);
                    assert!(what.is_some(), "record {n}, e{}, bit {bit}", 5 - slot);
                }
            }
        }
    }
}

/// The slot of the top table's entry.
fn top(levels: Levels) -> usize {
    if levels == Levels::Four { 1 } else { 0 }
}

/// Where the walk of a record ends by the entries as given, and whether that
/// is a 1 GiB leaf without the reserved bits that all entries have: said anew
/// here, apart from the walker.
fn end_of_walk(record: &[u8], levels: Levels) -> (usize, bool) {
    let no_execute = record[52] & 2 != 0;
    let always = 0x000f_ff00_0000_0000 | if no_execute { 0 } else { 1 << 63 };
    for slot in top(levels)..5 {
        let entry = u64_at(record, 8 + 8 * slot);
        let large = entry & 0x80 != 0;
        if entry & 1 == 0 || entry & always != 0 {
            return (slot, false);
        }
        if large || slot == 4 {
            return (slot, slot == 2);
        }
    }
    unreachable!("the last level always ends a walk")
}

#[test]
fn a_bits_are_open_only_in_entries_that_a_faulting_walk_passed() {
    for levels in [Levels::Four, Levels::Five] {
        let (mut open_ones, mut closed_ones) = (0, 0);
        for base in bytes(levels).chunks_exact(RECORD_SIZE) {
            if exception(base, 64) == 0 || base[49] != 0xff {
                continue; // of single accesses that fault it is plain what is open
            }
            let (end, large) = end_of_walk(base, levels);
            let walked = exception(base, 64) == 14;
            for slot in top(levels)..5 {
                let passed = walked && (slot < end || slot == end && large);
                // A that was set stays set; A that was not may be set or not.
                let open = passed && base[8 + 8 * slot] & 0x20 == 0;
                let mut changed = base.to_vec();
                changed[112 + 8 * slot] ^= 0x20;
                assert_eq!(complaint(&changed, levels).is_none(), open, "e{}", 5 - slot);
                open_ones += usize::from(open);
                closed_ones += usize::from(!open);
            }
        }
        assert!(open_ones > 1000 && closed_ones > 1000);
    }
}

#[test]
fn the_a_bit_of_a_faulting_leaf_is_open_in_1_gib_pages_alone() {
    for (levels, expected) in [(Levels::Four, 788), (Levels::Five, 559)] {
        let mut set_by_fault = 0;
        for base in bytes(levels).chunks_exact(RECORD_SIZE) {
            // A 1 GiB leaf that had no A, has it now, and no access succeeded.
            let (before, after) = (u64_at(base, 8 + 16), u64_at(base, 112 + 16));
            let failed = |at| exception(base, at) != 0;
            if before & 0xa1 == 0x81 && after & 0x20 != 0 && failed(64) && failed(88) {
                set_by_fault += 1;
                let mut without = base.to_vec();
                put(&mut without, 112 + 16, before.to_le_bytes());
                assert_eq!(complaint(&without, levels), None, "not setting it is right too");
            }
        }
        assert_eq!(set_by_fault, expected);
    }
}

#[test]
fn an_access_that_was_not_made_must_not_have_an_outcome() {
    let all = bytes(Levels::Four);
    let single = all.chunks_exact(RECORD_SIZE).find(|r| r[49] == 0xff).expect("such a record");
    let mut changed = single.to_vec();
    put(&mut changed, 88, 0_u32.to_le_bytes());
    let what = complaint(&changed, Levels::Four).expect("a disagreement");
    assert!(what.starts_with("second access: expected success, found no access"), "{what}");
}

#[test]
fn a_disagreement_names_record_offset_and_both_results() {
    let mut some = bytes(Levels::Four)[..10 * RECORD_SIZE].to_vec();
    let at = 7 * RECORD_SIZE + 112 + 8;
    some[at] ^= 0x40;
    let report = parse(&some).expect("readable").compare(None);
    assert_eq!((report.records, report.agree), (10, 9));
    let [one] = &report.disagree[..] else { panic!("one disagreement: {report:?}") };
    assert_eq!((one.record, one.offset), (7, 7 * RECORD_SIZE));
    let told = u64_at(&some, at);
    let expected = format!("e4 afterwards: expected {told:#x}, found {:#x}", told ^ 0x40);
    assert_eq!(one.what, expected);
}

#[test]
fn a_write_after_a_read_finds_the_cached_translation_clean_and_sets_dirty() {
    let all = bytes(Levels::Four);
    let read_then_write = all
        .chunks_exact(RECORD_SIZE)
        .filter(|r| r[48] == 0 && r[49] == 1 && exception(r, 64) == 0 && exception(r, 88) == 0);
    let mut seen = 0;
    for base in read_then_write {
        let clean = |slot: usize| base[8 + 8 * slot] & 0x40 == 0 && base[112 + 8 * slot] & 0x40 != 0;
        for slot in (1..5).filter(|&slot| clean(slot)) {
            let mut changed = base.to_vec();
            changed[112 + 8 * slot] ^= 0x40;
            assert!(complaint(&changed, Levels::Four).is_some());
            seen += 1;
        }
    }
    assert!(seen > 0, "the file has such records");
}

#[test]
fn a_malformed_record_is_refused_with_place_and_remedy() {
    let cases: [(&str, usize, &[u8], &str); 6] = [
        ("acc1", 48, &[4], "record 2 at byte 368: acc1 is 0x4; it must be 0 (read)"),
        ("acc2", 49, &[0xfe], "record 2 at byte 369: acc2 is 0xfe; it must be 0 (read)"),
        ("user", 50, &[4], "record 2 at byte 370: user is 0x4; it must be made of bit 0"),
        ("ac", 51, &[0x80], "record 2 at byte 371: ac is 0x80; it must be made of bit 0"),
        ("cpu", 52, &[0x40], "record 2 at byte 372: cpu is 0x40; it must be made of 1 CR0.WP"),
        ("cpu", 55, &[1], "record 2 at byte 372: cpu is 0x1"),
    ];
    for (field, at, value, message) in cases {
        let mut some = bytes(Levels::Four)[..3 * RECORD_SIZE].to_vec();
        put(&mut some, 2 * RECORD_SIZE + 52, [0; 4]);
        some[2 * RECORD_SIZE + at..][..value.len()].copy_from_slice(value);
        let error = parse(&some).expect_err(field).to_string();
        assert!(error.starts_with("some.bin: record 2 at byte"), "{error}");
        assert!(error.contains(message) || field == "cpu" && error.contains("cpu is"), "{error}");
    }
}

#[test]
fn a_file_that_ends_inside_a_record_is_refused() {
    let error = parse(&bytes(Levels::Four)[..5 * RECORD_SIZE + 7]).expect_err("cut off");
    assert_eq!(
        error.to_string(),
        "some.bin: record 5 at byte 800: only 7 bytes of 160 are left; \
         fetch the file anew, or cut it to 800 bytes"
    );
    assert!(matches!(parse(&[]), Err(VectorError::Empty { .. })));
    let missing = Vectors::read(&data("no-such-file.bin")).expect_err("not there");
    assert!(missing.to_string().contains("no-such-file.bin"), "{missing}");
}

#[test]
fn corrupt_compression_is_refused_wherever_it_is_corrupt() {
    let xz = std::fs::read(data("walk-5level.bin.xz")).expect("the data is part of the repository");
    let file = std::env::temp_dir().join(format!("faultline-broken-{}.xz", std::process::id()));
    let last = xz.len() - 1;
    // Header, first block, its middle, its end, index, footer.
    for at in [0, 7, 14, 40, last / 2, last - 60, last - 20, last - 9, last] {
        let mut broken = xz.clone();
        broken[at] ^= 0x11;
        std::fs::write(&file, &broken).expect("writable");
        let error = Vectors::read(&file).expect_err("check sums tell").to_string();
        assert!(error.contains(" of the compressed file: "), "changed at {at}: {error}");
        assert!(error.contains("xz --test"), "changed at {at}: {error}");
        std::fs::write(&file, &xz[..at]).expect("writable");
        assert!(Vectors::read(&file).is_err(), "cut at {at}");
    }
    std::fs::remove_file(&file).expect("removable");
}

#[test]
fn decompression_stops_at_the_limit() {
    let most = MAX_RECORDS * RECORD_SIZE;
    let file = std::env::temp_dir().join(format!("faultline-bomb-{}.xz", std::process::id()));
    let read = |bytes: &[u8]| {
        std::fs::write(&file, bytes).expect("writable");
        Vectors::read(&file)
    };
    // Streams one behind the other unpack as one.
    let part = xz(&mut repeat(0).take(most as u64 / 8));
    let whole = read(&part.repeat(2)).expect("two streams").records().len();
    assert_eq!(whole, MAX_RECORDS / 4);
    let bomb = part.repeat(9);
    assert!(bomb.len() < most / 500, "{}", bomb.len());
    let error = read(&bomb).expect_err("a bomb").to_string();
    assert!(error.contains("a file may have 524288 records") && error.contains("split it"), "{error}");
    // It stops where it has seen enough: what is broken behind that is never met.
    let error = read(&[&bomb[..], b"broken"].concat()).expect_err("a bomb");
    assert!(matches!(error, VectorError::TooMany { .. }), "{error}");
    // The same without compression.
    let plain = std::fs::File::create(&file).expect("writable");
    plain.set_len(7 * most as u64).expect("a file with a hole");
    std::fs::rename(&file, file.with_extension("bin")).expect("movable");
    let error = Vectors::read(&file.with_extension("bin")).expect_err("too long");
    assert!(matches!(error, VectorError::TooMany { .. }), "{error}");
    std::fs::remove_file(file.with_extension("bin")).expect("removable");
}

#[test]
fn a_large_xz_dictionary_is_refused() {
    let mut small = XzWriter::new(Vec::new(), XzOptions::with_preset(0)).expect("options");
    std::io::copy(&mut &bytes(Levels::Four)[..RECORD_SIZE], &mut small).expect("compressible");
    let mut packed = small.finish().expect("a vector takes everything");
    // The block's header: size, flags, filter, size of properties, dictionary; then padding and its CRC-32.
    let header = (usize::from(packed[12]) + 1) * 4;
    assert_eq!((packed[14], packed[15]), (0x21, 1), "the filter is LZMA2");
    packed[16] = 37; // 1.5 GiB
    let mut crc = flate2::Crc::new();
    crc.update(&packed[12..12 + header - 4]);
    put(&mut packed, 12 + header - 4, crc.sum().to_le_bytes());
    let file = std::env::temp_dir().join(format!("faultline-dictionary-{}.xz", std::process::id()));
    std::fs::write(&file, &packed).expect("writable");
    let error = Vectors::read(&file).expect_err("too much memory").to_string();
    assert!(error.contains("takes more than 128 MiB; pack it again"), "{error}");
    std::fs::remove_file(&file).expect("removable");
}
