//! `vm_fault`: makes a page present for an access that the hardware refused (vm.md §8).
//!
//! A fault looks the map up, tries the fast path, then walks the chain of objects from the newest to the oldest,
//! holding the page it works on busy; it fills or copies the page and enters the result into the pmap. Whenever it
//! had to wait, it restarts. Kernels differ by switches of the [`crate::policy::Policy`]. The files here are the
//! steps: [`mod@self`] the skeleton, `soft` the fast path, `walk` the chain, `cow` the copy, `finish` relookup,
//! dirtying and release.

mod cow;
mod finish;
mod prefault;
mod soft;
mod walk;

use crate::detail;
use crate::env::Env;
use crate::event::{Event, FaultKind, Restart};
use crate::ids::{ObjectId, SpaceId};
use crate::kern::ObjectFlags;
use crate::kern::{Kern, Prot, Signal};
use crate::machine::addr::{FrameNo, PageIndex, VirtAddr};
use crate::policy::Switches;
use crate::property::Property;
use crate::routine::Routine;
use crate::step::Step;
use crate::sync::Mode;
use crate::vm::map::Lookup;
use crate::vm::object::ObjectType;
use crate::word::{Kind, LocalHash, mix};
use crate::world::Cx;

/// Waits for memory, in which no other task made a step, after which the process is killed (vm.md §8.6, rulings R37).
const OOM_ATTEMPTS: u32 = 3;

/// The live values of one fault (`struct faultstate`, vm.md §2.5). Once begun, the fault holds a reference and a pip
/// on `first_object`, and a pip on `object` if that is another.
pub(crate) struct FaultState {
    pub va: VirtAddr,
    pub space: SpaceId,
    /// The access asked for; a relookup narrows it.
    pub fault_type: Prot,
    /// What the hardware reported; a restart goes back to it.
    original: Prot,
    /// The protection that the mapping may have.
    pub prot: Prot,
    pub wired: bool,
    pub lookup: Option<Lookup>,
    /// `map.timestamp` at the lookup.
    pub map_generation: u32,
    /// The fault has held the map's read lock since the lookup.
    pub lookup_still_valid: bool,
    pub first_object: ObjectId,
    pub first_pindex: PageIndex,
    /// The exclusively busy placeholder in `first_object`, once the walk has gone below it.
    pub first_m: Option<FrameNo>,
    pub object: ObjectId,
    pub pindex: PageIndex,
    /// The page that the fault works on: busy.
    pub m: Option<FrameNo>,
    /// Source of a COW copy, busy until the fault is over (P01).
    pub m_cow: Option<FrameNo>,
    /// `m` is a copy that is not valid yet (P10).
    pub copied: bool,
    /// The walk may read-lock backing objects (P13).
    pub can_read_lock: bool,
    pub oom: u32,
    /// What the fault asks the pager to read besides the page; `None` before the first request.
    pub nera: Option<ReadAhead>,
    /// Number of pages that the pager has read ahead, once it has read the page.
    pub ahead: Option<u64>,
    /// For the event only.
    pub kind: FaultKind,
    /// The task's local hash when the fault began.
    entry_hash: LocalHash,
}

/// What the fault asks the pager to read along with a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadAhead {
    /// The aligned cluster around the page.
    Cluster,
    /// This many following pages.
    Pages(u32),
    /// Nothing: the entry is marked as read at random.
    Nothing,
}

impl ReadAhead {
    /// Encodes it as a number, unique and never 0.
    fn word(self) -> u64 {
        match self {
            ReadAhead::Cluster => 1,
            ReadAhead::Pages(pages) => u64::from(pages) + 1,
            ReadAhead::Nothing => u64::MAX,
        }
    }
}

/// Point of a fault at which [`FaultState`] is all that it depends on.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Before the lookup; the fault holds nothing.
    Start,
    /// The fault holds the map's read lock.
    Looked,
    /// The fast path has failed; the fault holds `first_object`'s write lock.
    Slow,
    /// Before the look into `object`, which is locked.
    Walk,
    /// FOUND (F10).
    Found,
    /// `m` is the page to be mapped.
    Resolved,
    /// The lookup is known to be valid.
    Sure,
    /// The fault holds no object lock any more.
    Enter,
    /// The page-table entry is installed.
    Entered,
}

/// Why an attempt did not succeed.
pub(crate) enum Stop {
    /// The fault restarts.
    Again(Restart),
    /// The fault fails with this code.
    Error(Kern),
    /// No memory, and no task that could free any.
    OutOfMemory,
}

/// Result of a step of a fault. On [`Stop`] the step has released everything it held.
pub(crate) type Stepped<T> = Result<T, Stop>;

impl<E: Env> Cx<'_, E> {
    /// `vm_fault_trap`: serves a page fault at `va` in the task's own address space, or returns the signal to deliver
    /// (§8.1). `protection` is the P bit of the error code. The caller holds no lock, on return either.
    pub async fn vm_fault_trap(&self, va: VirtAddr, access: Prot, protection: bool) -> Result<(), Signal> {
        let va = va.trunc();
        self.emit(Event::FaultEnter { va, write: access.contains(Prot::WRITE), protection });
        let (result, resolved, chain) = self.vm_fault(va, access).await;
        let error = result.as_ref().err().map(|stop| match stop {
            Stop::Error(kern) => *kern,
            _ => Kern::ResourceShortage,
        });
        self.emit(Event::FaultEnd { va, resolved, error, protection, chain });
        let signal = match result {
            Ok(()) => return Ok(()),
            Err(Stop::Error(kern)) => kern.signal(),
            Err(_) => Signal::Kill,
        };
        self.emit(Event::Signal { va, signal });
        Err(signal)
    }

    /// `vm_fault`: repeats the attempt until one is not restarted. Also returns how it resolved the fault, and the
    /// length of the chain.
    async fn vm_fault(&self, va: VirtAddr, access: Prot) -> (Stepped<()>, Option<FaultKind>, u32) {
        let _routine = self.inside(Routine::Fault);
        let mut fs = FaultState {
            va,
            space: self.space.get(),
            fault_type: access,
            original: access,
            prot: Prot::empty(),
            wired: false,
            lookup: None,
            map_generation: 0,
            lookup_still_valid: false,
            first_object: ObjectId(0),
            first_pindex: PageIndex(0),
            first_m: None,
            object: ObjectId(0),
            pindex: PageIndex(0),
            m: None,
            m_cow: None,
            copied: false,
            can_read_lock: self.on(Switches::READ_LOCK_WALK),
            oom: 0,
            nera: None,
            ahead: None,
            kind: FaultKind::Soft,
            entry_hash: self.env.local_hash(),
        };
        let mut chain = 0;
        loop {
            // A failed attempt leaves nothing to the next.
            fs.lookup = None;
            self.fault_record(&fs, Place::Start);
            match self.fault_attempt(&mut fs, &mut chain).await {
                Ok(()) => return (Ok(()), Some(fs.kind), chain),
                Err(Stop::Again(why)) => self.emit(Event::FaultRestart { why }),
                Err(stop) => return (Err(stop), None, chain),
            }
            self.assert_unlocked();
        }
    }

    /// One attempt, from the lookup to the end (F1 to F18). Holds no lock on entry and on return.
    async fn fault_attempt(&self, fs: &mut FaultState, chain: &mut u32) -> Stepped<()> {
        // F1. Before the helper functions of 2020 a narrowed type persisted over a restart.
        if !self.on(Switches::LOCK_THRU_FAULT) {
            fs.fault_type = fs.original;
        }
        let lookup = self.map_lookup(fs.space, fs.va, fs.fault_type | Prot::FAULT_LOOKUP).await.map_err(Stop::Error)?;
        fs.begin(&lookup, self.space_of(fs.space).timestamp.get(self));
        self.fault_record(fs, Place::Looked);
        *chain = self.chain_length(fs.first_object);
        self.emit(Event::FaultLookup {
            object: fs.first_object,
            index: fs.first_pindex,
            writable: fs.prot.contains(Prot::WRITE),
        });
        // F2.
        if self.soft_fast(fs).await {
            fs.kind = FaultKind::Soft;
            return Ok(());
        }
        // F3: the fault holds first_object's write lock.
        self.fault_record(fs, Place::Slow);
        self.object_hold(fs.first_object);
        self.pip_add(fs.first_object);
        self.walk(fs).await?;
        self.found(fs).await
    }

    /// FOUND (F10 to F18): `m` is busy; with P07 the fault holds its object's write lock, else no object lock.
    /// Releases everything.
    async fn found(&self, fs: &mut FaultState) -> Stepped<()> {
        let locked = self.on(Switches::LOCK_THRU_FAULT);
        self.fault_record(fs, Place::Found);
        if let Some(m) = fs.m {
            self.emit(Event::FaultFound { page: m, object: fs.object, index: fs.pindex });
        }
        // F10.
        if fs.object != fs.first_object {
            if fs.fault_type.intersects(Prot::WRITE | Prot::COPY) {
                self.cow(fs).await;
            } else {
                fs.prot.remove(Prot::WRITE);
            }
        }
        // F11.
        self.fault_record(fs, Place::Resolved);
        if !fs.lookup_still_valid
            && let Err(stop) = self.relookup(fs).await
        {
            if locked {
                self.object(fs.object).lock.unlock(self).await;
            }
            self.fault_deallocate(fs).await;
            return Err(stop);
        }
        let Some(m) = fs.m else { return Err(Stop::Error(Kern::Failure)) };
        self.fault_record(fs, Place::Sure);
        self.read_noted(fs);
        let page = self.page(m);
        // F13: the copy becomes visible as valid only now (P10).
        if std::mem::take(&mut fs.copied) {
            self.kassert(!page.valid.load(self), Property::AFault7, page.about(&self.env), || {
                "the copy was valid already".into()
            });
            page.make_valid(self);
        }
        // F14.
        self.kassert(page.valid.load(self) && page.is_busy(self), Property::AFault6, page.about(&self.env), || {
            detail!("{} is about to be mapped while invalid or not busy", m)
        });
        self.fault_dirty(fs, page);
        if locked {
            self.object(fs.object).lock.unlock(self).await;
        }
        // F15: the switch-over.
        self.fault_record(fs, Place::Enter);
        if let Err(kern) = self.pmap_enter(fs.space, fs.va, page, fs.prot, fs.fault_type, fs.wired, false).await {
            self.fault_deallocate(fs).await;
            return Err(if kern == Kern::ResourceShortage { Stop::OutOfMemory } else { Stop::Error(kern) });
        }
        // F16.
        self.fault_record(fs, Place::Entered);
        self.prefault(fs).await;
        // F18.
        fs.m = None;
        self.unbusy(page).await;
        self.fault_deallocate(fs).await;
        Ok(())
    }

    /// Number of objects from `first` to the end of the chain.
    fn chain_length(&self, first: ObjectId) -> u32 {
        let mut at = Some(first);
        let mut length = 0;
        // A read without locks, for statistics: bounded in case the chain changes meanwhile.
        while let Some(id) = at.filter(|_| length < 1000) {
            length += 1;
            at = self.object(id).backing_object.peek(&self.env);
        }
        length
    }

    /// Resets the local hash to all that the fault depends on at `place` (rulings R3): how it found those values is
    /// no longer live.
    fn fault_record(&self, fs: &FaultState, place: Place) {
        if !E::TRACING {
            return;
        }
        // Destructured in full, so that no field is forgotten: a field left out here and read later gives two
        // different states one hash. `va` and `space` are the operation's, and only events use `kind`.
        let &FaultState {
            va: _,
            space: _,
            fault_type,
            original,
            prot,
            wired,
            ref lookup,
            map_generation,
            lookup_still_valid,
            first_object,
            first_pindex,
            first_m,
            object,
            pindex,
            m,
            m_cow,
            copied,
            can_read_lock,
            oom,
            kind: _,
            entry_hash,
            nera,
            ahead,
        } = fs;
        let flags = [wired, lookup_still_valid, copied, can_read_lock];
        let flags = flags.iter().fold(0, |bits, &flag| bits << 1 | u64::from(flag));
        let prots = [fault_type, original, prot].iter().fold(0, |bits, p| bits << 8 | u64::from(p.bits()));
        let read = mix(nera.map_or(0, ReadAhead::word), ahead.map_or(0, |n| n + 1));
        let constant = mix(mix(mix(place as u64, prots), mix(flags, u64::from(oom))), read);
        // Hashes each thing by a number of its own.
        let walk = |lookup: &Lookup, of: &dyn Fn(Kind, u32) -> u64| {
            // The fault has its own object, index and wiring.
            let &Lookup { entry, object: _, pindex: _, prot, wired: _, start, end } = lookup;
            let named = |o: ObjectId| of(Kind::Object, o.0);
            let frame = |m: Option<FrameNo>| m.map_or(0, |m| of(Kind::Frame, m.0) | 1);
            let entry = [of(Kind::Entry, entry.0), u64::from(map_generation), start.0, end.0, u64::from(prot.bits())];
            let first = [named(first_object), first_pindex.0, frame(first_m)];
            let here = [named(object), pindex.0, frame(m), frame(m_cow)];
            entry.into_iter().chain(first).chain(here).fold(1, mix)
        };
        // Looks names up for the hash only: none of them reaches the task.
        self.env.opaque_effect(|| {
            let (name, number) = (|kind, index| self.env.name_of(kind, index), |_, index| u64::from(index) << 1);
            let known = |of: &dyn Fn(Kind, u32) -> u64| lookup.as_ref().map_or(0, |lookup| walk(lookup, of));
            self.env.set_local_hash(entry_hash.and(constant).with(known(&name), known(&number)));
        });
    }

    /// F4: the object is dead or collapsing. Releases everything; the fault restarts, or fails with
    /// `ProtectionFailure`.
    async fn met_dead(&self, fs: &mut FaultState) -> Stop {
        // OF2: the fault treated a collapse in progress as the end of the object.
        let terminal = self.object(fs.object).kind.load(self) == ObjectType::Dead || self.on(Switches::SCAN_UNGUARDED);
        self.unlock_and_deallocate(fs).await;
        if terminal {
            return Stop::Error(Kern::ProtectionFailure);
        }
        self.point(Step::Tick).await;
        self.env.tick(self.task).await;
        Stop::Again(Restart::Dead)
    }

    /// A5: no page is free, and the fault has released everything. Waits for a page, or gives up after
    /// [`OOM_ATTEMPTS`] waits in which no other task made a step.
    async fn fault_memory_wait(&self, fs: &mut FaultState) -> Stop {
        let _routine = self.inside(Routine::FaultAllocate);
        if fs.oom >= OOM_ATTEMPTS {
            return Stop::OutOfMemory;
        }
        self.point(Step::MemoryWait).await;
        let before = self.env.steps();
        self.env.tick(self.task).await;
        // A step of another task may have freed a page, so the count starts over.
        let hope = self.env.steps() > before;
        fs.oom = if hope { 0 } else { fs.oom + 1 };
        Stop::Again(Restart::Memory)
    }

    /// Whether the object is terminating or the backing object of a collapse: the fault must not use it.
    fn is_dead(&self, id: ObjectId) -> bool {
        self.object(id).has(self, ObjectFlags::DEAD)
    }

    /// Write-locks `first_object` when the fast path ends; the fault holds no object lock on entry.
    async fn lock_first(&self, fs: &FaultState) {
        self.object(fs.first_object).lock.lock(self, Mode::Write).await;
    }
}

impl FaultState {
    /// Takes over what the lookup found; the fault holds only the map's read lock.
    fn begin(&mut self, lookup: &Lookup, generation: u32) {
        self.prot = lookup.prot;
        self.wired = lookup.wired;
        if lookup.wired {
            self.fault_type = lookup.prot | self.fault_type & Prot::COPY;
        }
        self.first_object = lookup.object;
        self.first_pindex = lookup.pindex;
        self.object = lookup.object;
        self.pindex = lookup.pindex;
        self.lookup = Some(*lookup);
        self.map_generation = generation;
        self.lookup_still_valid = true;
        self.first_m = None;
        self.m = None;
        self.m_cow = None;
        self.copied = false;
        self.kind = FaultKind::Soft;
    }
}
