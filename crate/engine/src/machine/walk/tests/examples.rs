//! The worked examples of the specification (`pmap.md` 1.9), each confirmed on
//! QEMU: four levels, 40 physical bits.

use super::*;

/// Case | entries other than the default path, or the address | registers |
/// accesses | outcome of each | entries of which hardware sets A or A and D.
const EXAMPLES: &str = "
user read |  | WP+NX | user read | PA 1200000 | PML4EA PDPTEA PDEA PTEA
user write |  | WP+NX | user write | PA 1200008 | PML4EA PDPTEA PDEA PTEAD
user fetch |  | WP+NX | user fetch | PA 1200800 | PML4EA PDPTEA PDEA PTEA
sup read |  | WP+NX | sup read | PA 1200000 | PML4EA PDPTEA PDEA PTEA
sup write |  | WP+NX | sup write | PA 1200008 | PML4EA PDPTEA PDEA PTEAD
sup fetch of user page |  | WP+NX | sup fetch | PA 1200800 | PML4EA PDPTEA PDEA PTEA
sup fetch, SMEP |  | WP+NX+SMEP | sup fetch | #PF 11 | -
sup read, SMAP AC=0 |  | WP+NX+SMAP | sup read | #PF 01 | -
sup read, SMAP AC=1 |  | WP+NX+SMAP AC | sup read | PA 1200000 | PML4EA PDPTEA PDEA PTEA
sup write, SMAP AC=0 |  | WP+NX+SMAP | sup write | #PF 03 | -
P=0 in PTE, user write | PTE=1200006 | WP+NX | user write | #PF 06 | -
P=0 in PDE | PDE=303006 | WP+NX | sup read | #PF 00 | -
P=0 in PML4E, sup fetch | PML4E=301006 | WP+NX | sup fetch | #PF 10 | -
RO PTE user write | PTE=1200005 | WP+NX | user write | #PF 07 | -
RO PTE sup write WP=1 | PTE=1200005 | WP+NX | sup write | #PF 03 | -
RO PTE sup write WP=0 | PTE=1200005 | NX | sup write | PA 1200008 | PML4EA PDPTEA PDEA PTEAD
RO PDPTE sup write WP=1 | PDPTE=302005 | WP+NX | sup write | #PF 03 | -
S PTE user read | PTE=1200003 | WP+NX | user read | #PF 05 | -
S PDE user write | PDE=303003 | WP+NX | user write | #PF 07 | -
S PML4E user fetch | PML4E=301003 | WP+NX | user fetch | #PF 15 | -
NX PTE user fetch | PTE=8000000001200007 | WP+NX | user fetch | #PF 15 | -
NX PDPTE sup fetch | PDPTE=8000000000302007 | WP+NX | sup fetch | #PF 11 | -
NX PTE, NXE=0, read | PTE=8000000001200007 | WP | sup read | #PF 09 | -
NX PTE, NXE=0, fetch | PTE=8000000001200007 | WP | sup fetch | #PF 09 | -
same, SMEP=1 | PTE=8000000001200007 | WP+SMEP | sup fetch | #PF 19 | -
PTE bit 51 user read | PTE=8000001200007 | WP+NX | user read | #PF 0d | -
PDE bit 40 sup write | PDE=10000303007 | WP+NX | sup write | #PF 0b | -
PML4E PS=1 | PML4E=301087 | WP+NX | sup read | #PF 09 | -
P=0 and bit 51 | PTE=8000001200006 | WP+NX | sup read | #PF 00 | -
2M leaf read | va=ffff923400003000 PDE=1200087 | WP+NX | sup read | PA 1203000 | PML4EA PDPTEA PDEA
2M leaf write | PDE=1200087 | WP+NX | sup write | PA 1200008 | PML4EA PDPTEA PDEAD
2M leaf bit 13 | PDE=1202087 | WP+NX | sup read | #PF 09 | -
2M leaf PAT bit 12 | va=ffff923400005000 PDE=1201087 | WP+NX | sup read | PA 1205000 | PML4EA PDPTEA PDEA
2M leaf D=1,A=0 RO user write | PDE=12000c5 | WP+NX | user write | #PF 07 | -
1G leaf read | va=ffff923401234000 PDPTE=87 | WP+NX | sup read | PA 1234000 | PML4EA PDPTEA
1G leaf bit 29 | PDPTE=20000087 | WP+NX | sup read | #PF 09 | -
1G leaf write, PML4E RO | va=ffff923401400000 PML4E=301005 PDPTE=87 | WP+NX | sup write | #PF 03 | -
key1 AD user read | PTE=800000001200007 | WP+NX+PKE pkru=4 | user read | #PF 25 | -
key1 WD user write | PTE=800000001200007 | WP+NX+PKE pkru=8 | user write | #PF 27 | -
key1 WD sup write WP=0 | PTE=800000001200007 | NX+PKE pkru=8 | sup write | PA 1200008 | PML4EA PDPTEA PDEA PTEAD
key1 AD sup write | PTE=800000001200007 | WP+NX+PKE pkru=4 | sup write | #PF 23 | -
key1 AD fetch | PTE=800000001200007 | WP+NX+PKE pkru=4 | user fetch | PA 1200800 | PML4EA PDPTEA PDEA PTEA
key1 AD, RO, user write | PTE=800000001200005 | WP+NX+PKE pkru=4 | user write | #PF 27 | -
key1 AD, S page, sup read | PTE=800000001200003 | WP+NX+PKE pkru=4 | sup read | PA 1200000 | PML4EA PDPTEA PDEA PTEA
key in PDE only | PDE=800000000303007 | WP+NX+PKE pkru=4 | user read | PA 1200000 | PML4EA PDPTEA PDEA PTEA
locked RMW RO user | PTE=1200005 | WP+NX | user rmw | #PF 07 | -
read then write |  | WP+NX | sup read; write | PA 1200000; PA 1200008 | PML4EA PDPTEA PDEA PTEAD
non-canonical read | va=900000000000 | WP+NX | sup read | #GP(0) | -
";

const DEFAULT_VA: u64 = 0xffff_9234_0000_0000;
const NAMES: [&str; 4] = ["PML4E", "PDPTE", "PDE", "PTE"];
const LEVELS: [Level; 4] = [Level::Pml4, Level::Pdpt, Level::Pd, Level::Pt];

fn hex(digits: &str) -> u64 {
    u64::from_str_radix(digits, 16).expect("hexadecimal digits")
}

/// Registers from a list such as `WP+NX+PKE pkru=4`; the flag is EFLAGS.AC.
fn registers(text: &str) -> (Regs, bool) {
    let mut regs = plain();
    let mut ac = false;
    for word in text.split([' ', '+']) {
        match word {
            "WP" => regs.cr0 |= Cr0::WP,
            "NX" => regs.efer |= Efer::NXE,
            "SMEP" => regs.cr4 |= Cr4::SMEP,
            "SMAP" => regs.cr4 |= Cr4::SMAP,
            "PKE" => regs.cr4 |= Cr4::PKE,
            "AC" => ac = true,
            _ => regs.pkru = hex(word.strip_prefix("pkru=").expect("a register")) as u32,
        }
    }
    (regs, ac)
}

fn run_example(line: &str) {
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let [case, changes, cpu, accesses, outcomes, bits] = columns[..] else {
        panic!("six columns: {line}");
    };
    let mut va = DEFAULT_VA;
    let mut entries = [0x30_1007, 0x30_2007, 0x30_3007, 0x120_0007];
    for change in changes.split_whitespace() {
        let (name, value) = change.split_once('=').expect("NAME=VALUE");
        match NAMES.iter().position(|&known| known == name) {
            Some(place) => entries[place] = hex(value),
            None => va = hex(value),
        }
    }

    // The entry of each level goes where the entry above names a table.
    let mem = Mem::default();
    let mut table = ROOT;
    let mut places = Vec::new();
    for (level, entry) in LEVELS.into_iter().zip(entries) {
        let at = level.entry_at(table, VirtAddr(va));
        mem.set(at, entry);
        places.push(at);
        table = Entry::from_bits_retain(entry).table();
    }

    let (regs, ac) = registers(cpu);
    let user = accesses.starts_with("user");
    let kinds = accesses.trim_start_matches("user").trim_start_matches("sup");
    for (kind, outcome) in kinds.split(';').zip(outcomes.split(';')) {
        let (kind, offset) = match kind.trim() {
            "read" => (AccessKind::Read, 0),
            "write" => (AccessKind::Write, 8),
            "rmw" => (AccessKind::Rmw, 8),
            "fetch" => (AccessKind::Fetch, 0x800),
            other => panic!("{case}: no such access as {other}"),
        };
        let address = VirtAddr(va + offset);
        let got = walk(&mem, ROOT, &regs, address, Access { kind, user, ac, implicit: false });
        match outcome.trim().split_once(' ') {
            Some(("PA", phys)) => {
                assert_eq!(got.expect(case).phys, PhysAddr(hex(phys)), "{case}");
            }
            Some(("#PF", code)) => {
                let code = ErrorCode::from_bits_retain(hex(code) as u32);
                let fault = HardwareFault::PageFault(PageFault { address, code });
                assert_eq!(got, Err(fault), "{case}");
            }
            _ => assert_eq!(got, Err(HardwareFault::GeneralProtection), "{case}"),
        }
    }

    // Upper entries first, so a name is never the end of a longer one here.
    for ((name, at), before) in NAMES.into_iter().zip(places).zip(entries) {
        let word = bits.split_whitespace().find_map(|word| word.strip_prefix(name));
        let set = match word {
            Some("A") => Entry::A,
            Some("AD") => Entry::A | Entry::M,
            _ => Entry::empty(),
        };
        let expected = Entry::from_bits_retain(before) | set;
        assert_eq!(mem.get(at), expected, "{case}: {name}");
    }
}

#[test]
fn the_worked_examples_come_out_as_on_qemu() {
    let lines: Vec<&str> = EXAMPLES.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 48);
    for line in lines {
        run_example(line);
    }
}
