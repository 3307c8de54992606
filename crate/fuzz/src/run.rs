//! Runs a target: the corpus first, then mutated inputs, which depend on the seed alone.

use crate::memory::Meter;
use crate::minimise::minimise;
use crate::{Target, corpus, mutate};
use anyhow::Result;
use fastrand::Rng;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Message and place of this thread's last panic.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
    /// This thread tries an input.
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// A failing input.
#[derive(Debug)]
pub struct Failure {
    /// Which of the corpus, or the number of the case.
    pub from: String,
    /// The input, as small as it could be made.
    pub input: Vec<u8>,
    /// The failure.
    pub why: String,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Inputs tried.
    pub tried: u64,
    /// Those that were taken for good ones.
    pub good: u64,
    /// The first failing input.
    pub failure: Option<Failure>,
}

/// How long to run, and with which seed.
pub struct Run<'r> {
    /// The seed.
    pub seed: u64,
    /// Goes on, after so many cases.
    pub goes_on: &'r mut dyn FnMut(u64) -> bool,
    /// Called with each input before it is run, in case the program ends with it.
    pub before: &'r mut dyn FnMut(&[u8]),
    /// Measures memory.
    pub meter: Meter,
}

/// Tries the corpus, then cases, up to the first failure, which it makes small.
pub fn run(target: &Target, run: Run<'_>) -> Result<Outcome> {
    let Run { seed, goes_on, before, meter } = run;
    note_panics();
    let mut outcome = Outcome::default();
    let found = corpus::of(target)?;
    let mut seeds = (target.seeds)();
    let mut attempt = |from: &dyn Fn() -> String, input: Vec<u8>, outcome: &mut Outcome| {
        before(&input);
        outcome.tried += 1;
        match tried(target, &input, meter) {
            Ok(good) => outcome.good += u64::from(good),
            Err(why) => {
                let same = |less: &[u8]| tried(target, less, meter).is_err_and(|other| place(&other) == place(&why));
                let input = minimise(&input, same);
                let why = tried(target, &input, meter).err().unwrap_or(why);
                outcome.failure = Some(Failure { from: from(), input, why });
            }
        }
        outcome.failure.is_none()
    };
    for case in &found {
        if !attempt(&|| case.name.clone(), case.input.clone(), &mut outcome) {
            return Ok(outcome);
        }
    }
    seeds.extend(found.into_iter().map(|case| case.input));
    for (nth, seed) in seeds.iter().enumerate() {
        if !attempt(&|| format!("seed {nth}"), seed.clone(), &mut outcome) {
            return Ok(outcome);
        }
    }
    let mut case = 0;
    while goes_on(case) {
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(case));
        let input = mutate::input(&mut rng, target.form, &seeds);
        if !attempt(&|| format!("case {case} of seed {seed}"), input, &mut outcome) {
            break;
        }
        case += 1;
    }
    Ok(outcome)
}

/// Whether the target accepts the input as valid, or the failure.
fn tried(target: &Target, input: &[u8], meter: Meter) -> Result<bool, String> {
    let check = || panic::catch_unwind(AssertUnwindSafe(|| (target.check)(input)));
    TRYING.set(true);
    let measured = meter.measure(target.bounds, check);
    TRYING.set(false);
    match measured {
        (Err(_), _) => Err(SAID.take()),
        (Ok(_), Some(excess)) => Err(format!("memory: {excess}")),
        (Ok(good), None) => Ok(good),
    }
}

/// Two failures are the same if their messages agree up to here: the place of a panic.
fn place(why: &str) -> &str {
    why.split(": ").next().unwrap_or(why)
}

/// Panics of a thread that tries an input are noted, not printed.
fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !TRYING.get() {
                return print(info);
            }
            let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
            let payload = info.payload();
            let said = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
            SAID.set(format!("{place}: {}", said.unwrap_or("a panic without words")));
        }));
    });
}
