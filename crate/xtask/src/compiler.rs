//! The compiler for wasm.
//!
//! Threads in wasm need a standard library built with atomics, which no distribution ships: the compiler must come
//! with the library's sources. This uses the compiler on the search path if it has them (`rustup component add
//! rust-src`), else the system's (Debian's packages `rustc-web`, `cargo-web`, `rust-web-src` and `lld-NN`).
//! `FAULTLINE_RUSTC` names another. Native builds use the cargo that started this program.

use crate::command::answer;
use crate::repo::which;
use crate::versions::{RUSTC, major_minor};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name of the target as cargo knows it.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler that can build for wasm, with threads.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// The compiler.
    pub rustc: PathBuf,
    /// The cargo beside it.
    pub cargo: PathBuf,
    /// The version that it reports.
    pub version: String,
    /// The linker to use, if the compiler has none of its own.
    pub linker: Option<PathBuf>,
    /// Whether it comes with a built standard library without threads.
    pub has_std: bool,
    /// Whether it is on the search path, so that builds need not name it.
    pub is_default: bool,
}

impl Compiler {
    /// The first suitable compiler; the error says what each candidate lacks.
    pub fn find() -> Result<Self, Vec<String>> {
        let mut lacks = Vec::new();
        let on_path = which("rustc");
        // A named compiler is the only candidate.
        let candidates = match std::env::var_os("FAULTLINE_RUSTC") {
            Some(named) => vec![PathBuf::from(named)],
            None => {
                let system = Some(PathBuf::from("/usr/bin/rustc"))
                    .filter(|rustc| rustc.is_file() && on_path.as_ref() != Some(rustc));
                on_path.iter().cloned().chain(system).collect()
            }
        };
        for rustc in candidates {
            match Self::look(&rustc, on_path.as_ref() == Some(&rustc)) {
                Ok(compiler) => return Ok(compiler),
                Err(lack) => lacks.push(format!("{} {lack}", rustc.display())),
            }
        }
        if lacks.is_empty() {
            lacks.push("there is no rustc on the search path".to_owned());
        }
        Err(lacks)
    }

    fn look(rustc: &Path, is_default: bool) -> Result<Self, String> {
        let cargo = rustc.with_file_name("cargo");
        if !cargo.is_file() {
            return Err("has no cargo beside it".to_owned());
        }
        let about = answer(rustc, &["-vV"]).ok_or("does not answer")?;
        let version = about.lines().next().unwrap_or_default().to_owned();
        if major_minor(&version).is_none_or(|found| found < RUSTC) {
            return Err(format!("is older than {}.{}", RUSTC.0, RUSTC.1));
        }
        let sysroot = PathBuf::from(answer(rustc, &["--print", "sysroot"]).ok_or("names no sysroot")?);
        let rustlib = sysroot.join("lib/rustlib");
        if !rustlib.join("src/rust/library/std/Cargo.toml").is_file() {
            return Err("has no sources of its standard library".to_owned());
        }
        let field = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let own = rustlib.join(field("host: ")).join("bin/rust-lld");
        let linker = if own.is_file() { None } else { Some(wasm_ld(field("LLVM version: "))?) };
        let has_std = rustlib.join(TARGET).join("lib").read_dir().is_ok_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.path().extension() == Some("rlib".as_ref())))
        });
        Ok(Self { rustc: rustc.to_owned(), cargo, version, linker, has_std, is_default })
    }

    /// The environment of a command that uses this compiler, without the flags of a variant.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut variables = vec![
            // Lets a stable compiler take `-Z build-std`.
            ("RUSTC_BOOTSTRAP", OsString::from("1")),
        ];
        if let Some(linker) = &self.linker {
            variables.push(("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker.into()));
        }
        if !self.is_default {
            // `wasm-pack` searches the path for both, so naming them is not enough.
            let dir = self.rustc.parent().map(Path::to_owned);
            let rest = std::env::var_os("PATH").unwrap_or_default();
            let path = std::env::join_paths(dir.into_iter().chain(std::env::split_paths(&rest)));
            variables.extend(path.ok().map(|path| ("PATH", path)));
            variables.push(("RUSTC", self.rustc.clone().into()));
            variables.push(("CARGO", self.cargo.clone().into()));
        }
        variables
    }

    /// Makes `command` use this compiler.
    pub fn apply(&self, command: &mut Command) {
        command.envs(self.environment());
        if !self.is_default {
            // Cargo points its programs at the libraries of its own toolchain, which are not this compiler's.
            command.env_remove("LD_LIBRARY_PATH").env_remove("RUSTUP_TOOLCHAIN");
        }
    }
}

/// The linker of the LLVM that the compiler was built with.
fn wasm_ld(llvm: &str) -> Result<PathBuf, String> {
    let major = llvm.split('.').next().unwrap_or_default();
    let name = format!("wasm-ld-{major}");
    which(&name).or_else(|| which("rust-lld")).ok_or(format!("has no linker for wasm ({name} or rust-lld)"))
}

/// The package with the linker for the system's compiler.
pub fn lld_package() -> Option<String> {
    let about = answer("/usr/bin/rustc", &["-vV"])?;
    let llvm = about.lines().find_map(|line| line.strip_prefix("LLVM version: "))?;
    Some(format!("lld-{}", llvm.split('.').next()?))
}
