//! Runs another program, bounded in what it prints and in how long it takes.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::failure::Failure;

/// Bytes that are read of a complaint.
const LONGEST_COMPLAINT: u64 = 64 << 10;

/// How much a program may print, and how long it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes of standard output.
    pub bytes: u64,
    /// Time until it must be done; none where another machine answers.
    pub time: Option<Duration>,
}

/// Runs a program that reads `input` and returns what it prints. `what` names the command in
/// complaints; `missing` tells where the program comes from.
pub(crate) fn run(
    command: &mut Command,
    input: Vec<u8>,
    bounds: Bounds,
    what: &str,
    missing: &str,
) -> Result<Vec<u8>, Failure> {
    let failed = |text: String| Failure::Program(what.to_owned(), text);
    let mut child = command
        .env("LC_ALL", "C")
        .stdin(if input.is_empty() {
            Stdio::null()
        } else {
            Stdio::piped()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("{error}; {missing}")))?;
    if let Some(mut stream) = child.stdin.take() {
        // A program that reads no more says why itself.
        thread::spawn(move || stream.write_all(&input));
    }
    let (tell, told) = mpsc::channel();
    let printed = read(child.stdout.take(), bounds.bytes + 1, tell.clone());
    let complaint = read(child.stderr.take(), LONGEST_COMPLAINT, tell);
    // Both streams end when the program does.
    for _ in 0..2 {
        let ended = match bounds.time {
            Some(time) => told.recv_timeout(time),
            None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        if ended == Err(RecvTimeoutError::Timeout) {
            end(&mut child);
            return Err(failed("no answer in time".to_owned()));
        }
    }
    let joined = |thread: thread::JoinHandle<std::io::Result<Vec<u8>>>| {
        thread
            .join()
            .unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()))
    };
    let (printed, complaint) = (joined(printed), joined(complaint));
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    let printed = printed.map_err(|error| failed(error.to_string()))?;
    // One that prints more than is read ends by its broken pipe.
    if printed.len() as u64 > bounds.bytes {
        return Err(failed(format!("prints more than {} bytes", bounds.bytes)));
    }
    if !status.success() {
        let complaint = complaint.unwrap_or_default();
        let text = String::from_utf8_lossy(&complaint);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        return Err(failed(lines.collect::<Vec<_>>().join(" ")));
    }
    Ok(printed)
}

/// Reads a stream to its end or to so many bytes, and tells when it is done.
fn read(
    stream: Option<impl Read + Send + 'static>,
    most: u64,
    done: mpsc::Sender<()>,
) -> thread::JoinHandle<std::io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let result = stream.map_or(Ok(0), |stream| stream.take(most).read_to_end(&mut bytes));
        // Nobody waits any more where the time was over.
        let _ = done.send(());
        result.map(|_| bytes)
    })
}

fn end(child: &mut Child) {
    // It may just have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, bounds: Bounds) -> Result<Vec<u8>, String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(&mut command, b"in".to_vec(), bounds, "sh", "").map_err(|failure| match failure {
            Failure::Program(_, text) => text,
            other => panic!("{other:?}"),
        })
    }

    const BOUNDS: Bounds = Bounds {
        bytes: 100_000,
        time: None,
    };

    #[test]
    fn a_program_is_told_its_input_and_heard_on_both_streams() {
        assert_eq!(shell("cat; echo no >&2", BOUNDS), Ok(b"in".to_vec()));
        let wrong = shell("echo one >&2; echo; echo ' two' >&2; exit 3", BOUNDS);
        assert_eq!(wrong, Err("one two".to_owned()));
    }

    #[test]
    fn a_program_without_end_is_ended() {
        assert_eq!(
            shell("yes", BOUNDS),
            Err("prints more than 100000 bytes".to_owned())
        );
        let bounds = Bounds {
            time: Some(Duration::from_millis(50)),
            ..BOUNDS
        };
        assert_eq!(
            shell("exec sleep 600", bounds),
            Err("no answer in time".to_owned())
        );
    }
}
