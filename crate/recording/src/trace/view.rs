//! What a page draws of a replay while it runs: frames and processes, as plain words that other threads can read.

use super::event::{Op, Trace};
use serde::Serialize;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Words of a frame: accesses that were served with it; the last process that it was served to, plus one; the object whose page it was then; and the
/// fourth, [`IN_USE`], the length of that access's chain from bit [`CHAIN`] on, and below that the page's index in the object.
pub const FRAME_WORDS: usize = 4;
/// Bit of the fourth word: the frame is a page of an object.
pub const IN_USE: u32 = 1 << 31;
/// Lowest bit of the chain's length in the fourth word, which has 7 bits.
pub const CHAIN: u32 = 24;
/// Into so many stretches of equally many events a process's life is cut.
pub const BINS: usize = 512;
/// No chain is counted further.
pub const LONGEST: u32 = 127;

/// An access that was served.
pub(super) struct Served {
    pub frame: u32,
    pub process: u32,
    pub object: u32,
    pub index: u64,
    pub chain: u32,
    pub event: u32,
}

/// The words. Every access is relaxed: they are for display, and each is correct by itself.
pub struct View {
    frames: Box<[[AtomicU32; FRAME_WORDS]]>,
    /// For each process [`BINS`] bytes: the longest chain that it met in that stretch of the recording.
    chains: Box<[AtomicU8]>,
    events: usize,
}

impl View {
    pub(super) fn new(frames: u32, processes: usize, events: usize) -> View {
        View {
            frames: (0..frames).map(|_| Default::default()).collect(),
            chains: (0..processes * BINS).map(|_| AtomicU8::new(0)).collect(),
            events: events.max(1),
        }
    }
    /// Address of the [`FRAME_WORDS`] words of each frame.
    pub fn frames_ptr(&self) -> *const u32 {
        self.frames.as_ptr().cast()
    }
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }
    /// Address of the [`BINS`] bytes of each process.
    pub fn chains_ptr(&self) -> *const u8 {
        self.chains.as_ptr().cast()
    }
    /// The words of a frame.
    pub fn frame(&self, frame: usize) -> [u32; FRAME_WORDS] {
        std::array::from_fn(|at| self.frames[frame][at].load(Ordering::Relaxed))
    }
    /// The longest chain that a process met in a stretch.
    pub fn chain(&self, process: usize, bin: usize) -> u8 {
        self.chains[process * BINS + bin].load(Ordering::Relaxed)
    }
    pub(super) fn served(&self, served: &Served) {
        let Served { frame, process, object, index, chain, event } = *served;
        let Some([count, who, what, rest]) = self.frames.get(frame as usize) else { return };
        count.fetch_add(1, Ordering::Relaxed);
        who.store(process + 1, Ordering::Relaxed);
        what.store(object, Ordering::Relaxed);
        let index = u32::try_from(index).unwrap_or(u32::MAX) & ((1 << CHAIN) - 1);
        rest.store(IN_USE | chain.min(LONGEST) << CHAIN | index, Ordering::Relaxed);
        let bin = (event as usize * BINS / self.events).min(BINS - 1);
        if let Some(longest) = self.chains.get(process as usize * BINS + bin) {
            longest.fetch_max(chain.min(LONGEST) as u8, Ordering::Relaxed);
        }
    }
    /// Says of a frame whether it is a page of an object.
    pub(super) fn uses(&self, frame: usize, in_use: bool) {
        let [.., rest] = &self.frames[frame];
        // A frame that nothing was served with yet is not shown.
        match in_use {
            true => rest.fetch_or(IN_USE, Ordering::Relaxed),
            false => rest.fetch_and(!IN_USE, Ordering::Relaxed),
        };
    }
}

/// A process's life in the recording, in numbers of events.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RecordedLife"))]
pub struct Life {
    /// Its number in the file.
    pub number: u32,
    /// The process that forked it, as an index.
    pub parent: Option<u32>,
    /// The event with which it begins.
    pub from: u32,
    /// The event with which it ends; the number of events if it does not.
    pub to: u32,
    /// The program that it ran last.
    pub program: Option<String>,
}

/// The lives of all processes, in order of appearance.
pub fn lives(trace: &Trace, recorded: usize) -> Vec<Life> {
    let end = recorded as u32;
    let life =
        |p: &super::event::Process| Life { number: p.number, parent: p.parent, from: end, to: end, program: None };
    let mut lives: Vec<Life> = trace.processes.iter().map(life).collect();
    if let Some(first) = lives.first_mut() {
        first.from = 0;
    }
    for (at, event) in trace.events.iter().take(recorded).enumerate() {
        match event.op {
            Op::Fork { child } | Op::Vfork { child } | Op::Thread { child } => lives[child as usize].from = at as u32,
            Op::Exec { program } => {
                lives[event.process as usize].program = trace.programs.get(program as usize).cloned()
            }
            Op::Exit => lives[event.process as usize].to = at as u32,
            _ => {}
        }
    }
    lives
}
