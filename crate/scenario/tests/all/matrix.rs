//! The table of `docs/matrix.md`: what a search establishes for each scenario on each kernel.
//!
//! `faultline matrix` prints it. What stands under «Larger ones» takes too long for a test; the
//! rest is searched again.

use faultline_engine::policy::{PRESETS, Preset};
use faultline_scenario::gallery::{Exhibit, GALLERY, find};
use faultline_scenario::search::Request;
use faultline_scenario::search::matrix::cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const DOCS: &str = include_str!("../../../../docs/matrix.md");

/// The cells of the table as the docs have them.
fn stored(text: &'static str) -> Vec<(&'static Exhibit, &'static Preset, &'static str)> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let mut columns = row.trim_matches('|').split('|').map(str::trim);
        let name = columns.next().unwrap().trim_matches('`');
        let exhibit = find(name).unwrap_or_else(|| panic!("{name} is no scenario of the gallery"));
        PRESETS.iter().zip(columns).map(move |(preset, mark)| (exhibit, preset, mark)).collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn every_scenario_has_a_row_and_every_kernel_a_column() {
    let cells = stored(DOCS);
    let mut names: Vec<_> = cells.chunks(PRESETS.len()).map(|row| row[0].0.name).collect();
    let mut gallery: Vec<_> = GALLERY.iter().map(|e| e.name).collect();
    names.sort_unstable();
    gallery.sort_unstable();
    assert_eq!(names, gallery);
    let odd: Vec<_> =
        cells.iter().filter(|(.., mark)| !["X", ".", "≤1"].contains(mark)).map(|c| (c.0.name, c.2)).collect();
    assert_eq!(odd, []);
}

#[test]
fn a_search_of_every_cell_has_the_verdict_in_the_docs() {
    let cells = stored(DOCS.split("## Larger").next().unwrap());
    let request = Request { states: 4_000_000, ..Request::default() };
    let (next, differ) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((exhibit, preset, mark)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let now = cell(exhibit, preset, request, || false).unwrap();
                    if now.mark() != *mark {
                        let line = format!(
                            "{} under {}: {} {:?}, not {mark}",
                            exhibit.name,
                            preset.name,
                            now.mark(),
                            now.kinds
                        );
                        differ.lock().unwrap().push(line);
                    }
                }
            });
        }
    });
    assert_eq!(differ.into_inner().unwrap(), Vec::<String>::new());
}
