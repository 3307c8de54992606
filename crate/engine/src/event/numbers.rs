//! Enums and flags of events as JSON has them: by the kernel's numbers.

use crate::kern::Inherit;
use crate::kern::ObjectFlags;
use crate::kern::{Kern, Prot, Signal};
use serde::{Serialize, Serializer};

type Written<S> = Result<<S as Serializer>::Ok, <S as Serializer>::Error>;

/// A `KERN_*` code; 0 is success.
pub(super) fn error<S: Serializer>(error: &Option<Kern>, to: S) -> Written<S> {
    error.map_or(0, |kern| kern as u8).serialize(to)
}

/// `SIGSEGV` is 11.
pub(super) fn signal<S: Serializer>(signal: &Signal, to: S) -> Written<S> {
    (*signal as u8).serialize(to)
}

/// `VM_PROT_*` bits.
pub(super) fn prot<S: Serializer>(prot: &Prot, to: S) -> Written<S> {
    prot.bits().serialize(to)
}

/// `VM_INHERIT_*`.
pub(super) fn inherit<S: Serializer>(inherit: &Inherit, to: S) -> Written<S> {
    (*inherit as u8).serialize(to)
}

/// `OBJ_*` bits.
pub(super) fn flags<S: Serializer>(flags: &ObjectFlags, to: S) -> Written<S> {
    flags.bits().serialize(to)
}

/// A word of which all 64 bits count: JavaScript makes a bigint of it, as of all numbers of 128 bits, and a number of
/// all others.
pub(super) fn word<S: Serializer>(word: &u64, to: S) -> Written<S> {
    u128::from(*word).serialize(to)
}
