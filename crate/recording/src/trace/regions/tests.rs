use super::*;

const RW: Prot = Prot::RW;

fn map(regions: &mut Regions, start: u64, len: u64, prot: Prot, source: Source) -> bool {
    regions.map(&Map { start, len, prot, shared: false, source })
}

fn at(regions: &mut Regions, address: u64) -> [Expect; 3] {
    [Access::Read, Access::Write, Access::Execute].map(|access| regions.access(address, access))
}

#[test]
fn protection_follows_map_protect_and_unmap() {
    use Expect::{Either, Refused, Served};
    let mut r = Regions::default();
    assert_eq!(at(&mut r, 0x1000), [Refused; 3]);
    map(&mut r, 0x1000, 0x5000, RW, Source::Anon);
    r.protect(0x2000, 0x3000, Prot::READ);
    r.protect(0x3000, 0x4000, Prot::empty());
    r.remove(0x4000, 0x5000);
    map(&mut r, 0x5000, 0x1000, Prot::EXECUTE, Source::Anon);
    assert_eq!(at(&mut r, 0xfff), [Refused; 3]);
    assert_eq!(at(&mut r, 0x1000), [Served, Served, Refused]);
    assert_eq!(at(&mut r, 0x2fff), [Served, Refused, Refused]);
    assert_eq!(at(&mut r, 0x3000), [Refused; 3]);
    assert_eq!(at(&mut r, 0x4fff), [Refused; 3]);
    assert_eq!(at(&mut r, 0x5000), [Either, Refused, Served]);
    assert_eq!(at(&mut r, 0x6000), [Refused; 3]);
}

#[test]
fn a_stack_grows_down_to_what_lies_below_and_keeps_a_guard_page() {
    let mut r = Regions::default();
    map(&mut r, 0x10_0000, 0x1000, RW, Source::Anon);
    map(&mut r, 0x20_0000, 0x2000, RW, Source::Stack);
    assert_eq!(r.access(0x1f_8123, Access::Execute), Expect::Either);
    assert_eq!(r.access(0x1e_0000, Access::Write), Expect::Served);
    assert_eq!(r.access(0x1d_ffff, Access::Write), Expect::Grows);
    assert_eq!(r.access(0x10_1fff, Access::Write), Expect::Either);
    assert_eq!(r.access(0x10_2000, Access::Write), Expect::Grows);
    // Far below it there is no stack.
    let mut r = Regions::default();
    map(&mut r, 0x7000_0000, 0x2000, RW, Source::Stack);
    assert_eq!(r.access(0x7000_2000 - (8 << 20), Access::Write), Expect::Either);
    assert_eq!(r.access(0x7000_3000 - (8 << 20), Access::Write), Expect::Grows);
    assert_eq!(r.access(0x6000_0000, Access::Write), Expect::Refused);
    // Nor is it certain that a stack with changed rights grows.
    let mut r = Regions::default();
    map(&mut r, 0x7000_0000, 0x2000, RW, Source::Stack);
    r.protect(0x7000_0000, 0x7000_1000, Prot::READ);
    assert_eq!(r.access(0x6fff_f000, Access::Read), Expect::Either);
    // A range in its room may end that.
    let mut r = Regions::default();
    map(&mut r, 0x7000_0000, 0x2000, RW, Source::Stack);
    r.protect(0x6ff0_0000, 0x6ff0_1000, Prot::READ);
    assert_eq!(r.access(0x6ff0_0000, Access::Read), Expect::Either);
    assert_eq!(r.access(0x6fff_f000, Access::Read), Expect::Grows);
    // Kernels that merge the parts of the room again let the stack grow through them; what was taken out stays out.
    for (cut, below) in [(false, Expect::Either), (true, Expect::Refused)] {
        let mut r = Regions::default();
        map(&mut r, 0x7000_0000, 0x2000, RW, Source::Stack);
        if cut {
            r.remove(0x6fff_0000, 0x6fff_1000);
        } else {
            r.protect(0x6fff_0000, 0x6fff_1000, RW);
        }
        assert_eq!(r.access(0x6fff_f000, Access::Read), Expect::Grows);
        map(&mut r, 0x6fff_0000, 0x1000, RW, Source::Anon);
        assert_eq!(r.access(0x6ffe_f800, Access::Read), below);
    }
}

#[test]
fn a_mapping_below_a_stack_limits_its_growth() {
    let mut r = Regions::default();
    map(&mut r, 0x20_0000, 0x2000, RW, Source::Stack);
    map(&mut r, 0x1f_0000, 0x1000, RW, Source::Anon);
    r.remove(0x1f_0000, 0x1f_1000);
    assert_eq!(r.access(0x1f_0000, Access::Write), Expect::Either);
    assert_eq!(r.access(0x1f_1000, Access::Write), Expect::Either);
    assert_eq!(r.access(0x1f_2000, Access::Write), Expect::Grows);
}

#[test]
fn mapping_a_whole_stack_reports_its_growth() {
    let mut r = Regions::default();
    assert!(!map(&mut r, 0x20_0000, 0x2000, RW, Source::Stack));
    assert_eq!(r.access(0x1f_e000, Access::Write), Expect::Grows);
    assert!(map(&mut r, 0x1f_e000, 0x4000, RW, Source::Stack));
    assert_eq!(r.access(0x1f_0000, Access::Write), Expect::Served);
    assert!(map(&mut r, 0x1f_0000, 0x12000, RW, Source::Stack));
    // Lower than it has grown, other rights, not a stack: an ordinary mapping.
    assert!(!map(&mut r, 0x1d_0000, 0x32000, RW, Source::Stack));
    assert!(!map(&mut r, 0x1d_0000, 0x32000, Prot::READ, Source::Stack));
    assert!(!map(&mut r, 0x1d_0000, 0x32000, Prot::READ, Source::Anon));
}

#[test]
fn a_remap_moves_protection_and_leaves_no_mapping_behind() {
    let mut r = Regions::default();
    map(&mut r, 0x1000, 0x3000, RW, Source::Anon);
    r.protect(0x2000, 0x3000, Prot::READ);
    r.remap(&Remap { old_start: 0x1000, old_len: 0x3000, new_start: 0x1_0000, new_len: 0x5000 });
    assert_eq!(r.access(0x1000, Access::Read), Expect::Refused);
    assert_eq!(r.access(0x1_0000, Access::Write), Expect::Served);
    assert_eq!(r.access(0x1_1000, Access::Write), Expect::Refused);
    assert_eq!(r.access(0x1_4fff, Access::Write), Expect::Served);
    assert_eq!(r.access(0x1_5000, Access::Write), Expect::Refused);
    r.remap(&Remap { old_start: 0x1_0000, old_len: 0x6000, new_start: 0x2_0000, new_len: 0x6000 });
    r.remap(&Remap { old_start: 0x1_0000, old_len: 0x2000, new_start: 0x1_1000, new_len: 0x2000 });
    assert_eq!(r.access(0x1_0000, Access::Write), Expect::Served);
    r.remap(&Remap { old_start: 0x1_0000, old_len: 0x5000, new_start: 0x1_0000, new_len: 0x1000 });
    assert_eq!(r.access(0x1_0000, Access::Write), Expect::Served);
    assert_eq!(r.access(0x1_1000, Access::Read), Expect::Refused);
}
