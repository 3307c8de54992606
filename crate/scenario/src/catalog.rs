//! What there is to choose from, as data: the gallery's scenarios, the presets, the switches, the settings and the
//! defects. The command line prints it and the page shows it.

use crate::error::ScenarioError;
use crate::gallery::GALLERY;
use crate::model::Scenario;
use faultline_engine::policy::{
    DEFECTS, EnterProtocol, PRESETS, PROTOCOL_ID, PROTOCOL_NAME, PROTOCOL_TEXT, PROTOCOLS, SWITCHES, SwitchInfo,
    Switches,
};
use serde::Serialize;

/// A point in FreeBSD's history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "PresetInfo"))]
pub struct PresetEntry {
    /// Its name: `2019-12`.
    pub name: &'static str,
    /// The letter that stands for it in the specification.
    pub letter: &'static str,
    /// What it is, in a sentence.
    pub text: &'static str,
    /// Ids of the switches that are on.
    pub switches: Vec<&'static str>,
}

/// A difference between two kernels that is on or off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SwitchInfo"))]
pub struct SwitchEntry {
    /// `P01`, `OF1`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it does when it is on.
    pub text: &'static str,
}

/// A difference between kernels with more than two values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SettingInfo"))]
pub struct SettingEntry {
    /// `P16`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it decides.
    pub text: &'static str,
    /// The value that every preset has.
    pub preset: &'static str,
    /// All values.
    pub values: Vec<ValueEntry>,
}

/// A value of a setting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "SettingValue"))]
pub struct ValueEntry {
    /// What a policy writes behind the `=`.
    pub name: &'static str,
    /// What it means.
    pub text: &'static str,
}

/// A scenario, as a list shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ScenarioSummary {
    /// What it goes by.
    pub name: String,
    /// `race`, `defect`, `golden`, `correct`, or empty if the file has no group.
    pub group: &'static str,
    /// The years of its header.
    pub years: String,
    /// The header's title.
    pub title: String,
    /// The header's text.
    pub about: String,
    /// The kernel that the file names.
    pub policy: String,
    /// Names of its stored schedules.
    pub schedules: Vec<String>,
}

impl ScenarioSummary {
    fn of(scenario: Scenario) -> ScenarioSummary {
        let Scenario { name, header, schedules, .. } = scenario;
        ScenarioSummary {
            name,
            group: header.group.map_or("", |group| group.name()),
            years: header.years(),
            title: header.title,
            about: header.about,
            policy: header.policy.text,
            schedules: schedules.into_iter().map(|schedule| schedule.name.text).collect(),
        }
    }
}

/// A scenario with its source and its whole header, as the page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ScenarioInfo"))]
pub struct ScenarioEntry {
    /// What it goes by.
    pub name: String,
    /// The header's title.
    pub title: String,
    /// `race`, `defect`, `golden`, `correct`, or empty if the file has no group.
    pub group: &'static str,
    /// The header's text.
    pub about: String,
    /// The people of its story.
    pub by: String,
    /// The dates of its story.
    pub when: String,
    /// The place in the kernel's source.
    #[serde(rename = "where")]
    pub place: String,
    /// Where to read on.
    pub review: String,
    /// What to look at.
    pub watch: Vec<String>,
    /// The kind of finding that a search looks for first; empty if none comes first.
    pub seek: &'static str,
    /// The scenario's source.
    pub text: String,
    /// The kernel that the file names.
    pub policy: String,
}

impl ScenarioEntry {
    /// The entry of a scenario that was parsed from `text`.
    pub fn of(scenario: Scenario, text: &str) -> ScenarioEntry {
        let Scenario { name, header, .. } = scenario;
        ScenarioEntry {
            name,
            title: header.title,
            group: header.group.map_or("", |group| group.name()),
            about: header.about,
            by: header.who,
            when: header.when,
            place: header.place,
            review: header.review,
            watch: header.watch,
            seek: header.seek.map_or("", |kind| kind.name()),
            text: text.into(),
            policy: header.policy.text,
        }
    }
}

/// All that can be named, with scenarios as `S`: a [`ScenarioSummary`] or a [`ScenarioEntry`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(concrete(S = ScenarioEntry)))]
pub struct Catalog<S> {
    /// The gallery, in its order.
    pub scenarios: Vec<S>,
    /// The presets, oldest first.
    pub presets: Vec<PresetEntry>,
    /// The switches in which presets differ.
    pub switches: Vec<SwitchEntry>,
    /// The settings.
    pub settings: Vec<SettingEntry>,
    /// Switches that no preset has on.
    pub defects: Vec<SwitchEntry>,
}

impl Catalog<ScenarioSummary> {
    /// The catalogue as a list. An error names the scenario of the gallery that cannot be parsed.
    pub fn of_summaries() -> Result<Self, ScenarioError> {
        Catalog::of(|scenario, _| ScenarioSummary::of(scenario))
    }
}

impl Catalog<ScenarioEntry> {
    /// The catalogue with whole headers and sources. An error names the scenario of the gallery that cannot be parsed.
    pub fn of_entries() -> Result<Self, ScenarioError> {
        Catalog::of(ScenarioEntry::of)
    }
}

impl<S> Catalog<S> {
    fn of(entry: impl Fn(Scenario, &str) -> S) -> Result<Self, ScenarioError> {
        let scenarios = GALLERY.iter().map(|exhibit| Ok(entry(exhibit.scenario()?, exhibit.text)));
        let on = |switches: Switches| {
            SWITCHES.iter().filter(move |s: &&SwitchInfo| switches.contains(s.switch)).map(|s| s.id)
        };
        let presets = PRESETS.iter().map(|preset| PresetEntry {
            name: preset.name,
            letter: preset.letter,
            text: preset.text,
            switches: on(preset.switches).collect(),
        });
        let enter = SettingEntry {
            id: PROTOCOL_ID,
            name: PROTOCOL_NAME,
            text: PROTOCOL_TEXT,
            preset: EnterProtocol::default().name(),
            values: PROTOCOLS.iter().map(|value| ValueEntry { name: value.name, text: value.text }).collect(),
        };
        Ok(Catalog {
            scenarios: scenarios.collect::<Result<_, _>>()?,
            presets: presets.collect(),
            switches: switches(SWITCHES),
            settings: vec![enter],
            defects: switches(DEFECTS),
        })
    }
}

fn switches(infos: &[SwitchInfo]) -> Vec<SwitchEntry> {
    infos.iter().map(|info| SwitchEntry { id: info.id, name: info.name, text: info.text }).collect()
}
