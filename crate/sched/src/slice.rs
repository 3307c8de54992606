//! The causes of a finding: a dynamic slice of a run (B. Korel, J. Laski, *Dynamic Program Slicing*, 1988).
//!
//! A turn is in the slice of another if a chain of dependences leads from it to that one. There are three. *Data*:
//! the turn gave a word the value that a later one met there. *Control*: both belong to one operation of one task,
//! which does what it does because of what it met before. *Wakeup*: the turn let the task of the other run again.
//!
//! A slice is the least set of turns that is closed under these, so that each of them meets the values that it met if
//! the rest is left out. What others changed and changed back meanwhile (a lock that they took and dropped, a count
//! that rose and fell) therefore does not bring them in. What the oracle and other checks read is no part of a turn.

use crate::ids::to_engine;
use crate::outcome::Standing;
use crate::run::Run;
use crate::task::System;
use faultline_engine::detail::Piece;
use faultline_engine::env::stepped::Access;
use faultline_engine::event::Event;
use faultline_engine::finding::Finding;
use faultline_engine::ids::{SpaceId, TaskId};
use faultline_engine::machine::addr::Vpn;
use faultline_engine::step::Step;
use faultline_explore::Tasks;
use std::collections::{BTreeSet, HashMap};

/// What later turns may depend on in a turn, and it in earlier ones.
struct Turn {
    words: Vec<u64>,
    /// Accesses to what is no word, such as sleeps on channels and wakeups of them.
    declared: Vec<Access>,
    /// Pages of which it added or removed a translation.
    moved: Vec<(SpaceId, Vpn)>,
    /// Values that programs stored in it.
    stored: Vec<u64>,
    /// The turn before it of the same operation.
    control: Option<usize>,
    /// The turn that let its task run, if the task had to wait for one.
    woken: Option<usize>,
}

/// The values that a word had: each with the turn that gave it, the first without one.
type Values = Vec<(Option<usize>, u64)>;

/// The beginning of a run, with all dependences.
struct History {
    turns: Vec<Turn>,
    values: HashMap<u64, Values>,
}

impl History {
    /// Runs the first `turns` turns again.
    fn of<S: System>(run: &mut Run<S>, turns: usize) -> History {
        let mut history = History { turns: Vec::with_capacity(turns), values: HashMap::new() };
        let mut last: HashMap<TaskId, usize> = HashMap::new();
        run.seek(0);
        let begin: BTreeSet<TaskId> = able(run);
        let mut after: Vec<BTreeSet<TaskId>> = Vec::with_capacity(turns);
        for at in 0..turns {
            let Some(task) = run.trail().get(at).map(|taken| taken.task) else { break };
            run.forward();
            let before = last.insert(task, at);
            let waited = |since: usize| (since..at).find(|&turn| after[turn].contains(&task));
            let woken = match before {
                Some(before) => waited(before).filter(|&turn| turn != before),
                None if begin.contains(&task) => None,
                None => waited(0),
            };
            let control = before.filter(|&before| run.trail()[before].at != Step::Begin);
            let turn = history.accesses(run, at);
            history.turns.push(Turn { control, woken, ..turn });
            after.push(able(run));
        }
        // What the words held before the run is known once it is known which of them it touches.
        run.seek(0);
        let env = run.executor().env();
        for (&word, values) in &mut history.values {
            values.insert(0, (None, env.word(word)));
        }
        history
    }
    /// The words that the turn just taken has touched; the values of those it wrote are noted.
    fn accesses<S: System>(&mut self, run: &Run<S>, at: usize) -> Turn {
        let env = run.executor().env();
        let (mut accesses, mut moved) = (Vec::new(), Vec::new());
        env.each_access(|access| accesses.push(access));
        let (words, declared): (Vec<_>, Vec<_>) =
            accesses.into_iter().partition(|access| access.word < Access::PROPERTY);
        for &Access { word, write } in &words {
            let values = self.values.entry(word).or_default();
            if write {
                values.push((Some(at), env.word(word)));
            }
        }
        env.each_moved_page(|space, vpn| moved.push((space, vpn)));
        let before = at.checked_sub(1).map_or(0, |before| run.trail()[before].events);
        let stored = run.events()[before..].iter().filter_map(|record| match record.event {
            Event::Access { write: true, value, .. } => Some(value),
            _ => None,
        });
        let (stored, words) = (stored.collect(), words.into_iter().map(|access| access.word).collect());
        Turn { words, declared, moved, stored, control: None, woken: None }
    }
    /// The turn to be added so that turn `at` meets the value that it met in the word, were the turns of the slice the
    /// only ones: the first that gave it since the last turn of the slice which wrote the word. `None` where it does.
    fn giver(&self, word: u64, at: usize, slice: &BTreeSet<usize>) -> Option<usize> {
        let values = &self.values[&word];
        let met = values.partition_point(|&(by, _)| by.is_none_or(|by| by < at)) - 1;
        let stands = values[..=met].iter().rposition(|(by, _)| by.is_none_or(|by| slice.contains(&by)))?;
        values[stands..=met].iter().find(|&&(_, value)| value == values[met].1)?.0.filter(|by| !slice.contains(by))
    }
    /// The turns on which these depend, and these: the least set in which each meets the values that it met.
    fn slice(&self, seeds: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let (mut slice, mut todo) = (BTreeSet::new(), Vec::from_iter(seeds));
        while !todo.is_empty() {
            slice.extend(todo.drain(..));
            // A turn that came in may have left a value that another one has changed back.
            for &at in &slice {
                let turn = &self.turns[at];
                todo.extend(turn.control.into_iter().chain(turn.woken).filter(|by| !slice.contains(by)));
                todo.extend(turn.words.iter().filter_map(|&word| self.giver(word, at, &slice)));
            }
        }
        slice
    }
}

/// The tasks that can run.
fn able<S: System>(run: &Run<S>) -> BTreeSet<TaskId> {
    run.runnable().iter().map(|turn| to_engine(run.executor().taker(turn))).collect()
}

impl<S: System> Run<S> {
    /// The turns on which the findings of turn `at`, from 0, depend, in order, with that turn. The turns which made
    /// the translations that a finding names, stored the values that it names, brought tasks to wait for ever, or woke
    /// them too early, count as well, since what checks read is no part of a turn. Empty if the run does not have that turn.
    ///
    /// The run is repeated up to there and stands where it stood.
    pub fn slice(&mut self, at: usize, findings: &[Finding]) -> Vec<usize> {
        if at >= self.trail().len() {
            return Vec::new();
        }
        let position = self.position();
        let history = History::of(self, at + 1);
        let are_stuck = findings.iter().any(|finding| finding.kind.is_of_waiting());
        self.seek(if are_stuck { at + 1 } else { position });
        let stuck = self.tasks().into_iter().filter(|view| are_stuck && view.standing != Standing::Done);
        let stuck: Vec<TaskId> = stuck.map(|view| view.task).collect();
        self.seek(position);
        let trail = &self.trail()[..=at];
        let last = |did: &dyn Fn(&Turn) -> bool| history.turns.iter().rposition(did);
        let made = findings.iter().flat_map(|finding| &finding.mappings);
        let made = made.filter_map(|to| last(&|turn| turn.moved.contains(&(to.space, to.va.vpn()))));
        let words = findings.iter().flat_map(|finding| &finding.detail.0);
        let stored = words.filter_map(|piece| match piece {
            Piece::Word(value) => last(&|turn| turn.stored.contains(value)),
            _ => None,
        });
        let waits: Vec<usize> =
            stuck.into_iter().filter_map(|task| trail.iter().rposition(|taken| taken.task == task)).collect();
        // The last wakeup of a channel on which a task sleeps came too early, or another task held what is waited for.
        let slept =
            waits.iter().flat_map(|&at| &history.turns[at].declared).filter(|access| access.word != Access::TIME);
        let missed = slept.filter_map(|on| last(&|turn| turn.declared.contains(&Access { write: true, ..*on })));
        let seeds = made.chain(stored).chain(missed).chain(waits.iter().copied()).chain([at]);
        history.slice(seeds).into_iter().collect()
    }
}
