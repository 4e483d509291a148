//! `sbom`: writes the bill of materials of the program to standard output.

use std::io::{self, Write};
use std::process::{Command, ExitCode};

use tests::{places, sbom};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("sbom: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(places::root())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    let metadata = serde_json::from_slice(&output.stdout)?;
    let lock = std::fs::read_to_string(places::root().join("Cargo.lock"))?;
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &sbom::bill(&metadata, &lock))?;
    out.write_all(b"\n")
}
