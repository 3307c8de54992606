//! Policies as texts: `2019-12,+P01,-P03,P16=write-first`.

use super::{DEFECTS, EnterProtocol, PROTOCOL_ID, PROTOCOL_NAME, PROTOCOLS, Policy, PolicyError, SWITCHES, SwitchInfo};

/// One difference between a kernel and its preset.
#[derive(Clone, Copy)]
enum Change {
    /// A switch is on, or off.
    Switch(&'static SwitchInfo, bool),
    /// P16.
    Protocol(EnterProtocol),
}

impl Change {
    /// Reads `+P01`, `-P03` or `P16=write-first`.
    fn read(text: &str) -> Result<Change, PolicyError> {
        if let Some((id, value)) = text.split_once('=') {
            if !id.eq_ignore_ascii_case(PROTOCOL_ID) && id != PROTOCOL_NAME {
                return Err(PolicyError::Switch(text.into()));
            }
            let known = PROTOCOLS.iter().find(|p| p.name == value);
            return known.map(|p| Change::Protocol(p.protocol)).ok_or_else(|| PolicyError::Protocol(value.into()));
        }
        let (on, id) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(id), _) => (true, id),
            (_, Some(id)) => (false, id),
            _ => return Err(PolicyError::Switch(text.into())),
        };
        let known = SWITCHES.iter().chain(DEFECTS).find(|s| s.id.eq_ignore_ascii_case(id) || s.name == id);
        known.map(|switch| Change::Switch(switch, on)).ok_or_else(|| PolicyError::Switch(text.into()))
    }
    fn apply(self, policy: &mut Policy) {
        match self {
            Change::Switch(info, on) => policy.switches.set(info.switch, on),
            Change::Protocol(protocol) => policy.enter_protocol = protocol,
        }
    }
    fn holds(self, policy: &Policy) -> bool {
        match self {
            Change::Switch(info, on) => policy.on(info.switch) == on,
            Change::Protocol(protocol) => policy.enter_protocol == protocol,
        }
    }
}

/// Whether the text begins with a change and names no preset.
fn is_change(text: &str) -> bool {
    text.starts_with(['+', '-']) || text.contains('=')
}

impl Policy {
    /// Reads `PRESET[,+P01,-P03,…][,P16=write-first]` and checks that the switches are compatible. The name is the
    /// same whatever the order of the changes.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        let mut parts = text.split(',').map(str::trim);
        let preset = Policy::preset(parts.next().unwrap_or(""))?;
        let mut policy = preset.clone();
        for part in parts {
            Change::read(part)?.apply(&mut policy);
        }
        policy.name = policy.name_beside(&preset);
        policy.check()?;
        Ok(policy)
    }

    /// Whether `text` describes this kernel. A policy as [`Policy::parse`] reads it describes exactly that kernel;
    /// changes alone (`P16=write-first`, `+P01,-P03`) describe every kernel that has them.
    pub fn fits(&self, text: &str) -> Result<bool, PolicyError> {
        let mut parts = text.split(',').map(str::trim).peekable();
        if !parts.peek().is_some_and(|first| is_change(first)) {
            let other = Policy::parse(text)?;
            return Ok((self.switches, self.enter_protocol) == (other.switches, other.enter_protocol));
        }
        let changes = parts.map(Change::read).collect::<Result<Vec<_>, _>>()?;
        Ok(changes.into_iter().all(|change| change.holds(self)))
    }

    /// The preset's name and the differences from it, in order of the numbers: `P01` to `P20`, then `OF1` on.
    fn name_beside(&self, preset: &Policy) -> String {
        let turned = SWITCHES.iter().chain(DEFECTS).filter(|s| self.on(s.switch) != preset.on(s.switch));
        let mut changes: Vec<_> =
            turned.map(|s| (s.id, format!("{}{}", if self.on(s.switch) { '+' } else { '-' }, s.id))).collect();
        if self.enter_protocol != preset.enter_protocol {
            changes.push((PROTOCOL_ID, format!("{PROTOCOL_ID}={}", self.enter_protocol.name())));
        }
        // The numbers of the specification come before those of older defects.
        changes.sort_unstable_by_key(|&(id, _)| (!id.starts_with('P'), id));
        changes.iter().fold(preset.name.clone(), |name, (_, change)| format!("{name},{change}"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::policy::{PRESETS, Switches};

    #[test]
    fn a_name_reads_back_as_the_same_kernel_whatever_order_it_was_written_in() {
        let policy = Policy::parse("2019-12,P16=write-first,-P03,+P01").unwrap();
        assert_eq!(policy.name, "2019-12,+P01,-P03,P16=write-first");
        assert_eq!(policy.enter_protocol, EnterProtocol::WriteFirst);
        assert!(policy.on(Switches::HOLD_COW_SRC) && !policy.on(Switches::COUNT_SHORTCUT));
        assert_eq!(Policy::parse(&policy.name).unwrap(), policy);
        assert_eq!(
            Policy::parse("2019-12,+shadow_scan_busy,enter_protocol=read-only-first").unwrap().name,
            "2019-12,+P02,P16=read-only-first"
        );
    }

    #[test]
    fn a_preset_goes_by_its_letter_too_in_brackets_or_without() {
        for changes in ["", ",+P01"] {
            let of = |preset: &str| Policy::parse(&format!("{preset}{changes}")).map(|p| (p.switches, p.name)).unwrap();
            assert_eq!(of("aw"), of("2020-01-weakened-pip"));
            assert_eq!(of("(aw)"), of("2020-01-weakened-pip"));
        }
        assert!(Policy::parse("(aw").is_err() && Policy::parse("()").is_err());
    }

    #[test]
    fn a_change_that_changes_nothing_leaves_no_trace_in_the_name() {
        assert_eq!(Policy::parse("2019-12,+P01,-P01,P16=clear-first,+P03").unwrap().name, "2019-12");
    }

    #[test]
    fn presets_clear_first_and_have_no_defect() {
        for policy in PRESETS.iter().map(Policy::from) {
            assert_eq!(policy.enter_protocol, EnterProtocol::ClearFirst);
            assert!(!DEFECTS.iter().any(|defect| policy.on(defect.switch)), "{}", policy.name);
        }
        let broken = Policy::parse("main,+sleeps_late,P16=write-first,+P17").unwrap();
        assert_eq!(broken.name, "main,P16=write-first,+P17,+P18");
        assert_eq!(Policy::parse(&broken.name).unwrap(), broken);
    }

    #[test]
    fn changes_stand_in_order_of_their_numbers_whatever_they_are() {
        let policy = Policy::parse("2021,+OF5,-P20,+P17,+OF1,P16=write-first,-P19,-P01").unwrap();
        assert_eq!(policy.name, "2021,-P01,P16=write-first,+P17,-P19,-P20,+OF1,+OF5");
    }

    #[test]
    fn a_switch_that_there_is_not_is_answered_with_those_there_are() {
        let said = Policy::parse("main,+P99").unwrap_err().to_string();
        for info in SWITCHES.iter().chain(DEFECTS) {
            assert!(said.contains(info.id), "{} is missing: {said}", info.id);
        }
    }

    #[test]
    fn a_switch_has_a_bit_a_number_and_a_name_of_its_own() {
        let all: Vec<_> = SWITCHES.iter().chain(DEFECTS).collect();
        for (nth, info) in all.iter().enumerate() {
            assert_eq!(info.switch.bits().count_ones(), 1, "{}", info.id);
            let same =
                |other: &&SwitchInfo| other.switch == info.switch || other.id == info.id || other.name == info.name;
            assert!(!all[nth + 1..].iter().any(same), "{}", info.id);
        }
        let known = all.iter().fold(Switches::empty(), |known, info| known | info.switch);
        assert_eq!(known, Switches::all(), "every switch is in a list");
    }

    #[test]
    fn a_protocol_that_there_is_not_is_answered_with_those_there_are() {
        let said = Policy::parse("main,P16=flush-first").unwrap_err().to_string();
        assert!(said.contains("`flush-first`") && said.contains("write-first, read-only-first, clear-first"), "{said}");
        for text in ["main,P15=write-first", "main,+P16", "main,P16", "main,-P99"] {
            assert!(matches!(Policy::parse(text), Err(PolicyError::Switch(_))), "{text}");
        }
    }

    #[test]
    fn a_text_fits_the_kernel_it_names_or_every_one_it_holds_on() {
        let changed = Policy::parse("2019-12,P16=write-first").unwrap();
        for (text, fits) in [
            ("2019-12", false),
            ("2019-12,P16=write-first", true),
            ("a,P16=write-first", true),
            ("2019-11,P16=write-first", false),
            ("P16=write-first", true),
            ("P16=clear-first", false),
            ("P16=write-first,+P03", true),
            ("P16=write-first,-P03", false),
            ("-P01", true),
        ] {
            assert_eq!(changed.fits(text), Ok(fits), "{text}");
        }
        assert!(matches!(changed.fits("P16=sometimes"), Err(PolicyError::Protocol(_))));
        assert!(matches!(changed.fits("2018"), Err(PolicyError::Preset(_))));
    }
}
