//! Runs an executable, through qemu if it is for another machine, and ends it
//! when it takes too long.

use anyhow::{Context, Result};
use quench_compiler::Target;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The end of a program, and its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Exit status as a shell shows it: 128 + signal if a signal ended the
    /// program.
    pub status: i32,
    /// Bytes that it wrote to standard output.
    pub stdout: Vec<u8>,
    /// Bytes that it wrote to standard error.
    pub stderr: Vec<u8>,
}

impl Finished {
    /// Returns what it wrote to standard output, as text.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Returns what it wrote to standard error, as text.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// The input of a program, and the time it may take.
#[derive(Clone, Debug)]
pub struct Limits<'a> {
    /// Bytes on standard input.
    pub input: &'a [u8],
    /// Time after which it is ended.
    pub time: Duration,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Limits { input: &[], time: Duration::from_secs(120) }
    }
}

/// Returns a command that runs an executable made for `target` on this machine.
pub fn command(executable: &Path, target: Target) -> Command {
    if Target::host() == Some(target) {
        return Command::new(executable);
    }
    let mut command = Command::new(format!("qemu-{}", target.short_name()));
    command.arg(executable);
    command
}

/// Runs a command to its end.
///
/// # Errors
///
/// Fails when it cannot be started, or did not end in time.
pub fn run(command: &mut Command, limits: &Limits<'_>) -> Result<Finished> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        spawn(command).with_context(|| format!("starting {command:?}; is it installed?"))?;
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    thread::scope(|scope| {
        if let Some(mut stdin) = stdin {
            // A program need not read its input.
            scope.spawn(move || drop(stdin.write_all(limits.input)));
        }
        let stdout = scope.spawn(|| read_all(stdout));
        let stderr = scope.spawn(|| read_all(stderr));
        let status = wait(&mut child, limits.time);
        let joined = "a thread that only reads";
        let stdout = stdout.join().expect(joined);
        let stderr = stderr.join().expect(joined);
        let status = status.with_context(|| {
            let said = String::from_utf8_lossy(&stderr).into_owned();
            format!("{command:?} was ended; it had said: {said}")
        })?;
        Ok(Finished { status: shell_status(status), stdout, stderr })
    })
}

/// Starts a command. An executable that was just written is busy while another
/// thread's child has not yet closed the descriptor that it inherited.
fn spawn(command: &mut Command) -> io::Result<Child> {
    const PATIENCE: usize = 100;
    for _ in 0..PATIENCE {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
    command.spawn()
}

fn read_all(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was read up to an error is what there is.
        let _ = pipe.read_to_end(&mut bytes);
    }
    bytes
}

/// Waits for a program's end, and ends it after `time`.
fn wait(child: &mut Child, time: Duration) -> Result<ExitStatus> {
    let (ended, end) = mpsc::channel::<()>();
    let pid = child.id();
    thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let late = end.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if late {
                let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
            }
            late
        });
        let status = child.wait();
        drop(ended);
        let late = watch.join().expect("a thread that only waits");
        anyhow::ensure!(!late, "no end after {} seconds", time.as_secs());
        Ok(status?)
    })
}

fn shell_status(status: ExitStatus) -> i32 {
    const SIGNALLED: i32 = 128;
    let signal = || status.signal().map_or(SIGNALLED, |signal| SIGNALLED + signal);
    status.code().unwrap_or_else(signal)
}
