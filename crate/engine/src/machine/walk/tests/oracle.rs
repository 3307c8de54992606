//! The permission oracle of the specification (`pmap.md` 1.7), every row on
//! every shape of path, with each effective right denied at each level in turn.

use super::*;
use AccessKind::{Fetch, Read, Rmw, Write};

/// 0, 1, or any.
type Cond = Option<bool>;
const ANY: Cond = None;
const OFF: Cond = Some(false);
const ON: Cond = Some(true);

/// Mode is user? | kind | U | W | X | WP | SMEP | SMAP and not AC | error code.
type Row = (bool, AccessKind, Cond, Cond, Cond, Cond, Cond, Cond, Option<u32>);

#[rustfmt::skip]
const ROWS: [Row; 22] = [
    (true,  Read,  OFF, ANY, ANY, ANY, ANY, ANY, Some(5)),
    (true,  Read,  ON,  ANY, ANY, ANY, ANY, ANY, None),
    (true,  Write, OFF, ANY, ANY, ANY, ANY, ANY, Some(7)),
    (true,  Write, ON,  OFF, ANY, ANY, ANY, ANY, Some(7)),
    (true,  Write, ON,  ON,  ANY, ANY, ANY, ANY, None),
    (true,  Fetch, OFF, ANY, ANY, ANY, ANY, ANY, Some(0x15)),
    (true,  Fetch, ON,  ANY, OFF, ANY, ANY, ANY, Some(0x15)),
    (true,  Fetch, ON,  ANY, ON,  ANY, ANY, ANY, None),
    (false, Read,  OFF, ANY, ANY, ANY, ANY, ANY, None),
    (false, Read,  ON,  ANY, ANY, ANY, ANY, OFF, None),
    (false, Read,  ON,  ANY, ANY, ANY, ANY, ON,  Some(1)),
    (false, Write, OFF, ON,  ANY, ANY, ANY, ANY, None),
    (false, Write, OFF, OFF, ANY, OFF, ANY, ANY, None),
    (false, Write, OFF, OFF, ANY, ON,  ANY, ANY, Some(3)),
    (false, Write, ON,  ON,  ANY, ANY, ANY, OFF, None),
    (false, Write, ON,  OFF, ANY, OFF, ANY, OFF, None),
    (false, Write, ON,  OFF, ANY, ON,  ANY, ANY, Some(3)),
    (false, Write, ON,  ANY, ANY, ANY, ANY, ON,  Some(3)),
    (false, Fetch, OFF, ANY, ON,  ANY, ANY, ANY, None),
    (false, Fetch, ANY, ANY, OFF, ANY, ANY, ANY, Some(0x11)),
    (false, Fetch, ON,  ANY, ON,  ANY, OFF, ANY, None),
    (false, Fetch, ON,  ANY, ANY, ANY, ON,  ANY, Some(0x11)),
];

/// One line of the table without wildcards.
#[derive(Clone, Copy, Debug)]
struct Case {
    user: bool,
    kind: AccessKind,
    /// U, W, X, WP, SMEP, "SMAP and not AC".
    bits: [bool; 6],
    nxe: bool,
}

fn cases() -> impl Iterator<Item = Case> {
    (0..1024_u32).filter_map(|n| {
        let bit = |k: u32| n >> k & 1 != 0;
        let kind = [Read, Write, Fetch, Rmw][(n >> 7 & 3) as usize];
        let bits = [bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)];
        let nxe = bit(9);
        // Without NXE no page can be made unfetchable.
        (nxe || bits[2]).then_some(Case { user: bit(6), kind, bits, nxe })
    })
}

/// The table's outcome; all rows that apply to the case must agree.
fn expected(case: Case) -> Option<u32> {
    let kind = if case.kind == Rmw { Write } else { case.kind };
    let mut said = ROWS.iter().filter(|&&(user, row, u, w, x, wp, smep, smap, _)| {
        let conditions = [u, w, x, wp, smep, smap];
        user == case.user
            && row == kind
            && conditions.iter().zip(case.bits).all(|(cond, bit)| cond.is_none_or(|c| c == bit))
    });
    let code = said.next().expect("the table is complete").8;
    assert!(said.all(|row| row.8 == code), "the table contradicts itself: {case:?}");
    let told = case.nxe || case.bits[4];
    code.map(|code| if told { code } else { code & !0x10 })
}

fn registers(case: Case, smap_by_ac: bool) -> (Regs, Access) {
    let [_, _, _, wp, smep, smap] = case.bits;
    let mut regs = plain();
    regs.cr0.set(Cr0::WP, wp);
    regs.cr4.set(Cr4::SMEP, smep);
    // "SMAP and not AC" is off in two ways: no SMAP, or AC set.
    regs.cr4.set(Cr4::SMAP, smap || smap_by_ac);
    regs.efer.set(Efer::NXE, case.nxe);
    (regs, Access { kind: case.kind, user: case.user, ac: !smap && smap_by_ac, implicit: false })
}

/// Runs one case on `path`, whose effective rights have been arranged.
fn judge(path: &Path, access: Access, case: Case) {
    let before = path.entries();
    match (path.walk(access), expected(case)) {
        (Ok(translation), None) => {
            assert_eq!(translation.dirty, case.kind.writes(), "{case:?}");
            assert_eq!(check(&path.regs, &translation, access), Ok(()), "{case:?}");
            let last = before.len() - 1;
            for (n, (was, is)) in before.iter().zip(path.entries()).enumerate() {
                let dirty = n == last && case.kind.writes();
                let set = if dirty { Entry::A | Entry::M } else { Entry::A };
                assert_eq!(is, *was | set, "{case:?}");
            }
        }
        (Err(HardwareFault::PageFault(fault)), Some(code)) => {
            assert_eq!(fault.code.bits(), code, "{case:?}");
            assert_eq!(fault.address, path.va, "{case:?}");
            assert_eq!(path.entries(), before, "a fault stores nothing: {case:?}");
        }
        (got, expected) => panic!("{case:?}: expected {expected:x?}, got {got:x?}"),
    }
    for &(level, _) in &path.steps {
        path.change(level, Entry::empty(), Entry::A | Entry::M);
    }
}

/// Denies in the entry at `level` what `case` denies.
fn deny(path: &Path, level: Level, case: Case) {
    let [u, w, x, ..] = case.bits;
    let mut clear = Entry::empty();
    clear.set(Entry::U, !u);
    clear.set(Entry::RW, !w);
    let set = if x { Entry::empty() } else { Entry::NX };
    path.change(level, set, clear);
}

#[test]
fn every_row_holds_at_every_depth_and_page_size_wherever_the_right_is_denied() {
    for case in cases() {
        for by_ac in [false, true] {
            let (regs, access) = registers(case, by_ac);
            for path in shapes(regs) {
                let levels: Vec<Level> = path.steps.iter().map(|step| step.0).collect();
                for &level in &levels {
                    let path = Path::new(path.regs, path.leaf_level().leaf_size().expect("a leaf"));
                    deny(&path, level, case);
                    judge(&path, access, case);
                }
            }
        }
    }
}

#[test]
fn every_row_is_used() {
    for (n, row) in ROWS.iter().enumerate() {
        let alone = cases().any(|case| {
            let (user, kind, u, w, x, wp, smep, smap, _) = *row;
            let conditions = [u, w, x, wp, smep, smap];
            user == case.user
                && kind == case.kind
                && conditions.iter().zip(case.bits).all(|(c, b)| c.is_none_or(|c| c == b))
        });
        assert!(alone, "row {} speaks of no case", n + 1);
    }
}

#[test]
fn a_key_of_a_user_page_binds_both_modes_and_tells_so() {
    // Key 3: AD is bit 6 of PKRU, WD bit 7.
    let (ad, wd) = (1 << 6, 1 << 7);
    let user = Access::user;
    let kernel = Access::supervisor;
    let cases: [(u32, bool, Access, Option<u32>); 14] = [
        (ad, true, kernel(Read), Some(0x21)),
        (ad, true, kernel(Write), Some(0x23)),
        (ad, true, user(Read), Some(0x25)),
        (ad, true, user(Rmw), Some(0x27)),
        (ad, false, kernel(Write), Some(0x23)),
        (ad, true, user(Fetch), None),
        (ad, true, kernel(Fetch), None),
        (wd, true, user(Read), None),
        (wd, true, user(Write), Some(0x27)),
        (wd, false, user(Write), Some(0x27)),
        (wd, true, kernel(Write), Some(0x23)),
        (wd, false, kernel(Write), None),
        (!(ad | wd), true, user(Write), None),
        (ad | wd, true, user(Read), Some(0x25)),
    ];
    for (pkru, wp, access, code) in cases {
        let mut regs = plain();
        regs.efer |= Efer::NXE;
        regs.cr0.set(Cr0::WP, wp);
        regs.cr4 |= Cr4::PKE;
        regs.pkru = pkru;
        regs.pkrs = !0; // of no concern: neither PKS nor a supervisor page
        for path in shapes(regs) {
            path.change(path.leaf_level(), Entry::empty().with_key(3), Entry::empty());
            match code {
                Some(code) => assert_eq!(path.fault(access), code, "{pkru:#x} {access:?}"),
                None => assert!(path.walk(access).is_ok(), "{pkru:#x} {access:?}"),
            }
        }
        // With PKE off the key is ignored.
        regs.cr4 -= Cr4::PKE;
        let path = Path::new(regs, PageSize::Size4K);
        path.change(Level::Pt, Entry::empty().with_key(3), Entry::empty());
        assert!(path.walk(access).is_ok());
    }
}

#[test]
fn a_key_of_a_supervisor_page_binds_the_supervisor_alone() {
    let (ad, wd) = (1 << 30, 1 << 31);
    let user = Access::user;
    let kernel = Access::supervisor;
    let cases: [(u32, bool, Access, Option<u32>); 9] = [
        (ad, true, kernel(Read), Some(0x21)),
        (ad, false, kernel(Rmw), Some(0x23)),
        (ad, true, kernel(Fetch), None),
        (wd, true, kernel(Read), None),
        (wd, true, kernel(Write), Some(0x23)),
        (wd, false, kernel(Write), None),
        (!(ad | wd), true, kernel(Write), None),
        // The open point of 1.4.2, decided there: no PK, R1 applies.
        (ad, true, user(Read), Some(5)),
        (ad, true, user(Write), Some(7)),
    ];
    for (pkrs, wp, access, code) in cases {
        let mut regs = plain();
        regs.cr0.set(Cr0::WP, wp);
        regs.cr4 |= Cr4::PKS | Cr4::PKE;
        regs.pkru = !0; // of no concern: not a user page
        regs.pkrs = pkrs;
        for path in shapes(regs) {
            path.change(path.leaf_level(), Entry::empty().with_key(15), Entry::U);
            match code {
                Some(code) => assert_eq!(path.fault(access), code, "{pkrs:#x} {access:?}"),
                None => assert!(path.walk(access).is_ok(), "{pkrs:#x} {access:?}"),
            }
        }
    }
}

#[test]
fn the_key_is_told_although_another_rule_fires_too() {
    let mut regs = plain();
    regs.cr0 |= Cr0::WP;
    regs.cr4 |= Cr4::PKE | Cr4::SMAP;
    regs.pkru = 1 << 2;
    let path = Path::new(regs, PageSize::Size4K);
    path.change(Level::Pt, Entry::empty().with_key(1), Entry::RW);
    assert_eq!(path.fault(Access::user(Write)), 0x27, "R2 and R6");
    assert_eq!(path.fault(Access::supervisor(Read)), 0x21, "R5 and R6");
}
