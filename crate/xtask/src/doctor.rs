//! Prints the tools and where they are, for bug reports.

use crate::command::{answer, quoted};
use crate::compiler::Compiler;
use crate::repo::Repo;
use crate::setup;
use crate::wasm::Variant;
use anyhow::{Result, anyhow};

/// Prints everything that set-up looks for.
pub fn doctor(repo: &Repo) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    println!("native code       {}", answer(&cargo, &["--version"]).unwrap_or_else(|| "no cargo".to_owned()));
    println!("checkout          {}", repo.root.display());
    println!("built in          {}", repo.target.display());
    println!("tools             {}", repo.tools.display());
    let mut missing = 0;
    for (need, found) in setup::look(repo, setup::ALL) {
        let name = need.name(repo);
        match found {
            Ok(found) => println!("\n{name}\n    {found}"),
            Err(lack) => {
                missing += 1;
                println!("\n{name}\n    MISSING: {lack}\n    {}", need.why());
            }
        }
    }
    if let Ok(compiler) = Compiler::find() {
        println!("\nthe wasm compiler in detail");
        println!(
            "    linker            {}",
            compiler.linker.map_or("its own".to_owned(), |path| path.display().to_string())
        );
        println!("    prebuilt std      {}", if compiler.has_std { "yes" } else { "no, it is built here" });
        println!("    flags for threads {}", Variant::Threads.rustflags().join(" "));
    }
    match missing {
        0 => println!("\nnothing is missing"),
        _ => println!("\n`cargo xtask setup` gets what is missing"),
    }
    Ok(())
}

/// Prints the environment of a wasm build for a shell, to run cargo or wasm-pack directly.
pub fn environment(repo: &Repo, variant: Variant) -> Result<()> {
    let compiler = Compiler::find().map_err(|lacks| anyhow!("{}", lacks.join("; ")))?;
    let path = ("PATH", crate::test::wasm_path(repo, &compiler)?);
    let variables = variant.environment(repo, &compiler).into_iter().filter(|(name, _)| *name != "PATH").chain([path]);
    for (name, value) in variables {
        println!("export {name}={}", quoted(&value.to_string_lossy()));
    }
    println!(
        "# then: cargo build --release -p faultline-wasm --target wasm32-unknown-unknown {}",
        variant.cargo_args(&compiler, false).join(" ")
    );
    Ok(())
}
