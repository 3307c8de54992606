//! Inputs of one word: choices, and a policy.

use super::is_helpful;
use crate::Target;
use crate::memory::Bounds;
use crate::mutate::Form;
use faultline_engine::policy::{PRESETS, Policy, SWITCHES};
use faultline_explore::Choices;

const SMALL: Bounds = Bounds { held: 1 << 20, asked: 4 << 20 };

/// Reads choices.
pub const CHOICES: Target = Target {
    name: "choices",
    form: Form::Text { words: &["a", "b", "z", "A", "Z", "a12", "b3", "a16000000", "a16000001"], ends: &[] },
    seeds: || {
        ["a12bc3", "", "a10b11a7c8d116a29", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]
            .map(Vec::from)
            .to_vec()
    },
    check: |input| {
        let Ok(text) = std::str::from_utf8(input) else { return false };
        match text.parse::<Choices>() {
            Err(error) => {
                is_helpful(&error.to_string());
                false
            }
            Ok(choices) => {
                let written = choices.to_string();
                assert_eq!(written.parse().as_ref(), Ok(&choices), "what is written reads as something else");
                true
            }
        }
    },
    cases: 10_000,
    // Sixteen million choices, while they are read and read again.
    bounds: Bounds { held: 128 << 20, asked: 256 << 20 },
};

/// Reads kernels.
pub const POLICY: Target = Target {
    name: "policy",
    form: Form::Text {
        words: &[
            "+",
            "-",
            ",",
            "P01",
            "P09",
            "P16",
            "P17",
            "OF1",
            "=",
            "write-first",
            "read-only-first",
            "main",
            "d2",
            "2021",
            "a",
        ],
        ends: &[','],
    },
    seeds: || {
        let presets = PRESETS.iter().map(|preset| preset.name.to_owned());
        let changed = SWITCHES.iter().map(|switch| format!("2019-12,+{}", switch.id));
        let others = ["main,-P03,P16=write-first", "+P01,-P03", "d2", "c,+P07"].map(String::from);
        presets.chain(changed).chain(others).map(String::into_bytes).collect()
    },
    check: |input| {
        let Ok(text) = std::str::from_utf8(input) else { return false };
        if let Err(error) = Policy::default().fits(text) {
            is_helpful(&error.to_string());
        }
        match Policy::parse(text) {
            Err(error) => {
                is_helpful(&error.to_string());
                false
            }
            Ok(policy) => {
                let again = Policy::parse(&policy.name);
                assert_eq!(again.as_ref(), Ok(&policy), "its name is another kernel's");
                assert_eq!(policy.check(), Ok(()), "it was read, and is refused");
                true
            }
        }
    },
    cases: 10_000,
    bounds: SMALL,
};
