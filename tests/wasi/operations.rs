//! Carries out, in order, what an expectation says is to be done with a program: what is
//! written to it, what it has to answer, and how it has to end.

use crate::expectation::Operation;
use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Time after which a program is ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// Carries out operations on a program.
///
/// # Errors
///
/// Fails when the program cannot be started, or does something else than expected.
pub(crate) fn carry_out(command: &mut Command, operations: &[Operation]) -> Result<()> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
    let pid = child.id().to_string();
    let (ended, end) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if end.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-KILL", &pid]).status();
            }
        });
        let result = operations.iter().try_for_each(|operation| one(&mut child, operation));
        if result.is_err() {
            let _ = child.kill();
        }
        let status = child.wait();
        drop(ended);
        let said = child.stderr.as_mut().map(|pipe| {
            let mut said = String::new();
            let _ = pipe.read_to_string(&mut said);
            said
        });
        result.with_context(|| format!("it said: {}", said.unwrap_or_default()))?;
        status?;
        Ok(())
    })
}

fn one(child: &mut Child, operation: &Operation) -> Result<()> {
    match operation {
        Operation::Run { .. } => Ok(()),
        Operation::Write { id, payload } => {
            ensure!(id == "stdin", "nobody can write to {id}");
            let stdin = child.stdin.as_mut().context("its input is closed")?;
            Ok(stdin.write_all(payload.as_bytes())?)
        }
        Operation::Read { id, payload } => {
            let pipe: &mut dyn Read = match id.as_str() {
                "stdout" => child.stdout.as_mut().context("no output")?,
                "stderr" => child.stderr.as_mut().context("no output")?,
                other => bail!("nobody can read from {other}"),
            };
            let mut bytes = Vec::new();
            pipe.take(payload.len() as u64).read_to_end(&mut bytes)?;
            let text = String::from_utf8_lossy(&bytes);
            ensure!(text == *payload, "expected {payload:?} on {id}, got {text:?}");
            Ok(())
        }
        Operation::Wait { exit_code } => {
            drop(child.stdin.take());
            let status = child.wait()?;
            ensure!(status.code() == Some(*exit_code), "expected status {exit_code}, got {status}");
            Ok(())
        }
        Operation::Other => bail!("an operation on something else than a program"),
    }
}
