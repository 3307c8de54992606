//! The TLB invariant (pmap.md §3.2): no CPU reads an old page while another can write
//! the new one.
//!
//! At every instant, for each address space and page: if any CPU's TLB or the page table permits a write to a frame,
//! no CPU's TLB translates the page to another frame. A cached translation permits a write only if it is dirty: with
//! a clean one the CPU walks the page table first. The check only peeks, so it declares nothing.

use crate::check::structural::Violation;
use crate::detail;
use crate::detail::Detail;
use crate::env::Env;
use crate::finding::FindingKind;
use crate::ids::SpaceId;
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::cpu::Cpu;
use crate::machine::entry::{Entry, Level, PageSize};
use crate::machine::tlb;
use crate::pmap::leaf::Slot;
use crate::property::Property;
use crate::world::World;
use std::collections::BTreeSet;

/// Translations that violate the invariant. The world must be between two steps.
pub fn check_tlb<E: Env>(world: &World<E>) -> Vec<Violation> {
    let of = |cpu: &Cpu<E>| cpu.space.peek(&world.env);
    let pages = world.cpus.iter().filter_map(|cpu| Some((cpu, of(cpu)?)));
    let pages: BTreeSet<_> =
        pages.flat_map(|(cpu, space)| cached(world, cpu).map(move |(vpn, _)| (space, vpn))).collect();
    let mut found = Vec::new();
    for (space, vpn) in pages {
        check_page(world, space, vpn, &mut found);
    }
    found
}

/// Checks one page of a space, and adds violations to `found`.
pub fn check_page<E: Env>(world: &World<E>, space: SpaceId, vpn: Vpn, found: &mut Vec<Violation>) {
    let holders = || world.cpus.iter().filter_map(|cpu| Some((cpu, lookup(world, cpu, space, vpn)?)));
    if holders().next().is_none() {
        return;
    }
    let table = table_leaf(world, space, vpn);
    for (cpu, leaf) in holders() {
        if table.contains(Entry::V | Entry::RW) && frame(table) != frame(leaf) {
            let writer = "the page table permits writes to".into();
            found.push(violation(world, cpu, space, vpn, frame(leaf), writer, frame(table)));
        }
        for (other, beside) in holders().filter(|(o, l)| o.id > cpu.id && frame(*l) != frame(leaf)) {
            // Either CPU may be the writer.
            if beside.contains(Entry::M | Entry::RW) {
                let writer = detail!("{} can write", other.id);
                found.push(violation(world, cpu, space, vpn, frame(leaf), writer, frame(beside)));
            } else if leaf.contains(Entry::M | Entry::RW) {
                let writer = detail!("{} can write", cpu.id);
                found.push(violation(world, other, space, vpn, frame(beside), writer, frame(leaf)));
            }
        }
    }
}

fn violation<E: Env>(
    world: &World<E>,
    reader: &Cpu<E>,
    space: SpaceId,
    vpn: Vpn,
    old: FrameNo,
    writer: Detail,
    new: FrameNo,
) -> Violation {
    Violation {
        kind: FindingKind::Tlb,
        property: Property::Tlb,
        about: world.page_of(old).about(&world.env),
        detail: detail!("{} still reads {} at {} of {} while {} {}", reader.id, old, vpn.addr(), space, writer, new),
    }
}

fn frame(leaf: Entry) -> FrameNo {
    leaf.frame(PageSize::Size4K).frame()
}

/// All translations that a CPU has cached.
pub(super) fn cached<'a, E: Env>(world: &'a World<E>, cpu: &'a Cpu<E>) -> impl Iterator<Item = (Vpn, Entry)> + 'a {
    let words = cpu.filled.iter().enumerate().map(|(at, word)| (at, word.peek(&world.env)));
    let slots =
        words.flat_map(|(at, bits)| (0..64).filter(move |bit| bits >> bit & 1 != 0).map(move |bit| at * 64 + bit));
    slots.filter_map(move |slot| {
        let entry = &cpu.tlb[slot];
        let tag = entry.tag.peek(&world.env);
        (tag != 0).then(|| (tlb::vpn_of(tag), Entry::from_bits_retain(entry.leaf.peek(&world.env))))
    })
}

/// The translation that a CPU on `space` has cached for a page.
fn lookup<E: Env>(world: &World<E>, cpu: &Cpu<E>, space: SpaceId, vpn: Vpn) -> Option<Entry> {
    let entry = cpu.slot(vpn);
    let hit = cpu.space.peek(&world.env) == Some(space) && entry.tag.peek(&world.env) == tlb::tag_of(vpn);
    hit.then(|| Entry::from_bits_retain(entry.leaf.peek(&world.env)))
}

/// The leaf for a page; empty if there is none.
pub(super) fn table_leaf<E: Env>(world: &World<E>, space: SpaceId, vpn: Vpn) -> Entry {
    let Some(mut table) = world.spaces.peek(&world.env, space.0).pmap.root.peek(&world.env) else {
        return Entry::empty();
    };
    for level in [Level::Pml4, Level::Pdpt, Level::Pd, Level::Pt] {
        let slot = Slot::of(table, level, vpn.addr());
        let entry = Entry::from_bits_retain(world.env.frame_peek(slot.table, slot.index));
        if level == Level::Pt || !entry.contains(Entry::V) {
            return entry;
        }
        table = entry.table().frame();
    }
    Entry::empty()
}
