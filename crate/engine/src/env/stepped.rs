//! One task at a time: every interleaving is somebody's choice.
//!
//! All words of the world lie in one arena and go by index, so a state is an
//! array, an access is a number, and undoing is writing old numbers back.

use super::{Env, KINDS, Kind, Memory, Place, mix};
use crate::event::{Counters, Event, Record};
use crate::finding::Finding;
use crate::ids::{CpuId, SpaceId, TaskId};
use crate::machine::addr::{FrameNo, Vpn};
use crate::machine::memory::{Entry, FRAME_WORDS};
use crate::step::Step;
use crate::sync::Channel;
use std::cell::{Cell as Std, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a stepped world keeps besides its state.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Log how to undo every write, for [`Stepped::undo_to`].
    pub undo: bool,
    /// Declare accesses, for partial-order reduction: see [`Stepped::accesses`].
    pub accesses: bool,
    /// Keep the digest of the state and of each task.
    pub digest: bool,
    /// Collect events.
    pub events: bool,
}

impl Keep {
    /// Everything: what a search and the page need.
    pub const ALL: Keep = Keep { undo: true, accesses: true, digest: true, events: true };
    /// Nothing but the state: long recordings.
    pub const NOTHING: Keep = Keep { undo: false, accesses: false, digest: false, events: false };
}

/// A declared access of a step: which word, and whether it was written.
/// Frame words follow the arena's words, from [`Access::MEMORY`] on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    /// Index of the word.
    pub word: u64,
    /// It was written.
    pub write: bool,
}

impl Access {
    /// Frame words are `MEMORY + frame * 512 + word`.
    pub const MEMORY: u64 = 1 << 40;
}

/// Why a task does not run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rest {
    /// It can run.
    #[default]
    Ready,
    /// It sleeps until a wakeup on the channel.
    On(Channel),
    /// It waits until another task has stepped: the step count when it began.
    Tick(u64),
}

#[derive(Clone, Copy, Default)]
struct TaskState {
    /// The step it stands before.
    at: Option<Step>,
    rest: Rest,
    /// The channel it is registered on and no wakeup has come yet.
    registered: Option<Channel>,
    /// Hash of the operation, its steps and every value it read (rulings R3).
    local: u64,
    /// Things it has created so far: names of objects.
    created: u64,
}

enum Undo {
    Word { index: u32, value: u64, share: u64 },
    Frame { index: usize, value: u64 },
    Name { kind: Kind, index: u32, name: u64 },
    Translation { frame: u32, key: u64 },
}

#[derive(Clone, Copy, Default)]
struct Container {
    name: u64,
    /// Sum of its words' shares; for a frame also of its contents'.
    sum: u64,
    /// Sum of the translations that lead to it (frames only).
    led_to: u64,
}

impl Container {
    /// What it adds to the digest. A frame without a name is free and counts only if
    /// something still translates to it: a mapping of a free frame is a state.
    fn share(&self) -> u64 {
        match (self.name, self.led_to) {
            (0, 0) => 0,
            (0, led_to) => mix(0x0f7e_e000, led_to),
            (name, led_to) => mix(name, self.sum.wrapping_add(mix(7, led_to))),
        }
    }
}

/// The stepped environment: one world, one thread.
pub struct Stepped {
    keep: Keep,
    words: RefCell<Vec<Word>>,
    frames: Vec<Std<u64>>,
    containers: [RefCell<Vec<Container>>; KINDS],
    digest: Std<u64>,
    undo: RefCell<Vec<Undo>>,
    accesses: RefCell<Vec<Access>>,
    tasks: RefCell<Vec<TaskState>>,
    current: Std<TaskId>,
    steps: Std<u64>,
    events: RefCell<Vec<Record>>,
    findings: RefCell<Vec<Finding>>,
    counters: RefCell<Counters>,
}

#[derive(Clone, Copy)]
struct Word {
    value: u64,
    /// What it adds to its container's sum.
    share: u64,
    place: Place,
    refers: Option<Kind>,
}

impl Stepped {
    /// A world of `frames` zeroed frames.
    pub fn new(frames: u32, keep: Keep) -> Self {
        Stepped {
            keep,
            words: RefCell::default(),
            frames: vec![Std::new(0); frames as usize * FRAME_WORDS],
            containers: Default::default(),
            digest: Std::new(0),
            undo: RefCell::default(),
            accesses: RefCell::default(),
            tasks: RefCell::default(),
            current: Std::new(TaskId(0)),
            steps: Std::new(0),
            events: RefCell::default(),
            findings: RefCell::default(),
            counters: RefCell::default(),
        }
    }

    // ---- for executors -------------------------------------------------

    /// The task that runs from here on.
    pub fn switch_to(&self, task: TaskId) {
        self.current.set(task);
        self.accesses.borrow_mut().clear();
    }
    /// Why a task does not run.
    pub fn rest(&self, task: TaskId) -> Rest {
        match self.task(task).rest {
            Rest::Tick(since) if self.steps.get() > since => Rest::Ready,
            rest => rest,
        }
    }
    /// The step that a task stands before; none before its first point.
    pub fn at(&self, task: TaskId) -> Option<Step> {
        self.task(task).at
    }
    /// The digest of the world: of processes, entries, chains, pages, contents,
    /// translations (rulings R4). Tasks are not in it.
    pub fn digest(&self) -> u64 {
        self.digest.get()
    }
    /// The digest of what a task has read since its operation began (rulings R3).
    pub fn local_digest(&self, task: TaskId) -> u64 {
        let t = self.task(task);
        mix(t.local, t.at.map_or(0, |s| s as u64 + 1))
    }
    /// Accesses since [`Stepped::switch_to`], in order.
    pub fn accesses(&self) -> Vec<Access> {
        self.accesses.borrow().clone()
    }
    /// A mark to come back to with [`Stepped::undo_to`].
    pub fn mark(&self) -> usize {
        self.undo.borrow().len()
    }
    /// Writes back what has changed since `mark`. Tasks' futures are not undone:
    /// the caller drops them and makes them anew.
    pub fn undo_to(&self, mark: usize) {
        loop {
            let last = {
                let mut undo = self.undo.borrow_mut();
                if undo.len() <= mark {
                    return;
                }
                undo.pop()
            };
            match last {
                Some(Undo::Word { index, value, share }) => {
                    let (place, delta) = {
                        let mut words = self.words.borrow_mut();
                        let w = &mut words[index as usize];
                        let delta = share.wrapping_sub(w.share);
                        w.value = value;
                        w.share = share;
                        (w.place, delta)
                    };
                    self.shift(place.kind, place.index, |c| c.sum = c.sum.wrapping_add(delta));
                }
                Some(Undo::Frame { index, value }) => self.put_frame_word(index, value),
                Some(Undo::Name { kind, index, name }) => self.shift(kind, index, |c| c.name = name),
                Some(Undo::Translation { frame, key }) => {
                    self.shift(Kind::Frame, frame, |c| c.led_to = c.led_to.wrapping_add(key));
                }
                None => return,
            }
        }
    }
    /// Forgets where tasks stand and what they created, before they are made anew.
    pub fn reset_tasks(&self) {
        self.tasks.borrow_mut().clear();
    }
    /// The events since the last call.
    pub fn take_events(&self) -> Vec<Record> {
        std::mem::take(&mut self.events.borrow_mut())
    }
    /// All findings so far.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.borrow().clone()
    }
    /// Drops findings and events and starts to count steps anew, after set-up or an undo.
    pub fn forget(&self) {
        self.findings.borrow_mut().clear();
        self.events.borrow_mut().clear();
        self.steps.set(0);
    }
    /// Counts of what happened.
    pub fn counters(&self) -> Counters {
        self.counters.borrow().clone()
    }
    /// Makes the counts what they were, after an undo.
    pub fn restore_counters(&self, to: &Counters) {
        self.counters.borrow_mut().clone_from(to);
    }

    // ---- inside -----------------------------------------------------------

    fn task(&self, task: TaskId) -> TaskState {
        self.tasks.borrow().get(task.0 as usize).copied().unwrap_or_default()
    }
    fn with_task<R>(&self, task: TaskId, f: impl FnOnce(&mut TaskState) -> R) -> R {
        let mut tasks = self.tasks.borrow_mut();
        let index = task.0 as usize;
        if tasks.len() <= index {
            tasks.resize_with(index + 1, TaskState::default);
        }
        f(&mut tasks[index])
    }
    /// Changes a container and keeps the digest the sum of all shares.
    fn shift(&self, kind: Kind, index: u32, f: impl FnOnce(&mut Container)) {
        if !self.keep.digest || kind == Kind::None {
            return;
        }
        let mut containers = self.containers[kind as usize].borrow_mut();
        let at = index as usize;
        if containers.len() <= at {
            containers.resize_with(at + 1, Container::default);
        }
        let c = &mut containers[at];
        let before = c.share();
        f(c);
        self.digest.set(self.digest.get().wrapping_sub(before).wrapping_add(c.share()));
    }
    fn touch(&self, word: u64, write: bool) {
        if self.keep.accesses {
            self.accesses.borrow_mut().push(Access { word, write });
        }
    }
    /// The value as digests see it: references go by name.
    fn canonical(&self, value: u64, refers: Option<Kind>) -> u64 {
        match refers {
            Some(kind) if value != 0 => mix(kind as u64, self.name_of(kind, (value - 1) as u32)),
            _ => value,
        }
    }
    fn read_word(&self, index: u32) -> u64 {
        self.touch(u64::from(index), false);
        let w = self.words.borrow()[index as usize];
        if self.keep.digest {
            let seen = self.canonical(w.value, w.refers);
            self.with_task(self.current.get(), |t| t.local = mix(t.local, seen));
        }
        w.value
    }
    fn write_word(&self, index: u32, value: u64) {
        self.touch(u64::from(index), true);
        self.set_word(index, value);
    }
    fn set_word(&self, index: u32, value: u64) {
        let mut words = self.words.borrow_mut();
        let w = &mut words[index as usize];
        if w.value == value {
            return;
        }
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Word { index, value: w.value, share: w.share });
        }
        w.value = value;
        if self.keep.digest && w.place.kind != Kind::None {
            let share = mix(u64::from(w.place.field) + 1, self.canonical(value, w.refers));
            let delta = share.wrapping_sub(w.share);
            w.share = share;
            let place = w.place;
            drop(words);
            self.shift(place.kind, place.index, |c| c.sum = c.sum.wrapping_add(delta));
        }
    }
    /// Contents count by their place in the frame; zero words add nothing.
    fn put_frame_word(&self, index: usize, value: u64) {
        let old = self.frames[index].replace(value);
        let share = |v: u64| if v == 0 { 0 } else { mix(v, (index % FRAME_WORDS) as u64 + 0x1000) };
        let delta = share(value).wrapping_sub(share(old));
        self.shift(Kind::Frame, (index / FRAME_WORDS) as u32, |c| c.sum = c.sum.wrapping_add(delta));
    }
    fn set_frame_word(&self, index: usize, value: u64) {
        let old = self.frames[index].get();
        if old == value {
            return;
        }
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Frame { index, value: old });
        }
        self.put_frame_word(index, value);
    }
    fn set_entry(&self, index: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) {
        let old = self.frames[index].get();
        if old == value {
            return;
        }
        self.set_frame_word(index, value);
        if let Some((space, vpn)) = leaf {
            let who = mix(self.name_of(Kind::Space, space.0), vpn.0);
            for (entry, present) in [(Entry(old), false), (Entry(value), true)] {
                if entry.present() {
                    self.translation(entry.frame(), mix(who, entry.bits_without_frame()), present);
                }
            }
        }
    }
}

impl Memory for Stepped {
    fn frames(&self) -> u32 {
        (self.frames.len() / FRAME_WORDS) as u32
    }
    fn frame_load(&self, frame: FrameNo, word: usize) -> u64 {
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, false);
        let value = self.frames[index].get();
        if self.keep.digest {
            self.with_task(self.current.get(), |t| t.local = mix(t.local, value));
        }
        value
    }
    fn frame_store(&self, frame: FrameNo, word: usize, value: u64) {
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, true);
        self.set_frame_word(index, value);
    }
    fn entry_store(&self, frame: FrameNo, word: usize, value: u64, leaf: Option<(SpaceId, Vpn)>) -> u64 {
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, true);
        let old = self.frames[index].get();
        self.set_entry(index, value, leaf);
        old
    }
    fn entry_cas(
        &self,
        frame: FrameNo,
        word: usize,
        old: u64,
        new: u64,
        leaf: Option<(SpaceId, Vpn)>,
    ) -> Result<(), u64> {
        let index = frame.0 as usize * FRAME_WORDS + word;
        self.touch(Access::MEMORY + index as u64, true);
        let now = self.frames[index].get();
        if now != old {
            return Err(now);
        }
        self.set_entry(index, new, leaf);
        Ok(())
    }
    fn frame_copy(&self, from: FrameNo, to: FrameNo) {
        let (from, to) = (from.0 as usize * FRAME_WORDS, to.0 as usize * FRAME_WORDS);
        // One step reads the whole frame and writes the other: two accesses stand for all words.
        self.touch(Access::MEMORY + from as u64, false);
        self.touch(Access::MEMORY + to as u64, true);
        for word in 0..FRAME_WORDS {
            self.set_frame_word(to + word, self.frames[from + word].get());
        }
    }
    fn frame_zero(&self, frame: FrameNo) {
        let base = frame.0 as usize * FRAME_WORDS;
        self.touch(Access::MEMORY + base as u64, true);
        for word in 0..FRAME_WORDS {
            self.set_frame_word(base + word, 0);
        }
    }
    fn frame_peek(&self, frame: FrameNo, word: usize) -> u64 {
        self.frames[frame.0 as usize * FRAME_WORDS + word].get()
    }
}

impl Env for Stepped {
    const TRACING: bool = true;
    type Raw = u32;
    type Point<'a> = Yield<'a>;
    type Sleep<'a> = Yield<'a>;

    fn word(&self, init: u64, place: Place, refers: Option<Kind>) -> u32 {
        // A word counts from its birth, so that one which was changed and changed back
        // counts as one that was never touched.
        let counts = self.keep.digest && place.kind != Kind::None;
        let share = if counts { mix(u64::from(place.field) + 1, self.canonical(init, refers)) } else { 0 };
        self.shift(place.kind, place.index, |c| c.sum = c.sum.wrapping_add(share));
        let mut words = self.words.borrow_mut();
        words.push(Word { value: init, share, place, refers });
        (words.len() - 1) as u32
    }
    fn read(&self, raw: &u32) -> u64 {
        self.read_word(*raw)
    }
    fn write(&self, raw: &u32, value: u64) {
        self.write_word(*raw, value);
    }
    fn load(&self, raw: &u32) -> u64 {
        self.read_word(*raw)
    }
    fn store(&self, raw: &u32, value: u64) {
        self.write_word(*raw, value);
    }
    fn cas(&self, raw: &u32, old: u64, new: u64) -> Result<(), u64> {
        let now = self.read_word(*raw);
        if now != old {
            return Err(now);
        }
        self.write_word(*raw, new);
        Ok(())
    }
    fn add(&self, raw: &u32, delta: u64) -> u64 {
        let now = self.read_word(*raw);
        self.write_word(*raw, now.wrapping_add(delta));
        now
    }
    fn peek(&self, raw: &u32) -> u64 {
        self.words.borrow()[*raw as usize].value
    }
    fn note(&self, raw: &u32, delta: i64) {
        let now = self.peek(raw);
        self.set_word(*raw, now.wrapping_add(delta as u64));
    }

    fn name(&self, kind: Kind, index: u32, name: u64) {
        let old = self.name_of(kind, index);
        if self.keep.undo && old != name {
            self.undo.borrow_mut().push(Undo::Name { kind, index, name: old });
        }
        self.shift(kind, index, |c| c.name = name);
    }
    fn name_of(&self, kind: Kind, index: u32) -> u64 {
        self.containers[kind as usize].borrow().get(index as usize).map_or(0, |c| c.name)
    }
    fn fresh_name(&self, task: TaskId) -> u64 {
        self.with_task(task, |t| {
            t.created += 1;
            mix(u64::from(task.0) + 1, t.created)
        })
    }
    fn translation(&self, frame: FrameNo, key: u64, present: bool) {
        let delta = if present { key } else { key.wrapping_neg() };
        if self.keep.undo {
            self.undo.borrow_mut().push(Undo::Translation { frame: frame.0, key: delta.wrapping_neg() });
        }
        self.shift(Kind::Frame, frame.0, |c| c.led_to = c.led_to.wrapping_add(delta));
    }

    fn point<'a>(&'a self, task: TaskId, step: Step) -> Yield<'a> {
        Yield { env: self, task, what: What::Point(step), begun: false }
    }
    fn sleep_begin(&self, task: TaskId, channel: Channel) -> u64 {
        self.with_task(task, |t| t.registered = Some(channel));
        0
    }
    fn sleep<'a>(&'a self, task: TaskId, channel: Channel, _ticket: u64) -> Yield<'a> {
        Yield { env: self, task, what: What::Sleep(channel), begun: false }
    }
    fn wakeup(&self, channel: Channel) {
        let mut woken = 0;
        for t in self.tasks.borrow_mut().iter_mut() {
            if t.registered == Some(channel) {
                t.registered = None;
                t.rest = Rest::Ready;
                woken += 1;
            }
        }
        if woken > 0 {
            self.emit(self.current.get(), Event::Wakeup { channel, tasks: woken });
        }
    }
    fn tick<'a>(&'a self, task: TaskId) -> Yield<'a> {
        Yield { env: self, task, what: What::Tick, begun: false }
    }

    fn emit(&self, task: TaskId, event: Event) {
        self.counters.borrow_mut().fold(&event);
        if self.keep.events {
            self.events.borrow_mut().push(Record { step: self.steps.get(), task, event });
        }
    }
    fn find(&self, mut finding: Finding) {
        finding.step = self.steps.get();
        let mut findings = self.findings.borrow_mut();
        if !findings.iter().any(|f| f.same(&finding)) {
            findings.push(finding.clone());
            drop(findings);
            self.emit(
                self.current.get(),
                Event::Found { finding: finding.kind, object: finding.object, page: finding.page },
            );
        }
    }
    fn steps(&self) -> u64 {
        self.steps.get()
    }
    fn op_begin(&self, task: TaskId, op: u64) {
        self.with_task(task, |t| t.local = mix(op, 0x0b));
    }

    fn access_begin(&self, _cpu: CpuId) {}
    fn access_end(&self, _cpu: CpuId) {}
    fn access_wait(&self, _cpu: CpuId) {}
}

enum What {
    Point(Step),
    Sleep(Channel),
    Tick,
}

/// A task standing at a point, or asleep: pending once, then ready when the
/// executor comes back to it.
pub struct Yield<'a> {
    env: &'a Stepped,
    task: TaskId,
    what: What,
    begun: bool,
}

impl Future for Yield<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let steps = self.env.steps.get() + 1;
        let this = &mut *self;
        let first = !std::mem::replace(&mut this.begun, true);
        this.env.with_task(this.task, |t| match this.what {
            What::Point(step) if first => {
                t.at = Some(step);
                t.local = mix(t.local, step as u64);
                this.env.steps.set(steps);
                Poll::Pending
            }
            What::Point(_) => Poll::Ready(()),
            What::Sleep(channel) => {
                if t.registered.is_none() {
                    t.rest = Rest::Ready;
                    return Poll::Ready(());
                }
                t.rest = Rest::On(channel);
                Poll::Pending
            }
            What::Tick if first => {
                t.rest = Rest::Tick(this.env.steps.get());
                Poll::Pending
            }
            What::Tick => {
                t.rest = Rest::Ready;
                Poll::Ready(())
            }
        })
    }
}
