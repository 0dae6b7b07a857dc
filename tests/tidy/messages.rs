//! Compares the messages of the compiler and the command line, which are
//! templates in their sources, with what tests expect. Reads Rust only as far
//! as that needs.

use crate::source::{self, Source};
use std::fs;
use std::path::Path;

/// Beginnings of expressions that make an error of the texts in their
/// parentheses or braces; the longest text is the message.
const MAKERS: [&str; 8] = [
    "bail!(",
    "anyhow!(",
    "ensure!(",
    "context(",
    "Error::link(",
    "Error::Invalid {",
    "Error::Unsupported {",
    "Error::Link {",
];

/// (words of a message that no test shows, the reason)
const NOT_SHOWN: &[(&str, &str)] = &[
    ("cannot look at quench's own file", "/proc is gone"),
    ("` defines no function `", "components are planned so that it does"),
    ("the module has types of objects that were not declared", "the command declares all modules"),
    ("cannot remove `", "the system's: a folder changes meanwhile"),
    ("cannot make a temporary file", "the system's"),
    ("cannot write a temporary file", "the system's"),
    ("cannot start `sh`", "there is a shell"),
    ("the name of the folder for temporary files is not UTF-8", "nobody has such a TMPDIR"),
    ("there is no FILE", "clap asks for it before"),
    ("there is to be no cache", "never printed: another way is taken"),
    ("cannot keep the executable in memory", "the system's"),
    ("cannot start the compiled program", "the system's"),
    ("another version of quench made it", "of this one there is one version"),
    ("is not a WebAssembly module: neither binary", "text is tried, and says why it is none"),
    ("its member `", "an archive that `ar` does not make"),
    ("the permissions take 4 GiB or more", "a command line is shorter"),
    ("its policy: ", "a section that the linker has damaged"),
    ("names no file", "clap asks for it before"),
    ("and its directories make no archive", "their paths are made such that they do"),
    ("this machine is not a target of quench", "tests run on one that is"),
    ("cannot start threads", "the system's"),
    ("this is a bug in quench, please report it", "a bug of ours"),
    ("` exports no function `", "who makes records takes names from what was compiled"),
    (
        "two modules of the program are named `",
        "the command line looks first; for who uses the library",
    ),
    ("there is no module `", "likewise"),
    ("can only come from another module of the program", "likewise"),
    ("it must be a function () -> ()", "likewise"),
    (": unknown import, module `", "likewise"),
    ("exports no `", "likewise"),
    ("exports no memory `", "likewise"),
    ("lie in reach of calls on this target", "takes a function with 128 MiB of code"),
    (
        "is not http, https, s3 or redis",
        "of builds with the feature `shared-cache`, see tests/store",
    ),
    ("there is no host", "likewise"),
];

/// Returns complaints about messages that no test shows, and about entries of
/// [`NOT_SHOWN`] that are not needed.
pub(crate) fn complaints() -> Vec<String> {
    let shown = shown();
    let mut unused: Vec<&str> = NOT_SHOWN.iter().map(|(words, _)| *words).collect();
    let mut complaints = Vec::new();
    for folder in ["cli/src", "compiler/src"] {
        for file in source::below(folder) {
            for template in templates(code(&file)) {
                if shown.contains(longest_part(&template).as_str()) {
                    continue;
                }
                match NOT_SHOWN.iter().find(|(words, _)| template.contains(words)) {
                    Some((words, _)) => unused.retain(|other| other != words),
                    None => complaints.push(format!("{}: no test shows `{template}`", file.path)),
                }
            }
        }
    }
    let unused = unused.into_iter();
    complaints.extend(unused.map(|words| format!("`{words}` is shown, or no message")));
    complaints
}

/// Returns the file without its unit tests.
fn code(file: &Source) -> &str {
    file.text.split("#[cfg(test)]").next().unwrap_or_default()
}

/// Returns all texts that tests expect, with single spaces: cases of the
/// command line, and tests in Rust.
fn shown() -> String {
    let mut texts = Vec::new();
    let cases = quench_tests::repository().join("tests/cli/cases");
    for case in fs::read_dir(cases).expect("the folder is there") {
        let case = case.expect("it can be listed").path();
        texts.push(fs::read_to_string(case).expect("a text"));
    }
    let tests = source::below("tests").into_iter();
    let tests = tests.filter(|file| !Path::new(&file.path).starts_with("tests/tidy"));
    texts.extend(tests.map(|file| plain(&file.text)));
    for folder in ["cli/src", "compiler/src"] {
        let files = source::below(folder).into_iter();
        let units =
            files.filter_map(|file| Some(file.text.split_once("#[cfg(test)]")?.1.to_string()));
        texts.extend(units.map(|text| plain(&text)));
    }
    let words: Vec<&str> = texts.iter().flat_map(|text| text.split_whitespace()).collect();
    words.join(" ")
}

/// Returns the longest text of each error that is made.
fn templates(code: &str) -> Vec<String> {
    let makers = MAKERS.iter();
    let starts = makers.flat_map(|maker| code.match_indices(maker).map(|(at, _)| at + maker.len()));
    let texts =
        starts.filter_map(|start| texts(&code[start..]).into_iter().max_by_key(String::len));
    texts.collect()
}

/// Returns the texts up to the closing parenthesis or brace.
fn texts(code: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut depth = 1;
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            '"' => {
                let mut text = String::new();
                while let Some(character) = characters.next().filter(|character| *character != '"')
                {
                    text.push(character);
                    if character == '\\' {
                        text.extend(characters.next());
                    }
                }
                texts.push(plain(&text));
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    texts
}

/// Returns a text without escapes, with single spaces.
fn plain(text: &str) -> String {
    let text = text.replace("\\\n", "").replace("\\n", " ").replace("\\\"", "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the longest part of a template that has no placeholder.
fn longest_part(template: &str) -> String {
    let parts = template.split('{').map(|part| match part.split_once('}') {
        Some((_, rest)) => rest,
        None => part,
    });
    let longest = parts.max_by_key(|part| part.trim().len());
    longest.unwrap_or_default().trim().to_string()
}
