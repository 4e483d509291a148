//! Where things are: the workspace, what developers are given beside it, the program.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// A folder or file below `../shared`, or `None` with a word about it where it is absent.
///
/// A test that needs it returns then: a clone without `../shared` is whole, it only proves less.
#[must_use]
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = root().join("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("../shared/{path} is absent: what needs it is left out");
    None
}

/// The program that `REFMILL_PROGRAM` names; else that of this profile's build, which is made if it
/// is not there yet: with the hooks by which tests order its end, as `make test` builds it.
///
/// # Panics
///
/// If it cannot be built.
#[must_use]
pub fn refmill() -> PathBuf {
    if let Some(program) = std::env::var_os("REFMILL_PROGRAM") {
        return program.into();
    }
    let test = std::env::current_exe().expect("a running program has a path");
    let folder = test.ancestors().find(|folder| folder.join(".fingerprint").is_dir());
    let folder = folder.expect("cargo lays tests below the folder of their profile").to_owned();
    let program = folder.join(format!("refmill{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let profile = folder.file_name().and_then(|name| name.to_str()).unwrap_or("debug");
        let profile = if profile == "debug" { "dev" } else { profile };
        let built = Command::new(cargo)
            .args(["build", "--package", "refmill", "--features", "hooks", "--profile", profile])
            .current_dir(root())
            .status()
            .expect("cargo can be run");
        assert!(built.success(), "refmill cannot be built");
    }
    program
}
