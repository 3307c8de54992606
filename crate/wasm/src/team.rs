//! The pool's workers at one search. Each sets up a world of its own, which belongs to its thread.

use crate::hunt::Request;
use crate::problem::Problem;
use faultline_sched::explore::crew::Crew;
use faultline_sched::explore::{Stats, Verdict};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

struct Shared {
    crew: Crew,
    /// Workers that have not come back.
    out: AtomicUsize,
    /// Why one of them could not begin.
    problem: Mutex<Option<Problem>>,
}

/// Those workers, seen from the thread that sent them. Without it they come back.
pub struct Team(Arc<Shared>);

impl Team {
    /// Sends so many of them; nobody waits for them here.
    pub fn start(request: &Request, workers: usize) -> Result<Team, Problem> {
        let explored = request.explored(workers)?;
        let shared = Arc::new(Shared {
            crew: Crew::new(workers, explored.states, explored.wanted()),
            out: AtomicUsize::new(workers),
            problem: Mutex::default(),
        });
        for index in 0..workers {
            let (shared, request) = (shared.clone(), request.clone());
            rayon::spawn(move || shared.work(&request, index));
        }
        Ok(Team(shared))
    }
    /// All have come back.
    pub fn is_back(&self) -> bool {
        // Acquire: with the last of them comes all that they left.
        self.0.out.load(Ordering::Acquire) == 0
    }
    /// What they have established, once all are back; no verdict if they were stopped.
    pub fn outcome(&self) -> Result<(Option<Verdict>, Stats), Problem> {
        let Shared { crew, problem, .. } = &*self.0;
        match problem.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(problem) => Err(problem),
            None => Ok((crew.verdict(), crew.stats())),
        }
    }
    /// Lets them go on, or has them wait.
    pub fn let_run(&self, on: bool) {
        if on { self.0.crew.resume() } else { self.0.crew.pause() }
    }
    /// Has them come back.
    pub fn stop(&self) {
        self.0.crew.stop();
    }
    /// What they have done so far.
    pub fn stats(&self) -> Stats {
        self.0.crew.stats()
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn work(&self, request: &Request, index: usize) {
        match request.hunt(self.crew.workers()) {
            Ok(mut hunt) => hunt.help(&self.crew, index),
            Err(problem) => {
                *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                self.crew.stop();
            }
        }
        // Release: see `is_back`.
        self.out.fetch_sub(1, Ordering::Release);
    }
}
