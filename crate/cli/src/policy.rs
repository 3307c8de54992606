//! The kernel that `--policy` names.

use crate::suggest;
use faultline_engine::policy::{PRESETS, Policy, PolicyError};

/// Parses a policy; an error suggests the preset that may have been meant.
pub fn parse(text: &str) -> Result<Policy, String> {
    Policy::parse(text).map_err(|error| {
        let near = match &error {
            PolicyError::Preset(name) => suggest::nearest(name, PRESETS.iter().map(|p| p.name)),
            _ => None,
        };
        format!("--policy {text}: {error}{}", suggest::question(near))
    })
}
