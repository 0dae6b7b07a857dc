//! The page of `quench inspect --html`: one file, without scripts and without
//! references to others, with a map of the functions by size and by group, and
//! with the text of `quench inspect`.

use super::escape::escape;
use super::map::{hue, map};
use super::sizes::{Function, Sizes};
use crate::messages::describe::display_size;
use crate::messages::timings::Report;
use quench_compiler::ObjectType;
use std::cmp::Reverse;
use std::fmt::Write;

/// Number of functions, and of types, in a table.
const LISTED: usize = 100;

/// Returns the page for these functions. `times` are those of the build,
/// `lines` the text of `quench inspect`.
pub fn page(title: &str, sizes: &Sizes, times: Option<&Report>, lines: &[String]) -> String {
    let mut page = String::new();
    let title = escape(title);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n\
         <h2>Functions by size</h2>\n"
    );
    page.push_str(if sizes.has_uses { OF_MODULE } else { OF_EXECUTABLE });
    page.push_str(&map(sizes));
    page.push_str("<h2>Groups</h2>\n");
    page.push_str(&group_table(sizes));
    page.push_str("<h2>Largest functions</h2>\n");
    page.push_str(&function_table(sizes));
    if !sizes.objects.is_empty() {
        page.push_str("<h2>Types of objects</h2>\n");
        page.push_str(&object_table(&sizes.objects));
    }
    if let Some(times) = times {
        page.push_str("<h2>Time to build</h2>\n");
        page.push_str(&time_tables(times));
    }
    page.push_str("<h2>All that is known</h2>\n<pre id=\"report\">");
    for line in lines {
        let _ = writeln!(page, "{}", escape(line));
    }
    page.push_str("</pre></body></html>\n");
    page
}

/// What the map of a module shows.
const OF_MODULE: &str = "<p>Each rectangle is a function, as large as its share of the \
    module\u{2019}s code; point at it to see its name and size. Each colour is a group: a \
    crate or namespace, and for functions without one what needs them. An export has all that \
    would not be needed without it; what several groups need is <b>shared</b>. A rectangle with \
    a heading holds a function and what only that function uses; <b>+3</b> stands for 3 such \
    functions that are too small to show. A function without a name goes by its index.</p>\n";

/// What the map of an executable shows.
const OF_EXECUTABLE: &str = "<p>Each rectangle is a function, as large as its share of the \
    machine code. A colour is a crate or namespace. Point at a rectangle to see its name and \
    size. The page of the module also shows who needs a function.</p>\n";

/// The style sheet.
const STYLE: &str = "body{font:14px/1.4 sans-serif;margin:2em auto;max-width:1200px;color:#222;\
    background:#fff}#map{width:100%;height:auto}rect{stroke:#fff}text{font:11px sans-serif;\
    pointer-events:none}.group,.user{font-weight:bold}.group{fill:currentColor}\
    .user{fill:#fff}i{display:inline-block;width:.8em;height:.8em;margin-right:.5em}\
    table{border-collapse:collapse}td,th{padding:.1em 1em .1em 0;text-align:right;\
    white-space:nowrap;vertical-align:top}.text{text-align:left;white-space:normal;\
    overflow-wrap:anywhere}pre{background:#f4f4f4;padding:1em;overflow:auto}\
    @media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}pre{background:\
    #262626}rect{stroke:#1b1b1b}}";

/// Returns the table of the groups, which is also the key to the map.
fn group_table(sizes: &Sizes) -> String {
    let total: u64 = sizes.groups.iter().map(|group| group.size).sum();
    let has_reach = sizes.groups.iter().any(|group| group.reach.is_some());
    let reach = if has_reach { "<th>with all it calls</th>" } else { "" };
    let mut table = format!(
        "<table id=\"groups\">\n<tr><th></th><th>size</th><th>share</th>\
         <th>functions</th>{reach}<th></th></tr>\n"
    );
    for (rank, group) in sizes.groups.iter().enumerate() {
        let (name, size) = (escape(&group.name), display_size(group.size));
        let share = match group.size as f64 * 100.0 / total.max(1) as f64 {
            0.0..0.1 => "&lt; 0.1".to_string(),
            share => format!("{share:.1}"),
        };
        let _ = write!(
            table,
            "<tr><td class=\"text\"><i style=\"background:hsl({} 50% 66%)\"></i>{name}</td>\
             <td>{size}</td><td>{share} %</td><td>{}</td>",
            hue(rank),
            group.count,
        );
        if has_reach {
            let reach = group.reach.map_or(String::new(), display_size);
            let _ = write!(table, "<td>{reach}</td>");
        }
        let _ = writeln!(table, "<td class=\"text\">{}</td></tr>", group.reason);
    }
    table.push_str("</table>\n");
    table
}

/// Returns the table of the largest functions.
fn function_table(sizes: &Sizes) -> String {
    let mut largest: Vec<&Function> = sizes.functions.iter().collect();
    // The order of equal ones is that of the file.
    largest.sort_by_key(|function| Reverse(function.size));
    let with_all = if sizes.has_uses { "<th>with what only it uses</th>" } else { "" };
    let mut table = format!(
        "<table id=\"functions\">\n<tr><th></th><th>size</th>{with_all}\
         <th class=\"text\">group</th></tr>\n"
    );
    for function in largest.iter().take(LISTED) {
        let (name, size) = (escape(&function.name), display_size(function.size));
        let _ = write!(table, "<tr><td class=\"text\">{name}</td><td>{size}</td>");
        if sizes.has_uses {
            let _ = write!(table, "<td>{}</td>", display_size(function.with_all));
        }
        let group = escape(&sizes.groups[function.group].name);
        let _ = writeln!(table, "<td class=\"text\">{group}</td></tr>");
    }
    table.push_str("</table>\n");
    table
}

/// Returns the table of the types of garbage-collected objects, the largest first.
fn object_table(types: &[ObjectType]) -> String {
    let mut largest: Vec<&ObjectType> = types.iter().collect();
    largest.sort_by_key(|ty| (ty.is_array, Reverse(ty.size)));
    let mut table = "<table id=\"objects\">\n<tr><th></th><th></th><th>size</th>\
                     <th>references</th></tr>\n"
        .to_string();
    for ty in largest.iter().take(LISTED) {
        let kind = if ty.is_array { "array, each element" } else { "struct" };
        let _ = writeln!(
            table,
            "<tr><td class=\"text\">{}</td><td class=\"text\">{kind}</td><td>{}</td><td>{}</td></tr>",
            escape(&ty.name),
            display_size(u64::from(ty.size)),
            ty.references,
        );
    }
    table.push_str("</table>\n");
    table
}

fn time_tables(report: &Report) -> String {
    let mut tables =
        "<table id=\"times\">\n<tr><td></td><td>wall, s</td><td>CPU, s</td></tr>\n".to_string();
    let mut row = |name: &str, wall: Option<f64>, cpu: f64| {
        let name = escape(name);
        let wall = wall.map_or(String::new(), |wall| format!("{wall:.3}"));
        let _ = writeln!(
            tables,
            "<tr><td class=\"text\">{name}</td><td>{wall}</td><td>{cpu:.3}</td></tr>"
        );
    };
    for phase in &report.phases {
        row(&phase.name, Some(phase.wall), phase.cpu);
        if phase.name == "compile" {
            for stage in &report.stages {
                row(&format!("\u{2003}{}", stage.name), None, stage.cpu);
            }
        }
    }
    for function in &report.slowest {
        row(&function.name, None, function.cpu);
    }
    tables.push_str("</table>\n");
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_become_elements() {
        let hostile = "<script>alert(\"&\")</script>\0";
        let mut functions = vec![(hostile.to_string(), 10)];
        functions.push((format!("{hostile}::f"), 10));
        let sizes = Sizes::of_executable(functions);
        let page = page("<b>", &sizes, None, &["a < b".to_string()]);
        assert!(!page.contains("<script") && !page.contains("<b>\n") && !page.contains('\0'));
        assert!(page.contains("a &lt; b") && page.contains("<title>&lt;b&gt;</title>"));
    }
}
