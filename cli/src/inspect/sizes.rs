//! What takes the room in a module or an executable: its functions in groups. Knows the sizes
//! and who uses whom; how they are drawn is known in `map.rs`.
//!
//! A function's group is the crate or namespace in its name. A function without one, as all
//! are in a module without a name section, belongs to what needs it: an export is a group of
//! its own, with all that only this export needs, and so are the start function and the
//! functions that are only reached through one element segment. In general it belongs to the
//! group of the nearest function that lies on all ways to it. What several groups need is
//! shared.

use super::dominators::dominators;
use crate::messages::describe::harmless;
use quench_compiler::{CallGraph, Entrance, ObjectType};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The largest number of groups; the smallest ones are made one if there are more.
const MOST_GROUPS: usize = 40;

/// The largest number of characters of a name.
const LONGEST_NAME: usize = 200;

/// The largest number of imports that stand for the name of a function.
const MOST_IMPORTS: usize = 2;

/// The functions of a file, in groups.
pub struct Sizes {
    /// The functions.
    pub functions: Vec<Function>,
    /// The groups, the largest first.
    pub groups: Vec<Group>,
    /// Whether it is known who uses whom.
    pub has_uses: bool,
    /// The types of garbage-collected objects.
    pub objects: Vec<ObjectType>,
}

/// A function with the functions of its group that only it uses, directly or not.
pub struct Function {
    /// Name of the function, or what is known in place of it.
    pub name: String,
    /// Index of the function, if it has no name.
    pub index: Option<usize>,
    /// Position of its group.
    pub group: usize,
    /// Size of the function alone, in bytes.
    pub size: u64,
    /// Size of the function and all functions that only it uses, of any group.
    pub with_all: u64,
    /// Size of the function and those of its group that only it uses.
    pub whole: u64,
    /// The number of these functions, with itself.
    pub count: usize,
    /// Positions of those of them that belong directly to it.
    pub inside: Vec<usize>,
}

/// A group of functions.
pub struct Group {
    /// Name of the group.
    pub name: String,
    /// Why functions are in the group.
    pub reason: &'static str,
    /// Size of all functions together, in bytes.
    pub size: u64,
    /// For a way in, the size of all functions that calls lead to from there, also shared
    /// ones, but for calls through tables.
    pub reach: Option<u64>,
    /// Number of the functions.
    pub count: usize,
    /// Positions of the functions that are in no other one of the group.
    pub top: Vec<usize>,
}

/// What the functions of a group have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    /// This crate or outermost namespace.
    Namespace(&'a str),
    /// No namespace, and nothing else is known.
    NoNamespace,
    /// The way in with this position.
    Entrance(usize),
    /// Several others need them.
    Shared,
    /// Nothing leads to them.
    Unused,
}

impl Sizes {
    /// Returns the functions of an executable, with these names and sizes.
    pub fn of_executable(functions: Vec<(String, u64)>) -> Sizes {
        let keys = functions.iter().map(|(name, _)| namespace_key(name));
        let keys: Vec<Key<'_>> = keys.map(|key| key.unwrap_or(Key::NoNamespace)).collect();
        let alone = functions.iter().map(|(name, size)| Function::new(name, None, *size));
        Sizes::new(alone.collect(), &keys, None)
    }

    /// Returns the functions of a module.
    pub fn of_module(graph: &CallGraph) -> Sizes {
        let ways = Ways::new(graph);
        let found = dominators(&ways.successors);
        let count = graph.functions.len();
        let namespaces = graph.functions.iter().map(|f| namespace_key(f.name.as_deref()?));
        let namespaces: Vec<Option<Key<'_>>> = namespaces.collect();
        let mut keys: Vec<Key<'_>> =
            namespaces.iter().map(|key| key.unwrap_or(Key::Unused)).collect();
        // The function inside which each is drawn.
        let mut parents = vec![None; count];
        let function = |f: usize| {
            let (name, index) = name(graph, &ways, f);
            Function::new(&name, index, graph.functions[f].size)
        };
        let mut functions: Vec<Function> = (0..count).map(function).collect();
        for node in &found.order {
            let Some(function) = ways.function(*node) else { continue };
            let dominator = found.immediate[*node as usize].unwrap_or(0);
            if namespaces[function].is_some() {
                continue;
            }
            keys[function] = match (ways.entrances[function], ways.function(dominator)) {
                (Some(entrance), _) => Key::Entrance(entrance),
                (None, Some(user)) => {
                    parents[function] = Some(user);
                    keys[user]
                }
                (None, None) => ways.entrance(dominator).map_or(Key::Shared, Key::Entrance),
            };
        }
        for node in found.order.iter().rev() {
            let Some(function) = ways.function(*node) else { continue };
            let dominator = found.immediate[*node as usize].unwrap_or(0);
            if let Some(user) = ways.function(dominator) {
                functions[user].with_all += functions[function].with_all;
            }
            if let Some(user) = parents[function] {
                functions[user].whole += functions[function].whole;
                functions[user].count += functions[function].count;
                functions[user].inside.push(function);
            }
        }
        let mut sizes = Sizes::new(functions, &keys, Some((graph, &ways)));
        for group in &mut sizes.groups {
            group.top.retain(|function| parents[*function].is_none());
        }
        sizes
    }

    /// Puts functions into the groups with these keys. Those of a module have ways to them.
    fn new(
        mut functions: Vec<Function>,
        keys: &[Key<'_>],
        module: Option<(&CallGraph, &Ways)>,
    ) -> Sizes {
        let mut by_key: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
        for (function, key) in keys.iter().enumerate() {
            by_key.entry(*key).or_default().push(function);
        }
        let size = |members: &[usize]| members.iter().map(|f| functions[*f].size).sum();
        let by_key = by_key.into_iter().map(|(key, members)| (size(&members), key, members));
        let mut by_size: Vec<(u64, Key<'_>, Vec<usize>)> = by_key.collect();
        // The order of equal ones is that of their keys.
        by_size.sort_by_key(|(size, ..)| Reverse(*size));
        let most = if by_size.len() > MOST_GROUPS { MOST_GROUPS - 1 } else { MOST_GROUPS };
        let rest = by_size.split_off(most.min(by_size.len()));
        let mut groups: Vec<Group> = Vec::new();
        for (size, key, members) in by_size {
            let (name, reason) = key.describe(module);
            let reach = match (key, module) {
                (Key::Entrance(entrance), Some((graph, ways))) => Some(ways.reach(graph, entrance)),
                _ => None,
            };
            let (name, count) = (shortened(&name), members.len());
            groups.push(Group { name, reason, size, reach, count, top: members });
        }
        if !rest.is_empty() {
            groups.push(Group {
                name: format!("{} smaller groups", rest.len()),
                reason: "too small to be shown one by one",
                size: rest.iter().map(|(size, ..)| size).sum(),
                reach: None,
                count: rest.iter().map(|(_, _, members)| members.len()).sum(),
                top: rest.into_iter().flat_map(|(_, _, members)| members).collect(),
            });
        }
        for (position, group) in groups.iter().enumerate() {
            for function in &group.top {
                functions[*function].group = position;
            }
        }
        Sizes { functions, groups, has_uses: module.is_some(), objects: Vec::new() }
    }
}

impl Function {
    /// Makes a function that uses no others.
    fn new(name: &str, index: Option<usize>, size: u64) -> Function {
        Function {
            name: shortened(name),
            index,
            group: 0,
            size,
            with_all: size,
            whole: size,
            count: 1,
            inside: Vec::new(),
        }
    }
}

impl Key<'_> {
    /// Returns the name of a group, and why functions are in it.
    fn describe(self, module: Option<(&CallGraph, &Ways)>) -> (String, &'static str) {
        let entrances = module.map_or(&[][..], |(graph, _)| &graph.entrances);
        match self {
            Key::Namespace(name) => (name.to_string(), "crate or namespace"),
            Key::NoNamespace => ("(no namespace)".to_string(), ""),
            Key::Shared => ("shared".to_string(), "several of the other groups need it"),
            Key::Unused => ("never called".to_string(), "nothing in the module leads to it"),
            Key::Entrance(position) => match &entrances[position].0 {
                Entrance::Export(name) => (
                    if name.is_empty() {
                        "export \"\"".to_string()
                    } else {
                        format!("export {name}")
                    },
                    "the export, and what nothing else needs",
                ),
                Entrance::Start => {
                    ("start function".to_string(), "it, and what nothing else needs")
                }
                Entrance::Global(index) => {
                    (format!("global {index}"), "only reached through this global")
                }
                Entrance::Table(index) => {
                    (format!("table {index}"), "only called through this table")
                }
                Entrance::Segment { segment, table: Some(table) } => (
                    format!("table {table}, segment {segment}"),
                    "only called through this part of a table: function pointers, virtual methods",
                ),
                Entrance::Segment { segment, table: None } => {
                    (format!("segment {segment}"), "only called through tables it is copied to")
                }
            },
        }
    }
}

/// The ways through a module, as a graph. Node 0 stands for the outside. The nodes after it
/// are the functions that the module defines, and then the ways in.
struct Ways {
    /// The ends of the edges from each node.
    successors: Vec<Vec<u32>>,
    /// For each function, the position of the export or start that it is, if it is one.
    entrances: Vec<Option<usize>>,
}

impl Ways {
    fn new(graph: &CallGraph) -> Ways {
        let count = graph.functions.len();
        let imports = graph.imports.len() as u32;
        // Imported functions are none of the nodes.
        let nodes = |functions: &[u32]| -> Vec<u32> {
            let defined = functions.iter().filter_map(|function| function.checked_sub(imports));
            defined.map(|position| position + 1).collect()
        };
        let mut successors = vec![Vec::new()];
        successors.extend(graph.functions.iter().map(|function| nodes(&function.uses)));
        let mut entrances = vec![None; count];
        for (position, (entrance, functions)) in graph.entrances.iter().enumerate() {
            let functions = nodes(functions);
            if let Entrance::Export(_) | Entrance::Start = entrance {
                for node in &functions {
                    entrances[*node as usize - 1].get_or_insert(position);
                }
            }
            let node = successors.len() as u32;
            successors[0].push(node);
            successors.push(functions);
        }
        Ways { successors, entrances }
    }

    /// Returns the size of all functions to which calls lead from a way in.
    fn reach(&self, graph: &CallGraph, entrance: usize) -> u64 {
        let mut reached = vec![false; self.successors.len()];
        let mut next = vec![(1 + self.entrances.len() + entrance) as u32];
        let mut size = 0;
        while let Some(node) = next.pop() {
            if !std::mem::replace(&mut reached[node as usize], true) {
                size += self.function(node).map_or(0, |function| graph.functions[function].size);
                next.extend(&self.successors[node as usize]);
            }
        }
        size
    }

    /// Returns the position of the function that a node is.
    fn function(&self, node: u32) -> Option<usize> {
        (node as usize).checked_sub(1).filter(|function| *function < self.entrances.len())
    }

    /// Returns the position of the way in that a node is.
    fn entrance(&self, node: u32) -> Option<usize> {
        (node as usize).checked_sub(1 + self.entrances.len())
    }
}

/// Returns the name of a function or of its export, or else what says most in place of a name:
/// the imports that it calls, with its index.
fn name(graph: &CallGraph, ways: &Ways, function: usize) -> (String, Option<usize>) {
    let defined = &graph.functions[function];
    if let Some(name) = &defined.name {
        return (name.clone(), None);
    }
    let entrance = ways.entrances[function].map(|position| &graph.entrances[position].0);
    if let Some(Entrance::Export(name)) = entrance
        && !name.is_empty()
    {
        return (name.clone(), None);
    }
    let index = graph.imports.len() + function;
    let mut name = format!("function {index}");
    let called = defined.uses.iter().filter_map(|callee| graph.imports.get(*callee as usize));
    for (position, import) in called.clone().take(MOST_IMPORTS).enumerate() {
        name.push_str(if position == 0 { " (calls " } else { ", " });
        name.push_str(&shortened(import));
    }
    match called.count() {
        0 => {}
        1..=MOST_IMPORTS => name.push(')'),
        many => name.push_str(&format!(" and {} more)", many - MOST_IMPORTS)),
    }
    (name, Some(index))
}

/// Returns a name that is safe to show, without its end if it is long.
fn shortened(name: &str) -> String {
    let mut characters = name.chars();
    let mut text: String = characters.by_ref().take(LONGEST_NAME).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    harmless(&text).into_owned()
}

/// Returns the key of the namespace in a name, if there is one.
fn namespace_key(name: &str) -> Option<Key<'_>> {
    namespace(name).map(Key::Namespace)
}

/// Returns the crate or the outermost namespace of a function: `a` for
/// `<a::B as c::D>::e`.
fn namespace(name: &str) -> Option<&str> {
    let name = name.trim_start_matches(['<', '&', '*']);
    let end = name.find(['(', '<', ' ', '>']).unwrap_or(name.len());
    let (first, _) = name[..end].split_once("::")?;
    (!first.is_empty()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quench_compiler::DefinedFunction;

    #[test]
    fn namespaces() {
        for (name, expected) in [
            ("core::fmt::write", Some("core")),
            ("<alloc::string::String as core::fmt::Write>::write_str", Some("alloc")),
            ("app::table<int>::find(int)", Some("app")),
            ("main", None),
            ("f(std::string)", None),
            ("::f", None),
            ("", None),
        ] {
            assert_eq!(namespace(name), expected, "{name}");
        }
    }

    /// Makes a module without imports, each function of which has 10 bytes.
    fn graph(functions: &[(&str, &[u32])], entrances: &[(Entrance, &[u32])]) -> CallGraph {
        let function = |(name, uses): &(&str, &[u32])| DefinedFunction {
            name: (!name.is_empty()).then(|| name.to_string()),
            size: 10,
            uses: uses.to_vec(),
        };
        CallGraph {
            imports: Vec::new(),
            functions: functions.iter().map(function).collect(),
            entrances: entrances.iter().map(|(e, f)| (e.clone(), f.to_vec())).collect(),
        }
    }

    fn export(name: &str) -> Entrance {
        Entrance::Export(name.to_string())
    }

    /// Returns the groups with their functions.
    fn groups(sizes: &Sizes) -> BTreeMap<&str, Vec<&str>> {
        let mut groups = BTreeMap::new();
        for group in &sizes.groups {
            let mut names = Vec::new();
            let mut next = group.top.clone();
            while let Some(function) = next.pop() {
                names.push(sizes.functions[function].name.as_str());
                next.extend(&sizes.functions[function].inside);
            }
            names.sort_unstable();
            assert_eq!(group.count, names.len());
            assert_eq!(group.size, 10 * names.len() as u64);
            groups.insert(group.name.as_str(), names);
        }
        groups
    }

    #[test]
    fn functions_without_names_belong_to_what_needs_them() {
        let segment = Entrance::Segment { segment: 3, table: Some(0) };
        // 0 and 1 are exported, 5 is in a table and recursive, 7 and 8 are dead.
        let graph = graph(
            &[
                ("", &[2, 4]),
                ("", &[4, 0]),
                ("", &[3]),
                ("", &[2]),
                ("", &[]),
                ("", &[5, 6]),
                ("", &[]),
                ("", &[8, 6]),
                ("", &[7]),
            ],
            &[(export("a"), &[0]), (export("b"), &[1]), (export("c"), &[1]), (segment, &[5])],
        );
        let sizes = Sizes::of_module(&graph);
        let expected = [
            ("export a", vec!["a", "function 2", "function 3"]),
            ("export b", vec!["b"]),
            ("never called", vec!["function 7", "function 8"]),
            ("shared", vec!["function 4"]),
            ("table 0, segment 3", vec!["function 5", "function 6"]),
        ];
        assert_eq!(groups(&sizes), expected.into_iter().collect());
        let reach = |name| sizes.groups.iter().find(|group| group.name == name)?.reach;
        assert_eq!(["export a", "export b", "shared"].map(reach), [Some(40), Some(50), None]);
        let a = &sizes.functions[0];
        assert_eq!((a.size, a.whole, a.with_all, a.count), (10, 30, 30, 3));
        assert_eq!(a.inside, [2]);
    }

    #[test]
    fn names_that_some_functions_have_give_groups_to_the_others() {
        let graph = graph(
            &[("", &[1, 4]), ("app::run", &[2, 3]), ("", &[]), ("core::write", &[4]), ("", &[])],
            &[(export("a"), &[0])],
        );
        let sizes = Sizes::of_module(&graph);
        let expected = [
            ("app", vec!["app::run", "function 2"]),
            ("core", vec!["core::write"]),
            ("export a", vec!["a", "function 4"]),
        ];
        assert_eq!(groups(&sizes), expected.into_iter().collect());
        // What only `app::run` uses is of two groups.
        assert_eq!((sizes.functions[1].whole, sizes.functions[1].with_all), (20, 30));
    }

    #[test]
    fn groups_are_bounded_in_number() {
        let functions: Vec<(&str, &[u32])> = vec![("", &[]); 1000];
        let indices: Vec<u32> = (0..1000).collect();
        let entrances: Vec<(Entrance, &[u32])> =
            indices.chunks(1).map(|one| (export(&one[0].to_string()), one)).collect();
        let sizes = Sizes::of_module(&graph(&functions, &entrances));
        assert_eq!(sizes.groups.len(), MOST_GROUPS);
        let last = &sizes.groups[MOST_GROUPS - 1];
        assert_eq!(last.name, "961 smaller groups");
        assert_eq!((last.count, last.size, last.top.len()), (961, 9610, 961));
    }
}
