//! The page of `quench inspect --html`: one file, without scripts and without
//! references to others, with a map of the functions by size and by crate or
//! namespace, and with the text of `quench inspect`.

use crate::messages::describe::display_size;
use crate::messages::timings::Report;
use quench_compiler::FunctionSize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Width of the map, in pixels.
const WIDTH: f64 = 1200.0;

/// Height of the map, in pixels.
const HEIGHT: f64 = 700.0;

/// Height of a line of text in the map, in pixels.
const LINE: f64 = 16.0;

/// Width of most letters in the map, in pixels.
const LETTER: f64 = 7.0;

/// Number of functions of a group that have a rectangle of their own.
const SHOWN: usize = 300;

/// Number of functions in the table.
const LISTED: usize = 100;

/// Name of the group of functions without a namespace.
const NO_NAMESPACE: &str = "(no namespace)";

/// Returns the page for these functions. `times` are those of the build,
/// `lines` the text of `quench inspect`.
pub fn page(
    title: &str,
    functions: &[FunctionSize],
    times: Option<&Report>,
    lines: &[String],
) -> String {
    let groups = groups(functions);
    let mut page = String::new();
    let title = escape(title);
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n\
         <h2>Functions by size</h2>\n"
    );
    page.push_str(&map(&groups));
    page.push_str("<h2>Crates and namespaces</h2>\n");
    let rows = groups.iter().map(|group| (group.name.as_str(), group.size));
    page.push_str(&table("groups", rows));
    page.push_str("<h2>Largest functions</h2>\n");
    let mut largest: Vec<&FunctionSize> = functions.iter().collect();
    largest.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
    let rows = largest.iter().take(LISTED);
    let rows = rows.map(|function| (function.name.as_str(), function.size));
    page.push_str(&table("functions", rows));
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

/// The style sheet.
const STYLE: &str = "body{font:14px/1.4 sans-serif;margin:2em auto;max-width:1200px;color:#222;\
    background:#fff}#map{width:100%;height:auto}rect{stroke:#fff}text{font:11px sans-serif;\
    pointer-events:none}.group{font-weight:bold;fill:currentColor}table{border-collapse:collapse}td{padding:.1em 1em .1em 0;\
    overflow-wrap:anywhere;vertical-align:top}td+td{text-align:right;white-space:nowrap}\
    pre{background:#f4f4f4;padding:1em;overflow:auto}@media(prefers-color-scheme:dark){\
    body{background:#1b1b1b;color:#ddd}pre{background:#262626}rect{stroke:#1b1b1b}}";

fn table<'a>(id: &str, rows: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut table = format!("<table id=\"{id}\">\n");
    for (name, size) in rows {
        let (name, size) = (escape(name), display_size(size));
        let _ = writeln!(table, "<tr><td>{name}</td><td>{size}</td></tr>");
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
        let _ = writeln!(tables, "<tr><td>{name}</td><td>{wall}</td><td>{cpu:.3}</td></tr>");
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

/// The functions of a crate or namespace.
struct Group {
    name: String,
    /// Size of all functions together, in bytes.
    size: u64,
    /// The functions, the largest first; the last entry may stand for many.
    functions: Vec<FunctionSize>,
}

/// Returns the functions in groups, the largest group first.
fn groups(functions: &[FunctionSize]) -> Vec<Group> {
    let mut by_name: BTreeMap<&str, Vec<FunctionSize>> = BTreeMap::new();
    for function in functions {
        let group = by_name.entry(namespace(&function.name)).or_default();
        group.push(function.clone());
    }
    let mut groups: Vec<Group> = by_name
        .into_iter()
        .map(|(name, mut functions)| {
            functions.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
            let size = functions.iter().map(|function| function.size).sum();
            if functions.len() > SHOWN {
                let rest = functions.split_off(SHOWN);
                functions.push(FunctionSize {
                    name: format!("{} more", rest.len()),
                    size: rest.iter().map(|function| function.size).sum(),
                });
            }
            Group { name: name.to_string(), size, functions }
        })
        .collect();
    groups.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
    groups
}

/// Returns the crate or the outermost namespace of a function: `a` for
/// `<a::B as c::D>::e`.
fn namespace(name: &str) -> &str {
    let name = name.trim_start_matches(['<', '&', '*']);
    let end = name.find(['(', '<', ' ', '>']).unwrap_or(name.len());
    match name[..end].split_once("::") {
        Some((first, _)) if !first.is_empty() => first,
        _ => NO_NAMESPACE,
    }
}

/// A rectangle in the map, in pixels.
#[derive(Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Returns the map: an SVG with a rectangle for each function.
fn map(groups: &[Group]) -> String {
    let all = Area { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
    let mut map = format!("<svg id=\"map\" viewBox=\"0 0 {WIDTH} {HEIGHT}\">\n");
    let sizes: Vec<u64> = groups.iter().map(|group| group.size).collect();
    for (number, (group, area)) in groups.iter().zip(areas(&sizes, all)).enumerate() {
        // Neighbours in order of size are far apart on the colour wheel.
        let hue = number * 137 % 360;
        let inner = area.below_heading();
        if inner.y > area.y {
            label(&mut map, area, &group.name, "group");
        }
        let sizes: Vec<u64> = group.functions.iter().map(|one| one.size).collect();
        let functions = group.functions.iter().zip(areas(&sizes, inner));
        for (rank, (function, area)) in functions.enumerate() {
            rectangle(&mut map, area, function, hue, rank);
            let prefix = format!("{}::", group.name);
            let name = function.name.strip_prefix(&prefix);
            label(&mut map, area, name.unwrap_or(&function.name), "function");
        }
    }
    map.push_str("</svg>\n");
    map
}

impl Area {
    /// Returns the part of a group's area below its name; all of it if there is
    /// no room for the name.
    fn below_heading(self) -> Area {
        if self.width > 60.0 && self.height > 3.0 * LINE {
            Area { y: self.y + LINE, height: self.height - LINE, ..self }
        } else {
            self
        }
    }
}

fn rectangle(map: &mut String, area: Area, function: &FunctionSize, hue: usize, rank: usize) {
    if area.width * area.height < 0.5 {
        return;
    }
    let Area { x, y, width, height } = area;
    let (name, size) = (escape(&function.name), display_size(function.size));
    // Neighbours differ in lightness, so that they can be told apart.
    let light = 66 + rank % 4 * 4;
    let _ = writeln!(
        map,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
         fill=\"hsl({hue} 50% {light}%)\"><title>{name}, {size}</title></rect>"
    );
}

/// Writes a name at the top of an area, or as much of it as there is room for.
fn label(map: &mut String, area: Area, name: &str, class: &str) {
    let letters = ((area.width - 6.0) / LETTER) as usize;
    if letters < 4 || area.height < LINE {
        return;
    }
    let shown = if name.chars().count() > letters {
        name.chars().take(letters - 1).chain(['…']).collect()
    } else {
        name.to_string()
    };
    let Area { x, y, width, height } = area;
    // An SVG within the SVG cuts off letters that are wider than most.
    let _ = writeln!(
        map,
        "<svg x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\">\
         <text class=\"{class}\" x=\"4\" y=\"12\">{}</text></svg>",
        escape(&shown)
    );
}

/// Divides an area in proportion to sizes, which are given largest first, into
/// rows along its shorter side. A row takes sizes as long as that makes its
/// rectangles more like squares (a "squarified treemap").
fn areas(sizes: &[u64], mut area: Area) -> Vec<Area> {
    let mut left: f64 = sizes.iter().map(|size| *size as f64).sum();
    let mut areas = Vec::with_capacity(sizes.len());
    let mut sizes = sizes;
    while !sizes.is_empty() {
        let side = area.width.min(area.height);
        let scale = if left > 0.0 { area.width * area.height / left } else { 0.0 };
        // The worst ratio of sides in a row with this sum and these extremes.
        let worst = |largest: u64, smallest: u64, sum: f64| {
            let (sum, square) = (sum * scale, side * side);
            let ratio = |size: u64| square * size as f64 * scale / (sum * sum).max(1e-9);
            ratio(largest).max(1.0 / ratio(smallest).max(1e-9))
        };
        let (mut count, mut sum) = (1, sizes[0] as f64);
        while let Some(next) = sizes.get(count) {
            let more = sum + *next as f64;
            if worst(sizes[0], *next, more) > worst(sizes[0], sizes[count - 1], sum) {
                break;
            }
            (count, sum) = (count + 1, more);
        }
        let (row, rest) = sizes.split_at(count);
        let depth = if side > 0.0 { sum * scale / side } else { 0.0 };
        let mut along = 0.0;
        let is_wide = area.width >= area.height;
        for size in row {
            let length = if sum > 0.0 { side * *size as f64 / sum } else { 0.0 };
            areas.push(if is_wide {
                Area { x: area.x, y: area.y + along, width: depth, height: length }
            } else {
                Area { x: area.x + along, y: area.y, width: length, height: depth }
            });
            along += length;
        }
        if is_wide {
            (area.x, area.width) = (area.x + depth, (area.width - depth).max(0.0));
        } else {
            (area.y, area.height) = (area.y + depth, (area.height - depth).max(0.0));
        }
        left -= sum;
        sizes = rest;
    }
    areas
}

/// Returns a text as HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            // Control characters are not allowed in HTML.
            other if other.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces() {
        for (name, expected) in [
            ("core::fmt::write", "core"),
            ("<alloc::string::String as core::fmt::Write>::write_str", "alloc"),
            ("app::table<int>::find(int)", "app"),
            ("main", NO_NAMESPACE),
            ("f(std::string)", NO_NAMESPACE),
            ("", NO_NAMESPACE),
        ] {
            assert_eq!(namespace(name), expected, "{name}");
        }
    }

    #[test]
    fn areas_are_as_large_as_their_sizes() {
        let sizes = [600, 300, 200, 100, 50, 1, 0];
        let whole = Area { x: 10.0, y: 20.0, width: 300.0, height: 200.0 };
        let areas = areas(&sizes, whole);
        assert_eq!(areas.len(), sizes.len());
        let total: u64 = sizes.iter().sum();
        for (area, size) in areas.iter().zip(sizes) {
            let expected = 300.0 * 200.0 * size as f64 / total as f64;
            assert!((area.width * area.height - expected).abs() < 1e-6, "{size}");
            assert!(area.x >= 10.0 && area.x + area.width <= 310.0 + 1e-6);
            assert!(area.y >= 20.0 && area.y + area.height <= 220.0 + 1e-6);
        }
    }

    #[test]
    fn names_do_not_become_elements() {
        let function =
            FunctionSize { name: "<script>alert(\"&\")</script>\0".to_string(), size: 10 };
        let page = page("<b>", &[function], None, &["a < b".to_string()]);
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains('\0'));
        assert!(page.contains("a &lt; b"));
    }
}
