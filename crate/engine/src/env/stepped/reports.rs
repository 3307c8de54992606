//! What a run reports: events, findings, and which locks each task holds.

use super::super::{Dependence, Report};
use super::input::What;
use super::{Rest, Stepped};
use crate::event::{Event, Record};
use crate::finding::{Finding, Involved};
use crate::ids::TaskId;
use crate::routine::Routine;

impl Stepped {
    /// Clears the locks of a task: before its replay it holds none.
    pub(super) fn forget_held(&self, task: TaskId) {
        if let Some(locks) = self.held.borrow_mut().get_mut(task.0 as usize) {
            locks.clear();
        }
    }
    /// Tracks which locks each task holds, for findings.
    fn hold(&self, task: TaskId, event: &Event) {
        let index = task.0 as usize;
        match *event {
            Event::Acquire { lock, mode } => {
                let mut held = self.held.borrow_mut();
                if held.len() <= index {
                    held.resize_with(index + 1, Vec::new);
                }
                held[index].push((lock, mode));
            }
            Event::Release { lock } => {
                if let Some(locks) = self.held.borrow_mut().get_mut(index)
                    && let Some(at) = locks.iter().rposition(|&(held, _)| held == lock)
                {
                    locks.remove(at);
                }
            }
            _ => {}
        }
    }
    /// Records an event, as far as [`Keep`](super::Keep) asks for it.
    fn take_event(&self, task: TaskId, event: Event) {
        // Also during a replay: the held locks are collected again.
        self.hold(task, &event);
        if self.is_replaying() {
            return;
        }
        if self.keep.counters {
            self.counters.borrow_mut().fold(&event);
        }
        if self.keep.events {
            self.events.borrow_mut().push(Record { step: self.steps.get(), task, event });
        }
    }
}

impl Report for Stepped {
    #[inline]
    fn emit(&self, task: TaskId, event: Event) {
        if self.keep.counters || self.keep.events {
            self.take_event(task, event);
        }
    }
    #[inline]
    fn enter_routine(&self, routine: Routine) -> Routine {
        self.routine.replace(routine)
    }
    fn find(&self, mut finding: Finding) {
        if self.is_replaying() {
            return;
        }
        self.uncacheable();
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
    fn involved(&self) -> Vec<Involved> {
        let (held, tasks) = (self.held.borrow(), self.store.borrow().tasks.len());
        let task = |index: usize| {
            let task = TaskId(index as u32);
            let waits_for = match self.rest(task) {
                Rest::On(channel) => Some(channel),
                Rest::Ready | Rest::Tick(_) => None,
            };
            let locks = held.get(index).cloned().unwrap_or_default();
            Involved { task, at: self.at(task), locks, waits_for, ..Involved::default() }
        };
        (0..held.len().max(tasks)).map(task).collect()
    }
    fn steps(&self) -> u64 {
        self.uncacheable();
        self.input(What::Steps, |_| self.steps.get())
    }
}
