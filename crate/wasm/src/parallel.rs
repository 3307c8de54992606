//! The pool's workers at one search. Each sets up a world of its own, which belongs to its thread.

use crate::problem::Problem;
use crate::search::Request;
use faultline_explore::parallel::ParallelSearch;
use faultline_explore::{Stats, Verdict};
use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook, take_hook};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

struct Shared {
    parallel: ParallelSearch,
    /// Workers that have not come back.
    out: AtomicUsize,
    /// One of them has panicked: it never comes back, for nothing unwinds in WebAssembly.
    died: AtomicBool,
    /// Why one of them could not begin, or died.
    problem: Mutex<Option<Problem>>,
}

/// Those workers, seen from the thread that sent them. Without it they come back.
pub struct ParallelHandle(Arc<Shared>);

impl ParallelHandle {
    /// Starts `workers` of them and returns at once.
    pub fn start(request: &Request, workers: usize) -> Result<ParallelHandle, Problem> {
        let shared = Arc::new(Shared {
            parallel: request.explored()?.parallel(workers),
            out: AtomicUsize::new(workers),
            died: AtomicBool::new(false),
            problem: Mutex::default(),
        });
        hear_of_panics();
        for index in 0..workers {
            let (shared, request) = (shared.clone(), request.clone());
            rayon::spawn(move || shared.work(&request, index));
        }
        Ok(ParallelHandle(shared))
    }
    /// All have come back, or one of them never will.
    pub fn is_back(&self) -> bool {
        // Acquire: with the last of them, or with the one that died, comes all that they left.
        self.0.out.load(Ordering::Acquire) == 0 || self.0.died.load(Ordering::Acquire)
    }
    /// What they have established, once all are back; no verdict if they were stopped.
    pub fn outcome(&self) -> Result<(Option<Verdict>, Stats), Problem> {
        let Shared { parallel, problem, .. } = &*self.0;
        match problem.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(problem) => Err(problem),
            None => Ok((parallel.verdict(), parallel.stats())),
        }
    }
    /// Lets them go on, or has them wait.
    pub fn let_run(&self, on: bool) {
        if on { self.0.parallel.resume() } else { self.0.parallel.pause() }
    }
    /// Has them come back.
    pub fn stop(&self) {
        self.0.parallel.stop();
    }
    /// What they have done so far.
    pub fn stats(&self) -> Stats {
        self.0.parallel.stats()
    }
}

impl Drop for ParallelHandle {
    fn drop(&mut self) {
        self.stop();
    }
}

thread_local! {
    /// What this thread works at.
    static AT_WORK: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
}

/// From here on a worker that panics leaves word of it before it stops for ever.
fn hear_of_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            usual(panic);
            let shared = AT_WORK.with(|at| at.try_borrow().ok().and_then(|at| at.clone()));
            if let Some(shared) = shared {
                shared.lose(panic);
            }
        }));
    });
}

impl Shared {
    fn lose(&self, panic: &PanicHookInfo<'_>) {
        let problem = Problem::new(
            format!("a worker of the search failed: {panic}"),
            "this is a mistake of Faultline; please report it with the scenario and the kernel",
        );
        // No holder of this lock panics, so this does not wait for its own thread.
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
        self.parallel.stop();
        // Release: see `is_back`.
        self.died.store(true, Ordering::Release);
    }
    fn work(self: &Arc<Self>, request: &Request, index: usize) {
        AT_WORK.set(Some(self.clone()));
        self.search(request, index);
        AT_WORK.set(None);
        // Release: see `is_back`.
        self.out.fetch_sub(1, Ordering::Release);
    }
    fn search(&self, request: &Request, index: usize) {
        match request.search() {
            Ok(mut search) => search.run_worker(&self.parallel, index),
            Err(problem) => {
                *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
                self.parallel.stop();
            }
        }
    }
}
