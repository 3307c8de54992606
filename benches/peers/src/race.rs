//! The race as a plain copyable state machine: a state is one number.
//!
//! Three objects in a chain, S over M over O, and two pages. O has both pages, M has page 1;
//! G and B still map page 0 of O. Five tasks, each a small program counter:
//!
//! - **B**, a copying fault of eight steps: B writes to page 0, so S gets its own copy of it.
//! - **K**, a collapse scan of seven steps: if M shadows every page of O, M is taken off O and
//!   drops its reference; the last reference frees O's pages.
//! - **A**, the same fault for M, whose page B would have to see. Where A finds O's page busy it
//!   leaves its empty page in M while it waits, and takes it out when it has waited.
//! - **G**, an exit of seven steps: unmaps O's pages and drops the other reference.
//! - **R**, a reader on another CPU of B's: looks page 0 up and reads it, three times.
//!
//! Broken is what frees page 0 of O while B's page table or R's TLB still leads to it (or makes R
//! see the old page after the new one; nothing does). The seeded mistake is D23155's: K takes A's
//! empty page for one that shadows. K looks for paging in progress in M only when it begins, and B
//! drops its own before its new translation stands, so four preemptions are needed: B stops with
//! O's page busy; K stops after its look; A stops with its empty page in M; B goes on and stops
//! before `pmap_enter`; then K frees. No task ever waits for another, hence every peer can say it,
//! and no run has a cycle.

/// A task of the model.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Task {
    /// The copying fault into S.
    B,
    /// The collapse scan.
    K,
    /// The copying fault into M.
    A,
    /// The exit.
    G,
    /// The reader.
    R,
}

impl Task {
    /// All of them, in task order.
    pub const ALL: [Task; 5] = [Task::B, Task::K, Task::A, Task::G, Task::R];
}

/// Which kernel the model is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kernel {
    /// A page without contents counts as one that shadows.
    Mistaken,
    /// Only a page with contents shadows: nothing is ever broken.
    Fixed,
}

/// A word of the model, and where it lies in the state: (first bit, bits).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Word {
    /// O has page 0; and page 1.
    Page0,
    /// O has page 1.
    Page1,
    /// O's page 0 is busy.
    Busy,
    /// M's page 0: [`NONE`], [`EMPTY`] or [`FULL`].
    Middle,
    /// S's page 0, the same.
    Top,
    /// References to O.
    Refs,
    /// Paging in progress in O.
    PagingO,
    /// Paging in progress in M.
    PagingM,
    /// Where B's page table leads: [`NONE`], [`OLD`] or [`NEW`].
    Table,
    /// Where R's TLB leads, the same.
    Tlb,
    /// G maps page 0.
    Exiting,
    /// Which page R has loaded from last, the same.
    Loaded,
    /// R has seen the new page and then the old one again.
    Back,
}

impl Word {
    /// All of them.
    pub const ALL: [Word; 13] = [
        Word::Page0,
        Word::Page1,
        Word::Busy,
        Word::Middle,
        Word::Top,
        Word::Refs,
        Word::PagingO,
        Word::PagingM,
        Word::Table,
        Word::Tlb,
        Word::Exiting,
        Word::Loaded,
        Word::Back,
    ];
}

/// No page; a page table or TLB that leads nowhere.
pub const NONE: u64 = 0;
/// A page that is there but has no contents yet.
pub const EMPTY: u64 = 1;
/// A page with contents.
pub const FULL: u64 = 2;
/// A translation to page 0 of O.
pub const OLD: u64 = 1;
/// A translation to page 0 of S.
pub const NEW: u64 = 2;

const BITS: [(u32, u32); 13] = [
    (20, 1),
    (21, 1),
    (22, 1),
    (23, 2),
    (25, 2),
    (28, 2),
    (30, 1),
    (31, 1),
    (32, 2),
    (34, 2),
    (36, 1),
    (37, 2),
    (39, 1),
];

/// A state: four bits a task for where it stands, then the words. Equal states are equal numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct State(pub u64);

/// Which words a turn read and wrote, one bit for each [`Word`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Seen {
    /// Words read.
    pub read: u16,
    /// Words written.
    pub written: u16,
}

/// Where a task stands when it is over.
pub const OVER: u64 = 15;

/// A turn under way.
struct Turn {
    bits: u64,
    seen: Seen,
}

impl Turn {
    #[inline(always)]
    fn get(&mut self, word: Word) -> u64 {
        self.seen.read |= 1 << word as u8;
        let (from, bits) = BITS[word as usize];
        (self.bits >> from) & ((1 << bits) - 1)
    }
    #[inline(always)]
    fn set(&mut self, word: Word, value: u64) {
        self.seen.written |= 1 << word as u8;
        let (from, bits) = BITS[word as usize];
        self.bits = (self.bits & !(((1 << bits) - 1) << from)) | (value << from);
    }
    /// O's last reference has gone: frees page 0. Who frees looks whether it is mapped.
    #[inline(always)]
    fn free(&mut self) {
        self.get(Word::Table);
        self.get(Word::Tlb);
        self.set(Word::Page0, 0);
    }
    /// No translation leads to O's page 0 any more, on any CPU; B's leads to `to` instead.
    #[inline(always)]
    fn translate(&mut self, to: u64) {
        self.set(Word::Table, to);
        if self.get(Word::Tlb) == OLD {
            self.set(Word::Tlb, NONE);
        }
    }
    /// Drops a reference to O. Whether it was the last.
    #[inline(always)]
    fn drop_reference(&mut self) -> bool {
        let left = self.get(Word::Refs) - 1;
        self.set(Word::Refs, left);
        left == 0
    }
}

impl Default for State {
    fn default() -> Self {
        State::START
    }
}

impl State {
    /// Before the first turn.
    pub const START: State = {
        let mut bits = 0;
        let words = [(Word::Page0, 1), (Word::Page1, 1), (Word::Refs, 2), (Word::Table, OLD)];
        let mut i = 0;
        while i < words.len() {
            bits |= words[i].1 << BITS[words[i].0 as usize].0;
            i += 1;
        }
        State(bits | 1 << BITS[Word::Exiting as usize].0)
    };

    /// Turns that `task` has behind it, or [`OVER`].
    #[inline(always)]
    pub fn at(self, task: Task) -> u64 {
        (self.0 >> (4 * task as u32)) & 15
    }
    /// The value of a word.
    #[inline(always)]
    pub fn word(self, word: Word) -> u64 {
        let (from, bits) = BITS[word as usize];
        (self.0 >> from) & ((1 << bits) - 1)
    }
    /// The same with these tasks alone: the others are over before they begin.
    pub fn start(tasks: &[Task]) -> State {
        let absent = Task::ALL.into_iter().filter(|task| !tasks.contains(task));
        absent.fold(State::START, |state, task| State(state.0 | OVER << (4 * task as u32)))
    }
    /// The state with another value in one word.
    pub fn with(self, word: Word, value: u64) -> State {
        let (from, bits) = BITS[word as usize];
        State((self.0 & !(((1 << bits) - 1) << from)) | value << from)
    }
    /// `task` can take a turn.
    #[inline(always)]
    pub fn can(self, task: Task) -> bool {
        self.at(task) != OVER
    }
    /// Bit *n* is set if the *n*-th task can take a turn.
    #[inline(always)]
    pub fn all_that_can(self) -> u64 {
        // The lowest bit of each four where all are set: the task is over.
        let over = self.0 & self.0 >> 1;
        let over = over & over >> 2 & 0x1_1111;
        !(over & 1 | over >> 3 & 2 | over >> 6 & 4 | over >> 9 & 8 | over >> 12 & 16) & 0x1f
    }
    /// Every task is over.
    pub fn is_end(self) -> bool {
        self.0 & 0xf_ffff == 0xf_ffff
    }
    /// Page 0 of O has been freed although B or R can still reach it, or R's loads went back.
    #[inline(always)]
    pub fn broken(self) -> bool {
        let reached = self.word(Word::Table) == OLD || self.word(Word::Tlb) == OLD;
        (self.word(Word::Page0) == 0 && reached) || self.word(Word::Back) == 1
    }
    /// The state after a turn of `task`, which can take one, and what the turn touched.
    #[inline(always)]
    pub fn step(self, task: Task, kernel: Kernel) -> (State, Seen) {
        let at = self.at(task);
        let mut turn = Turn { bits: self.0, seen: Seen::default() };
        let next = match task {
            Task::B => copy_for_s(&mut turn, at),
            Task::A => copy_for_m(&mut turn, at),
            Task::K => scan(&mut turn, at, kernel),
            Task::G => exit(&mut turn, at),
            Task::R => load(&mut turn, at),
        };
        let shift = 4 * task as u32;
        (State((turn.bits & !(15 << shift)) | (next << shift)), turn.seen)
    }
}

#[inline(always)]
fn copy_for_s(turn: &mut Turn, at: u64) -> u64 {
    match at {
        0 => turn.set(Word::Top, EMPTY),
        1 => match turn.get(Word::Middle) {
            FULL => return 9,
            EMPTY => return 13,
            _ if turn.get(Word::Busy) == 1 => return 13,
            _ => {
                turn.set(Word::Busy, 1);
                turn.set(Word::PagingO, 1);
            }
        },
        // The copy: half of it, then the page is there. 9 and on: the same of M's page.
        2 | 9 => {}
        3 | 10 => turn.set(Word::Top, FULL),
        4 => {
            turn.set(Word::Busy, 0);
            turn.set(Word::PagingO, 0);
        }
        // The map is looked up again; then the page table is locked.
        5 | 6 | 11 => {}
        // `pmap_enter`.
        7 | 12 => {
            turn.translate(NEW);
            return OVER;
        }
        // The page is busy: the fault gives its own back, and will come again.
        _ => {
            turn.set(Word::Top, NONE);
            return OVER;
        }
    }
    at + 1
}

#[inline(always)]
fn copy_for_m(turn: &mut Turn, at: u64) -> u64 {
    match at {
        0 => turn.set(Word::PagingM, 1),
        // M is locked until O is: to put the empty page into M and to look in O is one turn.
        1 => {
            turn.set(Word::Middle, EMPTY);
            if turn.get(Word::Busy) == 1 {
                return 9;
            }
            turn.set(Word::Busy, 1);
        }
        // Half of the copy; mappings of what is copied go before the copy can be seen.
        2 => {}
        3 => {
            if turn.get(Word::Table) == OLD {
                turn.translate(NONE);
            }
        }
        4 => turn.set(Word::Middle, FULL),
        5 => turn.set(Word::Busy, 0),
        6 => turn.set(Word::PagingM, 0),
        7 => return OVER,
        // It goes to sleep, wakes up, looks at the map again; then it takes its page out of M, and will
        // come again.
        9..12 => {}
        _ => {
            turn.set(Word::Middle, NONE);
            turn.set(Word::PagingM, 0);
            return OVER;
        }
    }
    at + 1
}

#[inline(always)]
fn scan(turn: &mut Turn, at: u64, kernel: Kernel) -> u64 {
    match at {
        0 => {
            if turn.get(Word::PagingM) == 1 {
                return OVER;
            }
        }
        // O is locked, and is what M can be taken off.
        1 | 2 => {}
        // The scan. M has page 1.
        3 => {
            let middle = turn.get(Word::Middle);
            let shadows = middle == FULL || (middle == EMPTY && kernel == Kernel::Mistaken);
            if !shadows || turn.get(Word::Busy) == 1 || turn.get(Word::PagingO) == 1 {
                return OVER;
            }
        }
        4 => {
            if !turn.drop_reference() {
                return OVER;
            }
        }
        5 => turn.free(),
        _ => {
            turn.set(Word::Page1, 0);
            return OVER;
        }
    }
    at + 1
}

#[inline(always)]
fn exit(turn: &mut Turn, at: u64) -> u64 {
    match at {
        // The map is locked; page 0, then page 1 is unmapped; the entry goes.
        0 | 2 | 3 => {}
        1 => turn.set(Word::Exiting, 0),
        4 => {
            if !turn.drop_reference() {
                return OVER;
            }
        }
        5 => turn.free(),
        _ => {
            turn.set(Word::Page1, 0);
            return OVER;
        }
    }
    at + 1
}

#[inline(always)]
fn load(turn: &mut Turn, at: u64) -> u64 {
    match at {
        0 | 4 | 8 => {
            let table = turn.get(Word::Table);
            turn.set(Word::Tlb, table);
        }
        1 | 5 | 9 => {
            let tlb = turn.get(Word::Tlb);
            if turn.get(Word::Loaded) == NEW && tlb == OLD {
                turn.set(Word::Back, 1);
            }
            turn.set(Word::Loaded, tlb);
        }
        // It does something with the value.
        2 | 6 | 10 => {}
        // Another process runs on the CPU for a while.
        3 | 7 => turn.set(Word::Tlb, NONE),
        _ => {
            turn.set(Word::Tlb, NONE);
            return OVER;
        }
    }
    at + 1
}
