//! Prints errors, notes and warnings on standard error: as text, with colours on a
//! terminal only, or as a line of JSON each. Does not decide what is said.

use crate::messages::describe::harmless;
use quench_compiler::Error;
use serde_json::{Map, Value, json};
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
    let mut object = level("error", &format!("{error:#}"));
    let causes = error.chain().map(|cause| cause.to_string());
    object.insert("causes".to_string(), causes.collect());
    if let Some(error) = error.chain().find_map(|cause| cause.downcast_ref()) {
        describe(error, &mut object);
    }
    object.insert("notes".to_string(), json!(notes));
    eprintln!("{}", Value::Object(object));
}

/// Prints an error in the command line as JSON; `text` is clap's message.
pub fn usage(text: &str) {
    let mut object = level("error", text.trim().trim_start_matches("error: "));
    object.insert("kind".to_string(), json!("usage"));
    eprintln!("{}", Value::Object(object));
}

/// Prints a warning.
pub fn warning(text: &str) {
    if are_json() {
        eprintln!("{}", Value::Object(level("warning", text)));
    } else {
        say("warning", YELLOW, text);
    }
}

/// Returns the keys that all messages have.
fn level(level: &str, message: &str) -> Map<String, Value> {
    let pairs = [("level", level), ("message", message)];
    let pairs = pairs.map(|(key, value)| (key.to_string(), json!(value)));
    pairs.into_iter().collect()
}

/// Adds the kind of a compiler error, and its place in the module.
fn describe(error: &Error, object: &mut Map<String, Value>) {
    let (kind, place, offset) = match error {
        Error::Invalid { offset, place, .. } => ("invalid", place.as_ref(), Some(*offset)),
        Error::Unsupported { offset, place, .. } => ("unsupported", place.as_ref(), Some(*offset)),
        Error::Link { .. } => ("link", None, None),
        Error::Internal { function, .. } => ("internal", function.as_ref(), None),
    };
    object.insert("kind".to_string(), json!(kind));
    object.insert("place".to_string(), json!(place));
    object.insert("offset".to_string(), json!(offset));
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
