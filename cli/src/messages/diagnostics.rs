//! Prints errors, notes and warnings on standard error: as text, with colours on a
//! terminal only, or as a line of JSON each. Does not decide what is said.

use crate::fault::{Fault, Kind};
use crate::messages::describe::harmless;
use quench_compiler::Error;
use serde::Serialize;
use serde_json::json;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether messages are JSON. Set once, before any message is printed.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Chooses the form of messages: JSON or text.
pub fn use_json(yes: bool) {
    IS_JSON.store(yes, Relaxed);
}

/// Returns whether messages are JSON.
pub fn are_json() -> bool {
    IS_JSON.load(Relaxed)
}

/// Returns whether messages go to a terminal that can move its cursor.
pub fn is_for_a_terminal() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !are_json() && std::io::stderr().is_terminal() && !is_dumb
}

/// Prints the error that ends the command, and notes on what the person can do
/// about it.
pub fn error(error: &anyhow::Error, notes: &[String]) {
    if !are_json() {
        say("error", RED, &format!("{error:#}"));
        for note in notes {
            say("note", CYAN, note);
        }
        return;
    }
    let text = format!("{error:#}");
    let mut message = Message::new("error", &text);
    message.causes = error.chain().map(|cause| cause.to_string()).collect();
    message.notes = notes;
    let origin = Origin::of(error);
    message.kind = Some(origin.kind.name());
    (message.place, message.offset) = (origin.place, origin.offset);
    message.print();
}

/// Prints an error in the command line as JSON; `text` is clap's message.
pub fn usage(text: &str) {
    let mut message = Message::new("error", text.trim().trim_start_matches("error: "));
    message.kind = Some(Kind::Usage.name());
    message.print();
}

/// Prints a warning.
pub fn warning(text: &str) {
    if are_json() {
        Message::new("warning", text).print();
    } else {
        say("warning", YELLOW, text);
    }
}

/// Prints a remark, which is asked for with `-v`.
pub fn remark(text: &str) {
    if are_json() {
        Message::new("note", text).print();
    } else {
        eprintln!("quench: {text}");
    }
}

/// A message as JSON. All messages have all keys. Documented in `docs/BUILDING.md`.
#[derive(Serialize)]
struct Message<'a> {
    level: &'static str,
    message: &'a str,
    causes: Vec<String>,
    kind: Option<&'static str>,
    place: Option<&'a str>,
    offset: Option<usize>,
    notes: &'a [String],
}

impl<'a> Message<'a> {
    fn new(level: &'static str, message: &'a str) -> Message<'a> {
        Message {
            level,
            message,
            causes: vec![message.to_string()],
            kind: None,
            place: None,
            offset: None,
            notes: &[],
        }
    }

    fn print(&self) {
        eprintln!("{}", json!(self));
    }
}

/// The kind of an error, and its place in a file.
struct Origin<'a> {
    kind: Kind,
    place: Option<&'a str>,
    offset: Option<usize>,
}

impl<'a> Origin<'a> {
    fn of(error: &'a anyhow::Error) -> Origin<'a> {
        let known = error.chain().find_map(|cause| {
            let fault = || cause.downcast_ref().map(Origin::of_fault);
            let system = || cause.is::<std::io::Error>().then_some(Origin::new(Kind::System));
            cause.downcast_ref().map(Origin::of_compiler).or_else(fault).or_else(system)
        });
        known.unwrap_or(Origin::new(Kind::Usage))
    }

    fn new(kind: Kind) -> Origin<'a> {
        Origin { kind, place: None, offset: None }
    }

    fn of_fault(fault: &'a Fault) -> Origin<'a> {
        Origin { kind: fault.kind, place: fault.place.as_deref(), offset: fault.offset }
    }

    fn of_compiler(error: &'a Error) -> Origin<'a> {
        let (kind, place, offset) = match error {
            Error::Invalid { offset, place, .. } => {
                (Kind::Invalid, place.as_deref(), Some(*offset))
            }
            Error::Unsupported { offset, place, .. } => {
                (Kind::Unsupported, place.as_deref(), Some(*offset))
            }
            Error::Link { .. } => (Kind::Link, None, None),
            Error::Internal { function, .. } => (Kind::Internal, function.as_deref(), None),
        };
        Origin { kind, place, offset }
    }
}

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";

fn say(level: &str, colour: &str, text: &str) {
    let text = harmless(text);
    if has_colours() {
        eprintln!("{colour}{level}:\x1b[0m {text}");
    } else {
        eprintln!("{level}: {text}");
    }
}

/// Returns whether messages are coloured: on terminals that can, unless NO_COLOR is
/// set as <https://no-color.org> says.
fn has_colours() -> bool {
    let unset = |name: &str| std::env::var_os(name).is_none_or(|value| value.is_empty());
    is_for_a_terminal() && unset("NO_COLOR")
}
