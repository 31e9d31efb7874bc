//! Output of commands: results to stdout, errors to stderr.

use std::process::ExitCode;

use crate::error::{Error, Reader};

/// Prints what is wrong with the command or its settings.
pub(super) fn usage(error: &Error) -> ExitCode {
    complain(error);
    ExitCode::from(2)
}

/// Prints an error with what to do about it.
#[expect(clippy::print_stderr, reason = "stderr is where people read; stdout belongs to results")]
pub(super) fn complain(error: &Error) {
    eprintln!("error: {}", error.problem_for(Reader::Shell));
    if let Some(hint) = error.hint_for(Reader::Shell) {
        eprintln!("hint: {hint}");
    }
}

/// Writes a result to stdout; a reader that has gone away is no error.
pub(super) fn print(text: &str) {
    use std::io::Write as _;
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{text}");
}
