//! The kernel that `--policy` names.

use crate::suggest;
use faultline_engine::policy::Policy;

/// Parses a policy; an error suggests the preset that may have been meant.
pub fn parse(text: &str) -> Result<Policy, String> {
    Policy::parse(text)
        .map_err(|error| format!("--policy {text}: {error}{}", suggest::question(suggest::preset(&error))))
}
