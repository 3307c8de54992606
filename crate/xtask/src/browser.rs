//! The browsers that tests drive.

use crate::command::answer;
use crate::repo::which;
use crate::versions::major_minor;
use std::env;
use std::path::PathBuf;

/// A browser with a matching driver.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// Its WebDriver.
    pub driver: PathBuf,
    /// The version that the browser reports.
    pub version: String,
}

impl Browser {
    /// Finds both; the error says what is missing.
    pub fn find() -> Result<Self, String> {
        let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
        let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
        let chromium = named("FAULTLINE_CHROMIUM")
            .or_else(|| names.iter().find_map(|name| which(name)))
            .or_else(|| Some(mac).filter(|file| file.is_file()))
            .ok_or("no Chromium or Chrome on the search path")?;
        let driver =
            named("CHROMEDRIVER").or_else(|| which("chromedriver")).ok_or("no chromedriver on the search path")?;
        let version =
            answer(&chromium, &["--version"]).ok_or_else(|| format!("{} does not answer", chromium.display()))?;
        let driver_version =
            answer(&driver, &["--version"]).ok_or_else(|| format!("{} does not answer", driver.display()))?;
        let major = |text: &str| major_minor(text).map(|(major, _)| major);
        if major(&version) != major(&driver_version) {
            return Err(format!("{version} and {driver_version} do not belong together"));
        }
        Ok(Self { chromium, driver, version })
    }
}

/// The file that a variable of the environment names, if there is one.
fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file())
}

/// Finds Firefox, and asks for its version. Its WebDriver BiDi is built in.
pub fn firefox() -> Result<(PathBuf, String), String> {
    let mac = PathBuf::from("/Applications/Firefox.app/Contents/MacOS/firefox");
    let path = named("FAULTLINE_FIREFOX")
        .or_else(|| ["firefox-esr", "firefox"].iter().find_map(|name| which(name)))
        .or_else(|| Some(mac).filter(|file| file.is_file()))
        .ok_or("no Firefox on the search path")?;
    let version = answer(&path, &["--version"]).ok_or_else(|| format!("{} does not answer", path.display()))?;
    Ok((path, version))
}
