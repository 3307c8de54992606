//! Links: a session on what one shows, and one to where a session stands.

use crate::js;
use crate::panics;
use crate::problem::Problem;
use crate::session::{OpenedRun, Session};
use faultline_scenario::link::{self, Difference, Link, Source};
use faultline_scenario::player::{Player, Scheduling};
use faultline_scenario::report::PartingReport;
use faultline_scenario::watch::Watch;
use faultline_sched::Checks;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// What a link shows.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OpenedLink {
    /// The run that the link knows.
    pub opened: OpenedRun,
    /// Where the link stands in it.
    pub position: usize,
    /// What the scenario goes by.
    pub scenario: String,
    /// Its text.
    pub text: String,
    /// The text is the gallery's.
    pub gallery: bool,
    /// The kernel.
    pub policy: String,
    /// What the link looks at, if it is there.
    pub selection: Option<String>,
    /// What does not fit, a sentence each.
    pub differs: Vec<String>,
    /// What is shown is not what the link was made of.
    pub another_story: bool,
}

/// A link that has been opened: a session, and what there is to say about it.
#[wasm_bindgen]
pub struct LinkSession {
    session: Session,
    opened: OpenedLink,
}

/// What the worker calls.
#[wasm_bindgen]
impl LinkSession {
    /// Opens a link: an address, or its part from `#` on. `on_progress` is called with the progress, see `js::watch`.
    #[wasm_bindgen(constructor)]
    pub fn create(text: &str, on_progress: Option<js_sys::Function>) -> Result<LinkSession, JsValue> {
        panics::note();
        LinkSession::watched(text, js::watch(on_progress)).map_err(|problem| js::thrown(&problem))
    }
    /// What the link shows.
    #[wasm_bindgen(js_name = opened)]
    pub fn opened_js(&self) -> Result<JsValue, JsValue> {
        js::object(&self.opened)
    }
    /// The session, to go on from there.
    pub fn session(self) -> Session {
        self.session
    }
}

impl LinkSession {
    /// See [`LinkSession::create`].
    pub fn to(text: &str) -> Result<LinkSession, Problem> {
        LinkSession::watched(text, Watch::default())
    }
    /// The same, reporting progress to `watch`.
    pub fn watched(text: &str, watch: Watch) -> Result<LinkSession, Problem> {
        let opened = link::open_watched(&text.parse()?, &watch)?;
        let (source, player, differs, selection) = (opened.source, opened.player, opened.differs, opened.selection);
        let scenario = source.scenario()?;
        let policy = player.run().system().scenario_world().world.policy.clone();
        let another_story = differs.iter().any(Difference::is_another_story);
        let unplayed = differs.iter().any(|differs| matches!(differs, Difference::Policy { .. }));
        let mut session = Session::of(scenario, source, policy, player, watch);
        let position = session.player.run().position();
        let opened = match unplayed {
            // Nothing of the link's run: the scenario as if it had been chosen here.
            true => session.open()?,
            false => session.known()?,
        };
        let opened = OpenedLink {
            opened,
            position,
            scenario: session.source.name().into(),
            text: session.source.text().unwrap_or_default().into(),
            gallery: matches!(session.source, Source::Gallery(_)),
            policy: session.policy.name.clone(),
            selection,
            differs: differs.iter().map(ToString::to_string).collect(),
            another_story,
        };
        Ok(LinkSession { session, opened })
    }
    /// See [`LinkSession::opened_js`].
    pub fn opened(&self) -> &OpenedLink {
        &self.opened
    }
}

/// What the worker calls.
#[wasm_bindgen]
impl Session {
    /// The link to position `at` of the run that is known.
    #[wasm_bindgen(js_name = link)]
    pub fn link_js(&mut self, at: usize, selection: Option<String>) -> Result<String, JsValue> {
        self.link(at, selection).map_err(|problem| js::thrown(&problem))
    }
}

impl Session {
    /// See [`Session::link_js`]. Manual operations travel in the scenario's text.
    pub fn link(&mut self, at: usize, selection: Option<String>) -> Result<String, Problem> {
        let source = if self.manual.is_empty() {
            self.source.clone()
        } else {
            let text = self.with_manual()?.0.to_string();
            Source::Carried { name: self.source.name().into(), text }
        };
        Ok(Link::to(&mut self.player, source, at, selection)?.to_string())
    }
    /// The run that the player knows, to its end, as [`Session::open`] returns it.
    fn known(&mut self) -> Result<OpenedRun, Problem> {
        let run = self.player.run_mut();
        let end = run.trail().len();
        run.seek(end);
        let parted = self.parted()?;
        self.opened(&parted)
    }
    /// Where the known run leaves the stored schedule, as far as it is the run of that.
    fn parted(&self) -> Result<Vec<PartingReport>, Problem> {
        let mut stored = Player::watched(&self.scenario, &self.policy, Checks::default(), &self.watch)?;
        // No further than the known run goes: the schedule may be far longer.
        stored.play_for(&Scheduling::Default, self.player.run().trail().len() as u64, &self.watch)?;
        let both = self.player.run().trail().iter().zip(stored.run().trail());
        let common = both.take_while(|(here, there)| here.turn == there.turn).count() as u64;
        Ok(stored.report().parted.into_iter().filter(|parting| parting.turn < common).collect())
    }
}
