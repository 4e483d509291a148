//! `generate [RECORDS] [SEED]`: writes a file of invented records to standard output.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let records = arguments.next().map_or(Ok(30_000), |word| word.parse());
    let seed = arguments.next().map_or(Ok(1), |word| word.parse());
    let (Ok(records), Ok(seed), None) = (records, seed, arguments.next()) else {
        eprintln!("usage: generate [RECORDS] [SEED]");
        return ExitCode::from(2);
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match tests::generate::baseline(records, seed, &mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("generate: {err}");
            ExitCode::FAILURE
        }
    }
}
