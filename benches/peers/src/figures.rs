//! Figures of several rounds, and the table and the ratios that are printed of them.

use crate::peers::Search;
use std::fmt::Write;
use std::time::Duration;

/// What was measured of one explorer, once a round.
#[derive(Clone, Default, Debug)]
pub struct Row {
    /// Which explorer, and how it searched.
    pub name: &'static str,
    /// Executions a second.
    pub executions: Vec<f64>,
    /// States a second.
    pub states: Vec<f64>,
    /// Seconds to have been everywhere.
    pub exhaust: Vec<f64>,
    /// Seconds to the mistake, the mean over the seeds for random searches.
    pub find: Vec<f64>,
    /// What else has to be said.
    pub note: String,
}

impl Row {
    /// Nothing yet.
    pub fn new(name: &'static str) -> Self {
        Row { name, ..Row::default() }
    }
    /// So many executions took so long.
    pub fn ran(&mut self, search: Search) {
        self.executions.push(search.executions_a_second());
    }
    /// It has been everywhere: in which time, and over how many states.
    pub fn exhausted(&mut self, search: Search) {
        if search.complete {
            self.exhaust.push(search.took.as_secs_f64());
            self.states.push(search.states_a_second());
        }
    }
    /// It looked for the mistake, with several seeds or once. Where one of them did not find it, the mean is not known.
    pub fn looked(&mut self, searches: &[Search]) {
        if searches.iter().all(|search| search.found) {
            let took: Duration = searches.iter().map(|search| search.took).sum();
            self.find.push(took.as_secs_f64() / searches.len() as f64);
        }
    }
}

/// The middle one of the rounds.
pub fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// The least one of the rounds.
pub fn least(figures: &[f64]) -> Option<f64> {
    figures.iter().copied().min_by(f64::total_cmp)
}

/// A ratio that is watched, or a time.
#[derive(Clone, Debug)]
pub struct Ratio {
    /// What is divided by what, or what it is and in what.
    pub name: &'static str,
    /// The figure.
    pub value: Option<f64>,
    /// What it should be.
    pub goal: Goal,
}

/// What a ratio should be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Goal {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Ratio {
    /// The medians of `ours` over those of `theirs`.
    pub fn of(name: &'static str, ours: &[f64], theirs: &[f64], goal: Goal) -> Self {
        let value = median(ours).zip(median(theirs)).map(|(ours, theirs)| ours / theirs);
        Ratio { name, value, goal }
    }
    /// The least of times that are watched by themselves; the name says in what they are. Nothing runs beside
    /// them that would be disturbed as they are, and what disturbs a machine only ever adds to a time.
    pub fn alone(name: &'static str, times: &[f64], goal: Goal) -> Self {
        Ratio { name, value: least(times), goal }
    }
    /// Whether the goal is met; nothing where there is no figure.
    pub fn met(&self) -> Option<bool> {
        self.value.map(|value| match self.goal {
            Goal::AtLeast(least) => value >= least,
            Goal::AtMost(most) => value <= most,
        })
    }
}

/// A number with the precision that people read.
fn number(value: f64) -> String {
    match value {
        v if v >= 10e6 => format!("{:.0} M", v / 1e6),
        v if v >= 1e6 => format!("{:.2} M", v / 1e6),
        v if v >= 10e3 => format!("{:.0} k", v / 1e3),
        v if v >= 1e3 => format!("{:.2} k", v / 1e3),
        v => format!("{v:.3}"),
    }
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 10e-3 => format!("{:.0} ms", s * 1e3),
        s => format!("{:.2} ms", s * 1e3),
    }
}

/// The rows as a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| | executions/s | states/s | exhausts it in | finds the mistake in | |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let cell = |figures: &[f64], show: fn(f64) -> String| median(figures).map_or_else(String::new, show);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            row.name,
            cell(&row.executions, number),
            cell(&row.states, number),
            cell(&row.exhaust, time),
            cell(&row.find, time),
            row.note
        );
    }
    text
}

/// The ratios as a table in Markdown.
pub fn ratios(ratios: &[Ratio]) -> String {
    let mut text = String::from("| watched | | goal | |\n| --- | --- | --- | --- |\n");
    for ratio in ratios {
        let value = ratio.value.map_or_else(
            || "not measured".to_owned(),
            |value| if value < 0.1 { format!("{value:.4}") } else { format!("{value:.2}") },
        );
        let goal = match ratio.goal {
            Goal::AtLeast(least) => format!("at least {least}"),
            Goal::AtMost(most) => format!("at most {most}"),
        };
        let met = match ratio.met() {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        };
        let _ = writeln!(text, "| {} | {value} | {goal} | {met} |", ratio.name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Goal, Ratio, Row, least, median, ratios, table};
    use crate::peers::Search;
    use std::time::Duration;

    fn search(found: bool, complete: bool, millis: u64) -> Search {
        Search { executions: 500, states: 1_000, found, complete, took: Duration::from_millis(millis) }
    }

    #[test]
    fn several_rounds_are_reported_by_their_median() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 100.0, 1.0]), Some(3.0));
    }

    #[test]
    fn an_absolute_time_is_reported_by_its_minimum() {
        assert_eq!(least(&[]), None);
        assert_eq!(Ratio::alone("a step, ns", &[160.0, 120.0, 300.0], Goal::AtMost(150.0)).met(), Some(true));
        assert_eq!(Ratio::alone("a step, ns", &[], Goal::AtMost(150.0)).met(), None);
    }

    #[test]
    fn an_aborted_search_is_not_exhaustive_and_a_failed_seed_has_no_mean() {
        let mut row = Row::new("it");
        row.exhausted(search(false, false, 5));
        row.looked(&[search(true, false, 1), search(false, false, 9)]);
        assert!(row.exhaust.is_empty() && row.states.is_empty() && row.find.is_empty());
        row.exhausted(search(false, true, 250));
        row.looked(&[search(true, false, 1), search(true, false, 3)]);
        row.ran(search(false, false, 100));
        assert_eq!((row.states[0], row.exhaust[0], row.find[0]), (4_000.0, 0.25, 0.002));
        assert_eq!(row.executions, [5_000.0]);
        assert!(table(&[row]).contains("| it | 5.00 k | 4.00 k | 250 ms | 2.00 ms |  |"));
    }

    #[test]
    fn a_ratio_says_whether_its_goal_is_met() {
        let ratio = |ours, goal| Ratio::of("ours / theirs", ours, &[2.0], goal);
        assert_eq!(ratio(&[20.0], Goal::AtLeast(10.0)).met(), Some(true));
        assert_eq!(ratio(&[20.0], Goal::AtMost(2.0)).met(), Some(false));
        assert_eq!(ratio(&[], Goal::AtMost(2.0)).met(), None);
        let text = ratios(&[ratio(&[1.0], Goal::AtMost(0.2)), ratio(&[], Goal::AtMost(2.0))]);
        assert!(text.contains("| ours / theirs | 0.50 | at most 0.2 | missed |"));
        assert!(text.contains("| ours / theirs | not measured | at most 2 |  |"));
    }
}
