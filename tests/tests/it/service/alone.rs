//! `refmill serve` alone: SQLite, a folder, and a queue over the job table.

use std::path::Path;

use super::client::{agree, files, submit};
use super::processes::{Process, answers, free_port, python, run, words};

/// Starts the service, with more settings, and waits until it answers.
pub(crate) fn serve(folder: &Path, port: u16, more: &str) -> Process {
    let line = format!(
        "serve --data {} --bind 127.0.0.1:{port} --set metrics.enabled=false \
         {more}",
        folder.join("data").display()
    );
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    let process = Process::start(folder, "serve", &words);
    answers(port, &process);
    process
}

/// Lets the database of one process do what a statement says, and gives its first row.
pub(crate) fn sqlite(folder: &Path, statement: &str) -> String {
    let program = "import sqlite3, sys; base = sqlite3.connect(sys.argv[1], timeout=10); \
                   print(base.execute(sys.argv[2]).fetchone()); base.commit()";
    python(program, &[folder.join("data/refmill.db").as_os_str(), statement.as_ref()])
}

#[test]
fn what_the_service_makes_is_what_the_command_line_makes() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let mut service = serve(folder.path(), port, "");
    let (_, health) = run(&words(&format!("healthcheck --bind 127.0.0.1:{port}")));
    assert_eq!(health, Some(0));
    let inputs = files(folder.path(), 12, 300);
    let out = folder.path().join("out");
    // Files that were cut short fail, the others are converted.
    assert_eq!(submit(&inputs, port, &out), Some(1));
    agree(&inputs, &out, folder.path());
    assert_eq!(service.terminate().code(), Some(0), "{}", service.said());
}
