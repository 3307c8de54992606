//! The hardware: frames, entry formats, the walker, TLBs, CPUs.

pub mod addr;
pub mod cpu;
pub mod entry;
pub mod memory;
pub mod regs;
pub mod tlb;
pub mod walk;
