//! The TypeScript types of everything that the page is given or gives, made from the Rust types that cross and compared
//! with `www/core/generated/types.ts`. `FAULTLINE_BLESS=1 cargo test -p faultline-wasm --test types` writes that anew.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use faultline_engine::event::Event;
use faultline_recording::trace::{Life, Report as RecordingReport};
use faultline_scenario::catalog::{Catalog, ScenarioEntry};
use faultline_wasm::branch::Hint;
use faultline_wasm::link::OpenedLink;
use faultline_wasm::manual::Operation;
use faultline_wasm::problem::Problem;
use faultline_wasm::recording::Options;
use faultline_wasm::search::{Request, SearchProgress, SearchResult};
use faultline_wasm::session::StepResult;
use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};
use ts_rs::{Config, TS, TypeVisitor};

/// Declarations by name.
struct Types {
    config: Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only types of this project have a path.
        if T::output_path().is_none() {
            return T::visit_generics(self);
        }
        let docs = T::docs().map(|docs| docs.trim_end().to_owned() + "\n").unwrap_or_default();
        let text = format!("{docs}export {}\n", T::decl(&self.config));
        match self.found.insert(T::ident(&self.config), text.clone()) {
            None => T::visit_dependencies(self),
            Some(before) => assert_eq!(before, text, "two types have one name"),
        }
        T::visit_generics(self);
    }
}

fn generated() -> String {
    // All 64 bits count only where `ts(type = "bigint")` says so.
    let mut types = Types { config: Config::new().with_large_int("number"), found: BTreeMap::new() };
    types.visit::<Event>();
    types.visit::<Catalog<ScenarioEntry>>();
    types.visit::<OpenedLink>();
    types.visit::<StepResult>();
    types.visit::<Hint>();
    types.visit::<Operation>();
    types.visit::<Problem>();
    types.visit::<Request>();
    types.visit::<SearchProgress>();
    types.visit::<SearchResult>();
    types.visit::<Options>();
    types.visit::<RecordingReport>();
    types.visit::<Life>();
    let head = "/* Made of the Rust types by crate/wasm/tests/types.rs, which says how to make it anew. */\n\n";
    head.to_owned() + &types.found.into_values().collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_has_the_types_of_what_crosses() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/core/generated/types.ts");
    let generated = generated();
    if env::var_os("FAULTLINE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &generated).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == generated,
        "what crosses has changed: FAULTLINE_BLESS=1 cargo test -p faultline-wasm --test types writes {}",
        path.display()
    );
}
