//! The pages for people, as people meet them: in a browser, against a real `refmill serve`.
//!
//! A missing Chromium fails these tests: `make test` installs it, or says what to install.

mod asking;
mod chromium;
mod converting;
mod failing;
mod keyboard;
mod looking;
mod scripts;
mod visit;
