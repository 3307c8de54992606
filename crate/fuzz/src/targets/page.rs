//! The page's calls of the bindings: manual operations, steps, runs and searches.

use super::is_helpful;
use crate::Target;
use crate::memory::Bounds;
use crate::mutate::Form;
use faultline_scenario::gallery::find;
use faultline_scenario::parse::parse;
use faultline_wasm::manual::Operation;
use faultline_wasm::{Problem, Session, search};
use serde::Deserialize;

/// Asks as the page does, in JSON.
pub const TARGET: Target = Target {
    name: "page",
    form: Form::Text {
        words: &[
            "load",
            "store",
            "fork",
            "exit",
            "collapse",
            "page",
            "object",
            "process",
            "at",
            "task",
            "step",
            "perform",
            "follow",
            "peek",
            "branch",
            "open",
            "search",
            "null",
            "-1",
            "1.5",
            "true",
            "\"\"",
            "[]",
            "{}",
            "op",
            "A",
            "B",
            "G",
            "O",
            "o1",
            "__proto__",
        ],
        ends: &[',', '{', '}', '[', ']'],
    },
    seeds,
    check,
    cases: 6_000,
    bounds: Bounds { held: 64 << 20, asked: 2 << 30 },
};

/// Calls of one input that are made.
const CALLS: usize = 6;
/// Frames of a scenario that is played.
const FRAMES: u32 = 200;

/// A scenario by its name or as a text, and what is asked of it.
#[derive(Deserialize)]
struct Asked {
    scenario: String,
    policy: String,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Call {
    Open,
    Step { at: usize, task: Option<u32> },
    Perform { at: usize, process: String, operation: Operation },
    Follow { choices: String },
    Peek { at: usize },
    Branch { at: usize },
    Search(search::Request),
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"scenario":"t3","policy":"2019-12","calls":["open",{"step":{"at":3,"task":2}},{"peek":{"at":4}},{"branch":{"at":2}}]}"#,
        r#"{"scenario":"g1","policy":"main","calls":[{"perform":{"at":0,"process":"A","operation":{"op":"load","page":0}}},{"perform":{"at":5,"process":"B","operation":{"op":"store","page":1}}}]}"#,
        r#"{"scenario":"clean-file","policy":"main","calls":["open",{"perform":{"at":9,"process":"A","operation":{"op":"fork"}}},{"perform":{"at":12,"process":"A","operation":{"op":"exit"}}},{"step":{"at":14,"task":null}}]}"#,
        r#"{"scenario":"t3","policy":"main","calls":[{"perform":{"at":0,"process":"B","operation":{"op":"collapse","object":"O"}}},{"follow":{"choices":"a3b2c"}},{"search":{"scenario":"t3","policy":"main","strategy":"pct","executions":10,"seed":7,"from":"a2","shrink":true}}]}"#,
        r#"{"scenario":"setup { process A\n A: mmap va0; store va0 X; fork B }\ntask T of A: store va0 Y\ntask U of B: exit","policy":"2021","calls":["open",{"perform":{"at":2,"process":"B","operation":{"op":"store","page":0}}},{"peek":{"at":2}}]}"#,
    ];
    texts.map(Vec::from).to_vec()
}

fn checked<T>(result: Result<T, Problem>) -> Option<T> {
    result.map_err(|problem| is_helpful(&problem.message)).ok()
}

fn check(input: &[u8]) -> bool {
    let Ok(asked) = serde_json::from_slice::<Asked>(input) else { return false };
    let text = find(&asked.scenario).map_or(asked.scenario.as_str(), |exhibit| exhibit.text);
    // Long work is no failure.
    if parse("page", text).is_ok_and(|scenario| scenario.header.frames > FRAMES || scenario.header.swap > FRAMES) {
        return false;
    }
    let Some(mut session) = checked(Session::new(text, &asked.policy)) else { return false };
    for call in asked.calls.into_iter().take(CALLS) {
        made(&mut session, call);
    }
    let fingerprint = session.report().fingerprint;
    assert_eq!(fingerprint.len(), 16, "a digest of {} digits", fingerprint.len());
    true
}

fn made(session: &mut Session, call: Call) {
    match call {
        Call::Open => _ = checked(session.open()),
        Call::Step { at, task } => _ = checked(session.step(at, task)),
        Call::Perform { at, process, operation } => _ = checked(session.perform(at, &process, operation)),
        Call::Follow { choices } => _ = checked(session.follow(&choices)),
        Call::Peek { at } => _ = checked(session.peek(at)),
        Call::Branch { at } => {
            if let Some(branch) = checked(session.branch(at)) {
                *session = branch;
            }
        }
        // Its time is measured by the browser's clock: searches have a target of their own.
        Call::Search(request) => drop(request),
    }
}
