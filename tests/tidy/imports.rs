//! The import graph of a crate: which file uses what of which other file. Names
//! are followed through modules, imports and re-exports to the file that defines
//! them, so that `crate::Options` is an edge to `options.rs` and not to `lib.rs`.
//! Declaring a module is no edge, nor is importing one: an edge is what is named
//! through it. Macros are not expanded: a name that nothing seems to define is
//! taken for one of the last module of its path.

use crate::syntax::{self, Names};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The modules of a crate.
pub(crate) struct Crate {
    modules: BTreeMap<Names, Module>,
}

struct Module {
    /// Path of the file that it is in.
    file: String,
    syntax: syntax::Module,
}

/// One use of something in another file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    /// Path of the file that uses.
    pub(crate) from: String,
    pub(crate) line: usize,
    /// The path as written at that line.
    pub(crate) path: String,
    /// Path of the file that defines what is used.
    pub(crate) to: String,
}

/// The target of a path.
enum Place {
    Module(Names),
    /// Something defined in the file with this path.
    Item(String),
}

impl Crate {
    /// Reads the crate whose root is the file `root`. `read` returns the text of
    /// the file with a path, if there is one.
    ///
    /// # Panics
    ///
    /// Panics when a file cannot be parsed, or a declared module has no file.
    pub(crate) fn read(root: &str, read: impl Fn(&str) -> Option<String>) -> Crate {
        let mut modules = BTreeMap::new();
        let mut files = vec![(Names::new(), root.to_string())];
        while let Some((path, file)) = files.pop() {
            let text = read(&file).unwrap_or_else(|| panic!("there is no {file}"));
            for syntax in syntax::modules(&file, &text) {
                let path = [path.as_slice(), &syntax.path].concat();
                let folder = [children_of(&file), &syntax.path.join("/")].join("/");
                for child in &syntax.children {
                    let folder = folder.trim_end_matches('/');
                    let candidates =
                        [format!("{folder}/{child}.rs"), format!("{folder}/{child}/mod.rs")];
                    let found = candidates.into_iter().find(|file| read(file).is_some());
                    let found = found.unwrap_or_else(|| panic!("{file}: `{child}` has no file"));
                    files.push(([path.as_slice(), std::slice::from_ref(child)].concat(), found));
                }
                modules.insert(path, Module { file: file.clone(), syntax });
            }
        }
        Crate { modules }
    }

    /// Returns each use of something in another file, sorted.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let mut edges = BTreeSet::new();
        for (name, module) in &self.modules {
            let mut add = |place: Option<Place>, path: &Names, line| {
                if let Some(Place::Item(to)) = place
                    && to != module.file
                {
                    edges.insert(Edge {
                        from: module.file.clone(),
                        line,
                        path: path.join("::"),
                        to,
                    });
                }
            };
            for import in &module.syntax.imports {
                let mut place = self.resolve(name, &import.path, false, &mut Vec::new());
                if import.name.is_none()
                    && let Some(Place::Module(all)) = place
                {
                    place = Some(Place::Item(self.modules[&all].file.clone()));
                }
                add(place, &import.path, import.line);
            }
            for mention in &module.syntax.mentions {
                let place = self.resolve(name, &mention.path, false, &mut Vec::new());
                add(place, &mention.path, mention.line);
            }
        }
        edges.into_iter().collect()
    }

    /// Follows a path that stands in the module `from`; `None` if it leads out
    /// of the crate. Where its last name is both a module's and an item's, the
    /// path leads to the module if `to_module`. `followed` lists the imports
    /// that are being followed, which can go in a circle.
    fn resolve<'a>(
        &'a self,
        from: &'a [String],
        path: &'a [String],
        to_module: bool,
        followed: &mut Vec<(&'a [String], &'a [String])>,
    ) -> Option<Place> {
        let (first, rest) = path.split_first()?;
        let parent = |module: &[String]| Some(Place::Module(module.split_last()?.1.to_vec()));
        let mut place = match first.as_str() {
            "crate" => Place::Module(Names::new()),
            "self" => Place::Module(from.to_vec()),
            "super" => parent(from)?,
            name => self.look_up(from, name, to_module || !rest.is_empty(), followed)?,
        };
        for (number, name) in rest.iter().enumerate() {
            // An item: what follows are variants or associated items.
            let Place::Module(module) = &place else {
                break;
            };
            let is_last = number + 1 == rest.len();
            place = if name == "super" {
                parent(module)?
            } else {
                let (module, _) = self.modules.get_key_value(module)?;
                let found = self.look_up(module, name, to_module || !is_last, followed);
                found.unwrap_or_else(|| Place::Item(self.modules[module].file.clone()))
            };
        }
        Some(place)
    }

    /// Finds what a name in a module stands for.
    fn look_up<'a>(
        &'a self,
        module: &'a [String],
        name: &str,
        to_module: bool,
        followed: &mut Vec<(&'a [String], &'a [String])>,
    ) -> Option<Place> {
        let Module { file, syntax } = self.modules.get(module)?;
        let child = [module, &[name.to_string()]].concat();
        let is_item = syntax.items.contains(name);
        if self.modules.contains_key(&child) && (to_module || !is_item) {
            return Some(Place::Module(child));
        }
        if is_item {
            return Some(Place::Item(file.clone()));
        }
        let named = syntax.imports.iter().filter(|import| import.name.as_deref() == Some(name));
        for import in named {
            let step = (module, import.path.as_slice());
            if !followed.contains(&step) {
                followed.push(step);
                let place = self.resolve(module, &import.path, to_module, followed);
                followed.pop();
                if place.is_some() {
                    return place;
                }
            }
        }
        for import in syntax.imports.iter().filter(|import| import.name.is_none()) {
            let step = (module, import.path.as_slice());
            if !followed.contains(&step) {
                followed.push(step);
                let all = self.resolve(module, &import.path, true, followed);
                let place = match &all {
                    Some(Place::Module(all)) => {
                        let all = self.modules.get_key_value(all);
                        all.and_then(|(all, _)| self.look_up(all, name, to_module, followed))
                    }
                    _ => None,
                };
                followed.pop();
                if place.is_some() {
                    return place;
                }
            }
        }
        None
    }
}

/// Returns the folder of a file's child modules.
fn children_of(file: &str) -> &str {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder,
        _ => file.strip_suffix(".rs").unwrap_or(file),
    }
}

/// Returns circles of the graph as text: for each file that is in one and not
/// yet in one returned before, a shortest circle through it.
pub(crate) fn circles(edges: &[Edge]) -> Vec<String> {
    let mut graph: BTreeMap<&str, BTreeMap<&str, &Edge>> = BTreeMap::new();
    for edge in edges {
        graph.entry(&edge.from).or_default().entry(&edge.to).or_insert(edge);
    }
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    let mut circles = Vec::new();
    for file in graph.keys() {
        if !shown.contains(file)
            && let Some(circle) = circle_through(&graph, file)
        {
            let steps = circle.iter();
            let steps =
                steps.map(|edge| format!(" -> {} (line {}: {})", edge.to, edge.line, edge.path));
            circles.push(format!("{file}{}", steps.collect::<String>()));
            shown.extend(circle.iter().map(|edge| edge.from.as_str()));
        }
    }
    circles
}

/// Searches breadth-first for the way from a file back to itself.
fn circle_through<'a>(
    graph: &BTreeMap<&'a str, BTreeMap<&'a str, &'a Edge>>,
    file: &str,
) -> Option<Vec<&'a Edge>> {
    let mut reached: BTreeMap<&str, &Edge> = BTreeMap::new();
    let mut queue = VecDeque::from([file]);
    while let Some(next) = queue.pop_front() {
        for (to, edge) in graph.get(next).into_iter().flatten() {
            if !reached.contains_key(to) {
                reached.insert(to, edge);
                queue.push_back(to);
            }
        }
    }
    let mut circle = vec![*reached.get(file)?];
    while let Some(last) = circle.last().filter(|last| last.from != file) {
        circle.push(reached[last.from.as_str()]);
    }
    circle.reverse();
    Some(circle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the edges of a crate of these files as `from:line path to`.
    fn edges(files: &[(&str, &str)]) -> Vec<String> {
        let edges = read(files).edges();
        let shown = edges.iter().map(|edge| {
            let Edge { from, line, path, to } = edge;
            format!("{from}:{line} {path} {to}")
        });
        shown.collect()
    }

    fn read(files: &[(&str, &str)]) -> Crate {
        Crate::read("src/lib.rs", |path| {
            let (_, text) = files.iter().find(|(name, _)| path == format!("src/{name}"))?;
            Some(text.to_string())
        })
    }

    #[test]
    fn imports_lead_to_the_file_that_defines() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\npub use b::inner::Thing;\n"),
            (
                "a.rs",
                "use crate::{Thing, b::{self, other}};\nfn f() { b::helper(); other::x(); }\n",
            ),
            ("b/mod.rs", "pub mod inner;\npub mod other;\npub fn helper() {}\n"),
            ("b/inner.rs", "pub struct Thing;\n"),
            ("b/other.rs", "use super::inner as i;\npub fn x() -> i::Thing { i::Thing }\n"),
        ];
        assert_eq!(
            edges(&files),
            [
                "src/a.rs:1 crate::Thing src/b/inner.rs",
                "src/a.rs:2 b::helper src/b/mod.rs",
                "src/a.rs:2 other::x src/b/other.rs",
                "src/b/other.rs:2 i::Thing src/b/inner.rs",
                "src/lib.rs:3 b::inner::Thing src/b/inner.rs",
            ]
        );
    }

    #[test]
    fn paths_in_code_macros_and_globs_are_edges() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
            (
                "a.rs",
                "use super::c::*;\nfn f() { assert_eq!(crate::b::ONE, [super::c::two()]); }\n",
            ),
            ("b.rs", "pub const ONE: u8 = 1;\nfn f(_: super::c::Kind) {}\n"),
            ("c.rs", "made_by_a_macro! { pub enum Kind {} }\npub fn two() -> u8 { 2 }\n"),
        ];
        assert_eq!(
            edges(&files),
            [
                "src/a.rs:1 super::c src/c.rs",
                "src/a.rs:2 crate::b::ONE src/b.rs",
                "src/a.rs:2 super::c::two src/c.rs",
                "src/b.rs:2 super::c::Kind src/c.rs",
            ]
        );
    }

    #[test]
    fn tests_comments_and_other_crates_are_no_edges() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\nuse std::fmt;\nfn f(_: fmt::Error) {}\n"),
            (
                "a.rs",
                "//! See [`crate::b::B`].\n#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}\n\
                 #[cfg(all(test, unix))]\nuse crate::b::B;\n#[cfg(not(test))]\nuse crate::b::C;\n",
            ),
            ("b.rs", "pub struct B;\npub struct C;\n#[cfg(test)]\nmod not_there;\n"),
        ];
        assert_eq!(edges(&files), ["src/a.rs:9 crate::b::C src/b.rs"]);
    }

    #[test]
    fn imports_that_go_in_a_circle_end() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\n"),
            ("a.rs", "pub use crate::b::x;\npub use crate::b::*;\n"),
            ("b.rs", "pub use crate::a::x;\npub use crate::a::*;\n"),
        ];
        assert!(!edges(&files).is_empty());
    }

    #[test]
    fn circles_are_found_and_shown_with_their_imports() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\nmod c;\nmod d;\nuse d::D;\n"),
            ("a.rs", "use crate::b::B;\npub struct A;\n"),
            ("b.rs", "\nuse crate::c::C;\npub struct B;\n"),
            ("c.rs", "pub struct C(crate::a::A);\n"),
            ("d.rs", "use crate::a::A;\npub struct D;\n"),
        ];
        assert_eq!(
            circles(&read(&files).edges()),
            ["src/a.rs -> src/b.rs (line 1: crate::b::B) -> src/c.rs (line 2: crate::c::C) \
              -> src/a.rs (line 1: crate::a::A)"]
        );
    }

    #[test]
    fn a_parent_that_only_declares_its_child_is_in_no_circle() {
        let child = ("a/child.rs", "use super::Shared;\npub struct Child;\n");
        let declares = ("a/mod.rs", "mod child;\npub struct Shared;\n");
        let uses = ("a/mod.rs", "mod child;\nuse child::Child;\npub struct Shared;\n");
        assert!(circles(&read(&[("lib.rs", "mod a;"), declares, child]).edges()).is_empty());
        assert_eq!(circles(&read(&[("lib.rs", "mod a;"), uses, child]).edges()).len(), 1);
    }
}
