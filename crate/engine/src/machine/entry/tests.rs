use super::*;

#[test]
fn a_leaf_keeps_its_frame_and_nothing_of_the_flags_is_lost() {
    let flags = (Entry::V | Entry::U | Entry::MANAGED | Entry::WIRED | Entry::NX).with_key(10);
    for size in PageSize::ALL {
        let frame = PhysAddr(0x000f_ffff_c000_0000);
        let leaf = Entry::leaf(frame, size, flags);
        assert_eq!(leaf.frame(size), frame);
        assert_eq!(leaf.contains(Entry::PS), size != PageSize::Size4K);
        assert_eq!(leaf - Entry::PS, flags.with_frame(size, frame));
        assert_eq!(leaf.key(), 10);
    }
}

#[test]
fn an_address_inside_a_page_is_rounded_down_to_it() {
    for size in PageSize::ALL {
        let leaf = Entry::leaf(PhysAddr(0x4000_0000 + size.bytes() - 1), size, Entry::V);
        assert_eq!(leaf.frame(size), PhysAddr(0x4000_0000));
        assert!(!leaf.contains(Entry::A), "the offset is not mistaken for flags");
    }
}

#[test]
fn the_frame_is_replaced_and_the_rest_stays() {
    let leaf = Entry::leaf(PhysAddr(0x1000), PageSize::Size4K, Entry::V | Entry::M | Entry::NX);
    let moved = leaf.with_frame(PageSize::Size4K, PhysAddr(0x000f_ffff_ffff_f000));
    assert_eq!(moved.frame(PageSize::Size4K), PhysAddr(0x000f_ffff_ffff_f000));
    assert_eq!(moved.with_frame(PageSize::Size4K, PhysAddr(0x1000)), leaf);
}

#[test]
fn the_key_has_four_bits_and_leaves_its_neighbours_alone() {
    let flags = Entry::NX | Entry::AVAIL58;
    for key in 0..16 {
        assert_eq!(flags.with_key(key).key(), key);
        assert_eq!(flags.with_key(key).with_key(0), flags);
    }
    assert_eq!(flags.with_key(0xf5).key(), 5);
    assert_eq!(Entry::PKU0.key() + Entry::PKU1.key() + Entry::PKU2.key() + Entry::PKU3.key(), 15);
}

#[test]
fn the_pat_index_moves_its_high_bit_with_the_size() {
    for size in PageSize::ALL {
        for index in 0..8 {
            let leaf = Entry::leaf(PhysAddr(0x4000_0000), size, Entry::V);
            let leaf = leaf.with_pat_index(size, index);
            assert_eq!(leaf.pat_index(size), index);
            assert_eq!(leaf.frame(size), PhysAddr(0x4000_0000));
            assert_eq!(leaf.with_pat_index(size, 0).pat_index(size), 0);
        }
    }
    let small = Entry::V.with_pat_index(PageSize::Size4K, 4);
    assert_eq!(small, Entry::V | Entry::PTE_PAT);
    let large = Entry::V.with_pat_index(PageSize::Size2M, 4);
    assert_eq!(large, Entry::V | Entry::PDE_PAT);
}

#[test]
fn a_level_spans_what_its_tables_below_hold() {
    for pair in Level::ALL.windows(2) {
        assert_eq!(pair[1].span(), pair[0].span() * ENTRIES);
        assert_eq!(pair[1].number(), pair[0].number() + 1);
    }
    let va = VirtAddr(0xff12_9234_5678_9abc);
    let indices = Level::ALL.map(|level| level.index(va));
    let sum: u64 = Level::ALL.into_iter().zip(indices).map(|(level, n)| n * level.span()).sum();
    assert_eq!(sum + va.offset(), va.0 & ((1 << 57) - 1), "indices and offset are the address");
}

#[test]
fn only_the_three_lower_levels_have_leaves() {
    for level in Level::ALL {
        assert_eq!(Entry::PS.is_leaf(level), level.leaf_size().is_some());
        assert_eq!(Entry::empty().is_leaf(level), level == Level::Pt);
        if let Role::Table(below) = Entry::empty().role(level) {
            assert_eq!(below.number() + 1, level.number());
        }
    }
    for size in PageSize::ALL {
        assert_eq!(size.level().leaf_size(), Some(size));
        assert_eq!(size.bytes(), size.level().span());
    }
}
