//! A safepoint: stops all workers between two events, so that one can check the whole world.
//!
//! Workers are inside while they run a lane. One of them asks the others to stop; each stops after its current event,
//! which always ends: an event may wait for another event's locks, never for an event that has not begun.

use faultline_engine::primitive::{Condvar, Mutex};
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Default)]
struct State {
    inside: u32,
    /// A worker is checking now.
    checking: bool,
    /// Number of checks done.
    checks: u64,
}

/// The safepoint.
#[derive(Default)]
pub(super) struct Safepoint {
    /// Number of workers that wait to check. The other workers look at it after each event.
    ///
    /// Every access is relaxed: it is a hint, which orders nothing. `state` alone ensures that no worker is inside
    /// while another checks; a look that comes too early lets one more event run, and the next look follows that. A
    /// worker lowers it under the mutex, and before the notification, so no worker waits at the entry for a check
    /// that is over.
    wanted: AtomicU32,
    state: Mutex<State>,
    moved: Condvar,
}

impl State {
    /// Whether a worker that wants a check may go on: a check begun after `before` has served it, or it may check
    /// itself. While another worker checks neither holds: a worker that was served would run events during the next
    /// check.
    fn lets_on(&self, before: u64) -> bool {
        !self.checking && (self.checks != before || self.inside == 0)
    }
}

impl Safepoint {
    /// The worker begins to run events.
    pub(super) fn enter(&self) {
        let mut state = self.state.lock();
        while state.checking || self.wanted.load(Ordering::Relaxed) > 0 {
            state = self.moved.wait(state);
        }
        state.inside += 1;
    }
    /// The worker stops running events for a while.
    pub(super) fn leave(&self) {
        let mut state = self.state.lock();
        state.inside -= 1;
        if state.inside == 0 {
            self.moved.notify_all();
        }
    }
    /// Between two events: stops for a check if a worker waits for one.
    #[inline]
    pub(super) fn pass(&self) {
        if self.wanted.load(Ordering::Relaxed) > 0 {
            self.leave();
            self.enter();
        }
    }
    /// Runs `check` while no worker is inside; the caller is inside, between two events. A check that another worker
    /// has done after this one stopped serves both.
    pub(super) fn exclusive(&self, check: impl FnOnce()) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state.lock();
        state.inside -= 1;
        let before = state.checks;
        while !state.lets_on(before) {
            if state.inside == 0 {
                self.moved.notify_all();
            }
            state = self.moved.wait(state);
        }
        if state.checks == before {
            state.checking = true;
            drop(state);
            check();
            state = self.state.lock();
            state.checking = false;
            state.checks += 1;
        }
        state.inside += 1;
        self.wanted.fetch_sub(1, Ordering::Relaxed);
        drop(state);
        self.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn a_worker_served_by_one_check_waits_for_the_end_of_the_next() {
        let checking = State { inside: 0, checking: true, checks: 1 };
        assert!(!checking.lets_on(0), "it was served, but wakes late");
        assert!(!checking.lets_on(1));
        let others = State { inside: 1, checking: false, checks: 1 };
        assert!(others.lets_on(0) && !others.lets_on(1));
        assert!(State { inside: 0, ..others }.lets_on(1));
    }

    #[test]
    fn no_worker_runs_events_during_a_check() {
        let safepoint = Safepoint::default();
        let (busy, checks) = (AtomicU32::new(0), AtomicU32::new(0));
        let torn = AtomicBool::new(false);
        let events = if cfg!(miri) { 200 } else { 2_000 };
        std::thread::scope(|scope| {
            for worker in 0..4u32 {
                let (safepoint, busy, checks, torn) = (&safepoint, &busy, &checks, &torn);
                scope.spawn(move || {
                    safepoint.enter();
                    for event in 0..events {
                        busy.fetch_add(1, Ordering::SeqCst);
                        std::hint::spin_loop();
                        busy.fetch_sub(1, Ordering::SeqCst);
                        if event % 50 == worker {
                            safepoint.exclusive(|| {
                                checks.fetch_add(1, Ordering::SeqCst);
                                torn.fetch_or(busy.load(Ordering::SeqCst) != 0, Ordering::SeqCst);
                            });
                        } else {
                            safepoint.pass();
                        }
                    }
                    safepoint.leave();
                });
            }
        });
        assert!(!torn.load(Ordering::SeqCst));
        let checks = checks.load(Ordering::SeqCst);
        let wanted = events / 50;
        assert!((wanted..=4 * wanted).contains(&checks), "{checks}");
        assert_eq!(safepoint.state.lock().inside, 0);
    }
}
