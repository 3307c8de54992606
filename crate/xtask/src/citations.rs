//! Checks that the citations in comments and documents exist: sections of `docs/spec/`, rulings, and targets of
//! links.

use crate::repo::Repo;
use anyhow::{Context, Result, bail, ensure};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Extensions of the files to check.
const CITING: [&str; 8] = ["rs", "md", "scn", "ts", "mjs", "html", "py", "toml"];

/// Existing targets, and the forms of citations.
struct Cited {
    vm: BTreeSet<String>,
    pmap: BTreeSet<String>,
    rulings: BTreeSet<String>,
    forms: Forms,
}

/// Sections, after the name of their page or without one; rulings; and the numbers in either.
struct Forms {
    sections: Regex,
    section: Regex,
    rulings: Regex,
    ruling: Regex,
}

impl Forms {
    fn new() -> Result<Self> {
        Ok(Self {
            sections: Regex::new(r"(?:(vm|pmap)\.md,? )?(§\d+(?:\.\d+)*(?:(?:,? and |, | to )§\d+(?:\.\d+)*)*)")?,
            section: Regex::new(r"§(\d+(?:\.\d+)*)")?,
            rulings: Regex::new(r"[Rr]ulings? (R\d+(?:(?:,? and |, | to )R\d+)*)")?,
            ruling: Regex::new(r"R\d+")?,
        })
    }
}

impl Cited {
    /// The numbers at the beginning of headings and paragraphs of the three pages.
    fn read(spec: &Path) -> Result<Self> {
        let numbers = |name: &str, pattern: &str| -> Result<BTreeSet<String>> {
            let path = spec.join(name);
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let found: BTreeSet<String> =
                Regex::new(pattern)?.captures_iter(&text).map(|number| number[1].to_owned()).collect();
            ensure!(!found.is_empty(), "{} has no numbered sections", path.display());
            Ok(found)
        };
        Ok(Self {
            vm: numbers("vm.md", r"(?m)^(?:#+ )?(\d+(?:\.\d+)*)\.? ")?,
            pmap: numbers("pmap.md", r"(?m)^#+ (?:Part )?(\d+(?:\.\d+)*):? ")?,
            rulings: numbers("rulings.md", r"(?m)^\*\*(R\d+)\*\* ")?,
            forms: Forms::new()?,
        })
    }

    /// Citations in `text` without a target. `own` is the name of the page, if `text` is a page of the specification.
    fn missing(&self, text: &str, own: Option<&str>) -> Vec<String> {
        let Forms { sections, section, rulings, ruling } = &self.forms;
        let mut missing = Vec::new();
        for cited in sections.captures_iter(text) {
            let page = cited.get(1).map(|page| page.as_str()).or(own).unwrap_or("vm");
            let known = if page == "pmap" { &self.pmap } else { &self.vm };
            let all = section.captures_iter(&cited[2]).map(|number| number[1].to_owned());
            missing.extend(all.filter(|number| !known.contains(number)).map(|number| format!("{page}.md §{number}")));
        }
        for cited in rulings.captures_iter(text) {
            let all =
                ruling.find_iter(cited.get(1).map_or("", |list| list.as_str())).map(|found| found.as_str().to_owned());
            missing
                .extend(all.filter(|number| !self.rulings.contains(number)).map(|number| format!("rulings {number}")));
        }
        missing
    }
}

/// A link in a Markdown page, without the heading in its target.
fn link() -> Result<Regex> {
    Ok(Regex::new(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")?)
}

/// The targets of relative links in a Markdown page at `path` that do not exist.
fn dead_links(link: &Regex, path: &Path, text: &str) -> Vec<String> {
    let foreign = |target: &str| target.contains("://") || target.starts_with("mailto:");
    let folder = path.parent().unwrap_or(Path::new(""));
    let targets = link.captures_iter(text).map(|found| found[1].to_owned());
    targets.filter(|target| !foreign(target) && !folder.join(target).exists()).collect()
}

/// Fails if a citation or a link has no target, and lists each with file and line.
pub fn check(repo: &Repo) -> Result<()> {
    let cited = Cited::read(&repo.root.join("docs/spec"))?;
    let listed =
        Command::new("git").current_dir(&repo.root).args(["ls-files", "-z"]).output().context("running git")?;
    ensure!(listed.status.success(), "git ls-files failed: is this a checkout?");
    let names = String::from_utf8_lossy(&listed.stdout);
    let link = link()?;
    let mut wrong = Vec::new();
    for name in names.split('\0').filter(|name| CITING.iter().any(|end| name.ends_with(&format!(".{end}")))) {
        let path: PathBuf = repo.root.join(name);
        // A listed file that does not exist is about to be removed.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let own = name.strip_prefix("docs/spec/").and_then(|page| page.strip_suffix(".md"));
        for (n, line) in text.lines().enumerate() {
            wrong.extend(cited.missing(line, own).into_iter().map(|what| format!("{name}:{}: {what}", n + 1)));
        }
        if name.ends_with(".md") {
            wrong.extend(dead_links(&link, &path, &text).into_iter().map(|target| format!("{name}: link to {target}")));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("these lead nowhere; fix the citation, or add to docs/spec/:\n  {}", wrong.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cited() -> Result<Cited> {
        let of = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect();
        let forms = Forms::new()?;
        Ok(Cited { vm: of(&["8", "8.11"]), pmap: of(&["2.14"]), rulings: of(&["R14", "R36"]), forms })
    }

    /// Missing targets of `text`, in which `S` is the sign of a section and `r` the word before a ruling, since this
    /// file is checked too.
    fn missing(text: &str, own: Option<&str>) -> Result<Vec<String>> {
        let text = text.replace('S', "§").replace("r R", &format!("{} R", "rulings"));
        Ok(cited()?.missing(&text, own).iter().map(|name| name.replace('§', "S")).collect())
    }

    #[test]
    fn existing_sections_may_be_cited_in_any_form() -> Result<()> {
        let text = "S8.11, vm.md S8 and pmap.md S2.14; r R14 and R36";
        assert_eq!(missing(text, None)?, Vec::<String>::new());
        assert_eq!(missing("S2.14", Some("pmap"))?, Vec::<String>::new());
        Ok(())
    }

    #[test]
    fn a_citation_of_a_missing_section_is_reported() -> Result<()> {
        let named = missing("(vm.md S8.12, S8.11 and S9), pmap.md S8.11, r R14, R99", None)?;
        assert_eq!(named, ["vm.md S8.12", "vm.md S9", "pmap.md S8.11", &format!("{} R99", "rulings")]);
        Ok(())
    }

    #[test]
    fn a_link_to_a_missing_file_is_reported() -> Result<()> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let text = "[a](src/main.rs) [b](src/none.rs#here) [c](https://example.org/x) [d](#top)";
        assert_eq!(dead_links(&link()?, &here, text), ["src/none.rs"]);
        Ok(())
    }

    #[test]
    fn all_citations_of_this_project_exist() -> Result<()> {
        check(&Repo::find()?)
    }
}
