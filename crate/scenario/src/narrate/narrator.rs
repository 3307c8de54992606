//! Narrates a run while it goes on: a step costs what happens in it, not what happened before.

use super::Phraser;
use super::paragraphs::{Paragraph, Paragraphs};
use super::phrase::{Weight, marked};
use super::scene::Scene;
use crate::names::{Born, Names};
use crate::player::Player;
use crate::tail::Tail;
use faultline_engine::event::Record;
use faultline_engine::ids::TaskId;
use faultline_engine::step::Step;
use serde::Serialize;
use std::collections::BTreeMap;

/// A run in words, as the page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Narration {
    /// Each step in a sentence.
    pub turns: Vec<TurnInWords>,
    /// The same in paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

/// One step in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TurnInWords {
    /// A sentence with marks and subject.
    pub text: String,
    /// It has nothing that a story would mention.
    pub quiet: bool,
}

/// Narrates the run of a player up to its present position.
pub fn narration(player: &Player) -> Narration {
    let mut narrator = Narrator::new(player);
    narrator.advance(player);
    Narration { turns: narrator.turns, paragraphs: narrator.paragraphs.tail(0) }
}

/// Narrates the run of one player, forwards ([`Narrator::advance`]) and back ([`Narrator::rewind`]), and knows what a
/// receiver already has, so that only what is new or has changed need be sent.
pub struct Narrator {
    phraser: Phraser,
    /// The scene at the end of the set-up.
    opening: Scene,
    setup_events: usize,
    turns: Vec<TurnInWords>,
    paragraphs: Paragraphs,
    /// Events of the run at the end of each step.
    ends: Vec<usize>,
    /// The steps of each task, in order: where one of them ended the next begins.
    steps: BTreeMap<TaskId, Vec<usize>>,
    received: Received,
    visited: u64,
}

/// How many items of each list the receiver has as they are.
#[derive(Clone, Copy, Default)]
struct Received {
    paragraphs: usize,
    objects: usize,
    pages: usize,
}

/// What a receiver lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Changes {
    /// Objects by name, in order of creation.
    pub objects: Tail<Born>,
    /// Pages that the scenario names.
    pub pages: Tail<Born>,
    /// The run in paragraphs.
    pub paragraphs: Tail<Paragraph>,
}

impl Narrator {
    /// A narrator that has not said anything of a player's run yet.
    pub fn new(player: &Player) -> Narrator {
        let phraser = Phraser::of(player);
        Narrator {
            opening: phraser.scene.clone(),
            phraser,
            setup_events: player.setup_events(),
            turns: Vec::new(),
            paragraphs: Paragraphs::default(),
            ends: Vec::new(),
            steps: BTreeMap::new(),
            received: Received::default(),
            visited: 0,
        }
    }
    /// Narrates the steps from the last one narrated up to the player's position. Those before must be the player's:
    /// before it takes another way, the caller takes the narrator back.
    ///
    /// A step in which the scenario names something that was there before has the whole run narrated again, since the
    /// name holds from the thing's birth on.
    pub fn advance(&mut self, player: &Player) {
        if player.extend(&mut self.phraser.namer.names) {
            (self.paragraphs, self.received) = (Paragraphs::default(), Received::default());
            self.turns.clear();
            self.ends.clear();
            self.steps.clear();
        }
        self.received.paragraphs = self.received.paragraphs.min(self.paragraphs.closed());
        let (run, heard) = (player.run(), self.heard());
        if self.phraser.scene.events() != self.setup_events + heard {
            self.phraser.scene = self.opening.clone();
            self.visited += heard as u64;
            run.events()[..heard].iter().for_each(|record| self.phraser.scene.apply(record));
        }
        for taken in run.trail().iter().take(run.position()).skip(self.turns.len()) {
            let records = &run.events()[self.heard()..taken.events];
            self.visited += records.len() as u64;
            // The point at which the task had stopped: where its step before this one ended.
            let steps = self.steps.entry(taken.task).or_default();
            let label = steps.last().map_or(Step::Begin, |&before| run.trail()[before].at).label();
            steps.push(self.turns.len());
            self.step(taken.task, label, records);
            self.ends.push(taken.events);
        }
    }
    /// Takes back all but the first `turns` steps.
    ///
    /// The next call of [`Narrator::advance`] reads the events of these once more, and says again what was said since
    /// the last task switch; a player that goes back repeats its run too.
    pub fn rewind(&mut self, turns: usize) {
        if turns >= self.turns.len() {
            return;
        }
        let from = self.paragraphs.rewind(turns);
        self.turns.truncate(from);
        self.ends.truncate(from);
        self.steps.values_mut().for_each(|steps| steps.truncate(steps.partition_point(|&step| step < from)));
        let events = self.setup_events + self.heard();
        let names = &mut self.phraser.namer.names;
        names.truncate(events);
        self.received.paragraphs = self.received.paragraphs.min(self.paragraphs.closed());
        self.received.objects = self.received.objects.min(names.objects.len());
    }
    /// Narrates a step of `task`, which had stopped at the point with this label.
    fn step(&mut self, task: TaskId, label: &str, records: &[Record]) {
        let (at, heard) = (self.turns.len(), self.phraser.hear(records));
        let turn = self.phraser.turn(task, label, &heard);
        self.turns.push(TurnInWords { text: marked(&turn.text), quiet: turn.is_quiet });
        let actor = self.phraser.actor(task);
        if self.paragraphs.begins_with(task) {
            self.paragraphs.begin(task, at, actor.clone(), true);
        }
        for one in heard {
            if one.begins && self.paragraphs.says_something() {
                self.paragraphs.begin(task, at, actor.clone(), false);
            }
            if one.phrase.weight != Weight::Quiet {
                self.paragraphs.add(at, one.phrase);
            }
        }
        self.paragraphs.reach(at + 1, actor);
    }
    /// Events of the run that have been narrated.
    fn heard(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }
    /// Each step in a sentence, as in [`Narration::turns`].
    pub fn turns(&self) -> &[TurnInWords] {
        &self.turns
    }
    /// The names in the player's events when the narrator was last advanced.
    pub fn names(&self) -> &Names {
        &self.phraser.namer.names
    }
    /// What is new or has changed since the last call; the receiver has it from now on.
    pub fn changes(&mut self) -> Changes {
        let (names, received) = (&self.phraser.namer.names, self.received);
        let paragraphs = Tail { from: received.paragraphs, items: self.paragraphs.tail(received.paragraphs) };
        let changes = Changes {
            objects: Tail::of(&names.objects, received.objects),
            pages: Tail::of(&names.pages, received.pages),
            paragraphs,
        };
        // The last paragraph may go on.
        let (paragraphs, objects, pages) = (self.paragraphs.closed(), names.objects.len(), names.pages.len());
        self.received = Received { paragraphs, objects, pages };
        changes
    }
    /// The receiver is another one, which has nothing yet.
    pub fn forget_receiver(&mut self) {
        self.received = Received::default();
    }
    /// Records read so far, the set-up's aside, each as often as it was read: what the narration has cost.
    pub fn records_visited(&self) -> u64 {
        self.visited
    }
}
