//! Properties as data: structural invariants and the memory oracle.

pub mod oracle;
pub mod structural;
pub mod tlb;
mod witness;
