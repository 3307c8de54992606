//! What has to hold: every property that a finding can name.
//!
//! `I` are assertions of the kernel, `E` structural invariants that the engine checks after steps, `A` assertions of the
//! kernel about pages, faults, page tables and pagers (vm.md §16, rulings R13). The rest is what only a simulator can
//! see: the memory model, TLBs, and how tasks wait.

use std::fmt;

macro_rules! properties {
    ($($variant:ident $code:literal $holds:literal $source:literal;)*) => {
        /// A property, by its code.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Property {
            $(#[doc = $holds] $variant,)*
        }
        impl Property {
            /// All, in the order in which they are listed.
            pub const ALL: &[Property] = &[$(Property::$variant),*];
            /// Its code, as findings and documents show it.
            pub const fn code(self) -> &'static str {
                match self { $(Property::$variant => $code,)* }
            }
            /// What has to hold, in a sentence.
            pub const fn holds(self) -> &'static str {
                match self { $(Property::$variant => $holds,)* }
            }
            /// Where it comes from: the kernel's routines that assert it, or what checks it here.
            pub const fn source(self) -> &'static str {
                match self { $(Property::$variant => $source,)* }
            }
        }
    };
}

properties! {
    I01 "I01" "An object that is freed has no references, no resident pages, no paging in progress, no busy count and no shadows." "vm_object_zdtor";
    I02 "I02" "Nobody takes a reference on a dead object." "vm_object_reference";
    I03 "I03" "An object that loses a reference has one." "vm_object_deallocate";
    I04 "I04" "The last reference is dropped on an object that is not dead yet." "vm_object_deallocate";
    I05 "I05" "An object that is terminated is dead, in no collapse, without a backing object, and without references once paging is over." "vm_object_terminate";
    I06 "I06" "Every page of an object that is terminated belongs to it." "vm_object_terminate_single_page";
    I07 "I07" "An anonymous object with one reference and one shadow finds that shadow, and it is anonymous." "vm_object_deallocate_anon";
    I08 "I08" "A shadow is linked to a backing object that is not dead, is unlinked outside of collapses, and its count never falls below zero." "vm_object_backing_insert, vm_object_backing_remove";
    I09 "I09" "An object that is split has a single mapping." "vm_object_split";
    I10 "I10" "An object that is collapsed is anonymous, alive, in no other collapse, and so is its backing object." "vm_object_collapse";
    I11 "I11" "A backing object that is collapsed has one reference and one shadow, before and after the scan; one that is bypassed keeps a reference." "vm_object_collapse";
    I12 "I12" "A collapse scan meets only pages of the backing object, and the link to it stays." "vm_object_collapse_scan";
    I13 "I13" "A page that a collapse frees is not mapped." "vm_object_collapse_scan";
    APage1 "A-page-1" "A page is allocated into an empty slot of a locked object." "vm_page_alloc";
    APage2 "A-page-2" "A page that is freed is not mapped, not writable anywhere, and has no references." "vm_page_free_prep";
    APage3 "A-page-3" "A page that is inserted into an object is in none." "vm_page_insert";
    APage4 "A-page-4" "A page that leaves an object belongs to it and is exclusively busy." "vm_page_remove, vm_page_rename";
    APage5 "A-page-5" "Only a holder ends a page's busy state." "vm_page_xunbusy, vm_page_sunbusy";
    APage6 "A-page-6" "Only a busy page becomes valid, and only a valid one dirty." "vm_page_valid, vm_page_dirty";
    AFault3 "A-fault-3" "A fault that goes down the chain leaves its placeholder in the first object, and never enters the same object again." "vm_fault_next";
    AFault4 "A-fault-4" "A fault that fills a page with zeroes has its placeholder and no other page." "vm_fault_zerofill";
    AFault6 "A-fault-6" "A page that a fault maps is valid and busy." "vm_fault";
    AFault7 "A-fault-7" "A copy is made from another object, into a page that is not valid yet." "vm_fault_cow";
    APmap1 "A-pmap-1" "A page that is entered is busy, or its object is." "pmap_enter";
    APmap2 "A-pmap-2" "A mapping that is dirty from the beginning is writable." "pmap_enter";
    APmap3 "A-pmap-3" "Every mapping of a managed page has its entry in the page's list, and the other way round." "pmap_pvh_remove, pmap_enter";
    APmap4 "A-pmap-4" "An address space that is released maps nothing and no CPU runs on it." "pmap_release";
    APager1 "A-pager-1" "A page that was read from swap is clean and not mapped." "swp_pager_async_iodone";
    APager2 "A-pager-2" "A page that was written to swap is not mapped writable." "swp_pager_async_iodone";
    APager3 "A-pager-3" "A page that is flushed is valid, and no mapping of it is writable." "vm_pageout_flush";
    APager5 "A-pager-5" "A page that a pager writes belongs to the object and is dirty." "swap_pager_putpages, vnode_pager_putpages";
    E01 "E01" "An object has as many references as map entries, shadows and operations hold." "checked after steps";
    E02 "E02" "An object's shadow count is the number of its shadows." "checked after steps";
    E03 "E03" "Chains end, and every object on one is reached from a map entry or held by an operation." "checked after steps";
    E04 "E04" "A page is in one slot of one object, or wired without an object, or free; and a free one is neither busy nor mapped." "checked after steps";
    E05 "E05" "A page table maps a page exactly where the page's list says so, and the counts of mappings agree." "checked after steps";
    E06 "E06" "No page-table entry and no TLB entry leads to a free frame." "checked after every step";
    E07 "E07" "An entry of a page table leads to the page that the chain shows there, unless a fault is under way." "hazard notes";
    E08 "E08" "A writable mapping leads to a page of the top object, whose entry need not be copied, and the page's modification is tracked." "hazard notes";
    E09 "E09" "What a valid page shadows is not mapped through its object." "hazard notes";
    E10 "E10" "Paging in progress, object busy counts, busy pages and locks belong to operations that are under way." "checked after steps";
    E11 "E11" "A dead object gets no new pages and no map entry leads to it." "checked after steps";
    E12 "E12" "Swap blocks and stored file pages belong to one page each, and none is lost." "checked after steps";
    Oracle "oracle" "A load gives a value that the memory model allows." "the memory model, at every load";
    Tlb "tlb" "No CPU can read an old page through its TLB while another writes the new one." "checked after every step that changes a translation";
    Deadlock "deadlock" "Some task can go on, as long as one is not finished." "the executor";
    LostWakeup "lost-wakeup" "A task whose condition holds is not asleep for ever." "the executor";
    Livelock "livelock" "Tasks that only retry change something after a while." "the executor";
    Expect "expect" "What the scenario expects comes true." "expectations of the scenario";
    Recording "R36" "A recorded event is served as the recording says." "the replay of recordings";
}

/// All properties as a table in Markdown, a line each: `docs/properties.md` holds it.
pub fn table() -> String {
    let line = |p: &Property| format!("| `{}` | {} | {} |\n", p.code(), p.holds(), p.source());
    let head = "| property | what has to hold | asserted or checked by |\n| --- | --- | --- |\n";
    Property::ALL.iter().fold(head.to_owned(), |table, property| table + &line(property))
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl PartialEq<&str> for Property {
    fn eq(&self, code: &&str) -> bool {
        self.code() == *code
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Property {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::{Property, table};
    use std::collections::BTreeSet;

    #[test]
    fn the_document_holds_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/properties.md");
        let document = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            document.contains(&table()),
            "paste the output of `faultline list --properties` into docs/properties.md"
        );
    }

    #[test]
    fn every_code_is_given_once_and_every_sentence_ends() {
        let codes: BTreeSet<_> = Property::ALL.iter().map(|p| p.code()).collect();
        assert_eq!(codes.len(), Property::ALL.len());
        for property in Property::ALL {
            assert!(property.holds().ends_with('.') && !property.source().is_empty(), "{property}");
        }
    }
}
