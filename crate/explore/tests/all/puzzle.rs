//! A model for the tests: tasks that run small random programs with loops over a few words, so that their
//! states form cycles. It is cloned to go back, which cannot go wrong as undoing could.

use faultline_explore::model::{Model, Property, Wanted};
use faultline_explore::{TaskId, TaskSet, mix};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What a task does in one turn, and where in its program it is afterwards.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    Set(usize, u8),
    Add(usize, u8),
    /// Jumps to that place if the word holds this value.
    If(usize, u8, usize),
    Goto(usize),
    /// Can run only if the word holds this value.
    When(usize, u8),
    /// Violates a property if the word holds this value.
    Assert(usize, u8),
    /// Starts a task that could not run before. It touches no word.
    Start(usize),
}

pub type Program = Vec<Op>;

pub const WORDS: usize = 3;

pub fn op() -> impl Strategy<Value = Op> {
    let (word, value, place) = (0..WORDS, 0u8..3, 0usize..5);
    prop_oneof![
        3 => (word.clone(), value.clone()).prop_map(|(w, v)| Op::Set(w, v)),
        2 => (word.clone(), 1u8..3).prop_map(|(w, v)| Op::Add(w, v)),
        3 => (word.clone(), value.clone(), place.clone()).prop_map(|(w, v, p)| Op::If(w, v, p)),
        1 => place.prop_map(Op::Goto),
        2 => (word.clone(), value.clone()).prop_map(|(w, v)| Op::When(w, v)),
        1 => (word, value).prop_map(|(w, v)| Op::Assert(w, v)),
        1 => (0usize..4).prop_map(Op::Start),
    ]
}

pub fn programs() -> impl Strategy<Value = Vec<Program>> {
    prop::collection::vec(prop::collection::vec(op(), 1..5), 2..=4)
}

/// Few enough turns for plain enumeration, and no loop.
pub fn small() -> impl Strategy<Value = Vec<Program>> {
    let tasks = |count, ops| prop::collection::vec(prop::collection::vec(op(), 1..=ops), count);
    prop_oneof![2 => tasks(2, 4), 1 => tasks(3, 3)].prop_map(forward)
}

/// The programs with forward jumps only.
pub fn forward(mut programs: Vec<Program>) -> Vec<Program> {
    for program in &mut programs {
        for (at, op) in program.iter_mut().enumerate() {
            if let Op::If(_, _, place) | Op::Goto(place) = op {
                *place += at + 1;
            }
        }
    }
    programs
}

#[derive(Clone, Default, PartialEq, Eq)]
struct World {
    words: [u8; WORDS],
    at: Vec<u8>,
    born: Vec<bool>,
    broken: BTreeSet<Property>,
    touched: Vec<(u64, bool)>,
}

/// The model. It goes on after a violation unless it is told to stop.
#[derive(Clone)]
pub struct Puzzle {
    programs: Vec<Program>,
    now: World,
    past: Vec<World>,
    /// All visited states in which no task can run, and all violations.
    pub met: BTreeSet<u64>,
    pub broke: BTreeSet<Property>,
    pub stops: bool,
}

impl Puzzle {
    pub fn new(programs: &[Program]) -> Self {
        // The child of another task waits to be started.
        let starts = |by: usize, child| programs[by].iter().any(|op| matches!(op, Op::Start(c) if *c == child));
        let is_child = |child| (0..programs.len()).any(|by| by < child && starts(by, child));
        let born = (0..programs.len()).map(|task| !is_child(task)).collect();
        let now = World { at: vec![0; programs.len()], born, ..World::default() };
        let (past, met, broke) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        Puzzle { programs: programs.to_vec(), now, past, met, broke, stops: false }
    }
    pub fn stopping(programs: &[Program]) -> Self {
        Puzzle { stops: true, ..Puzzle::new(programs) }
    }
    /// Violations so far.
    pub fn broken_now(&self) -> &BTreeSet<Property> {
        &self.now.broken
    }
    fn op(&self, task: usize) -> Option<Op> {
        self.programs[task].get(usize::from(self.now.at[task])).copied()
    }
}

impl Model for Puzzle {
    fn runnable(&self) -> TaskSet {
        let can = |&task: &usize| match self.op(task) {
            None => false,
            _ if !self.now.born[task] => false,
            Some(Op::When(w, v)) => self.now.words[w] == v,
            Some(_) => true,
        };
        (0..self.programs.len()).filter(can).map(|task| TaskId(task as u32 + 1)).collect()
    }
    fn step(&mut self, task: TaskId) {
        assert!(self.runnable().contains(task));
        self.past.push(self.now.clone());
        let task = task.0 as usize - 1;
        let op = self.op(task).unwrap();
        let now = &mut self.now;
        now.touched.clear();
        now.at[task] += 1;
        match op {
            Op::Set(w, v) => now.words[w] = v,
            Op::Add(w, v) => now.words[w] = (now.words[w] + v) % 3,
            Op::If(w, v, place) if now.words[w] == v => now.at[task] = place as u8,
            Op::Goto(place) => now.at[task] = place as u8,
            Op::Assert(w, v) if now.words[w] == v => {
                now.broken.insert(Property { kind: v, which: w as u64 });
            }
            Op::Start(child) => now.born.iter_mut().skip(child).take(1).for_each(|born| *born = true),
            Op::If(..) | Op::When(..) | Op::Assert(..) => {}
        }
        match op {
            Op::Set(w, _) | Op::Add(w, _) => now.touched.push((w as u64, true)),
            Op::If(w, ..) | Op::When(w, _) | Op::Assert(w, _) => now.touched.push((w as u64, false)),
            Op::Goto(_) | Op::Start(_) => {}
        }
        if self.runnable().is_empty() {
            self.met.insert(self.state());
        }
        self.broke.extend(&self.now.broken);
    }
    fn back(&mut self) {
        self.now = self.past.pop().unwrap();
    }
    /// Violations are not part of the state, as in the engine.
    fn state(&self) -> u64 {
        let born = self.now.born.iter().map(|&born| u8::from(born));
        let bytes = self.now.words.iter().chain(&self.now.at).copied().chain(born);
        bytes.fold(0, |hash, byte| mix(hash, u64::from(byte) + 1))
    }
    fn accesses(&self, mut touched: impl FnMut(u64, bool)) {
        self.now.touched.iter().for_each(|&(word, write)| touched(word, write));
    }
    fn broken(&self, wanted: Wanted) -> Option<Property> {
        self.now.broken.iter().copied().find(|&p| self.stops && wanted.is(p))
    }
}
