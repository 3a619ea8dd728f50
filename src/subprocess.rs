//! Other programs, asked for something they know.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How much of its output is read: as much as a pipe holds, so that a program can end before anyone
/// reads it.
const MAX_BYTES: u64 = 64 * 1024;

/// What a command prints, if it succeeds in time.
pub(crate) fn output_of(command: &mut Command, limit: Duration) -> Option<String> {
    let started = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < limit => thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    };
    let mut output = String::new();
    child.stdout.take()?.take(MAX_BYTES).read_to_string(&mut output).ok()?;
    status.success().then_some(output)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn waits_for_no_one_for_long() {
        let (short, long) = (Duration::from_millis(100), Duration::from_secs(5));
        assert_eq!(output_of(Command::new("sleep").arg("20"), short), None);
        assert_eq!(output_of(&mut Command::new("no-such-program"), short), None);
        assert_eq!(output_of(&mut Command::new("false"), long), None);
        assert_eq!(output_of(Command::new("echo").arg("abc"), long).as_deref(), Some("abc\n"));
        let endless = output_of(Command::new("yes").arg("more than a pipe holds"), short);
        assert_eq!(endless, None);
    }
}
