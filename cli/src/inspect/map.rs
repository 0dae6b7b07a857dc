//! The map of a file: an SVG with a rectangle for each function, as large as the function is.
//! Functions that only another one uses are inside its rectangle. The number of rectangles and
//! their depth are bounded, whatever the module.

use super::escape::escape;
use super::sizes::{Function, Group, Sizes};
use crate::messages::describe::{count, display_size};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write;

/// Width of the map, in pixels.
const WIDTH: f64 = 1200.0;

/// Height of the map, in pixels.
const HEIGHT: f64 = 700.0;

/// Height of a line of text in the map, in pixels.
const LINE: f64 = 16.0;

/// Width of most letters in the map, in pixels.
const LETTER: f64 = 6.5;

/// Distance of the rectangles in another one from its border, in pixels.
const BORDER: f64 = 2.0;

/// Area of the smallest rectangle that stands for one function, in square pixels. It also
/// bounds the number of rectangles.
const SMALLEST: f64 = 30.0;

/// Largest depth of rectangles with others in them, below a group.
const DEEPEST: usize = 3;

/// Returns the hue of the group with this rank. Neighbours in order of size are far apart on
/// the colour wheel.
pub(super) fn hue(rank: usize) -> usize {
    rank * 137 % 360
}

/// Returns the map.
pub(super) fn map(sizes: &Sizes) -> String {
    let all = Area { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
    let mut map = Map { sizes, svg: String::new() };
    let _ = writeln!(map.svg, "<svg id=\"map\" viewBox=\"0 0 {WIDTH} {HEIGHT}\">");
    let of_groups: Vec<u64> = sizes.groups.iter().map(|group| group.size).collect();
    for (rank, (group, area)) in sizes.groups.iter().zip(areas(&of_groups, all)).enumerate() {
        map.group(group, area, rank);
    }
    map.svg.push_str("</svg>\n");
    map.svg
}

/// A map that is being drawn.
struct Map<'a> {
    /// What is drawn.
    sizes: &'a Sizes,
    /// What has been drawn.
    svg: String,
}

/// What a rectangle stands for, with its size and, in the order of equal ones, its position.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    /// A function with those inside it.
    Whole(usize),
    /// A function alone.
    Alone(usize),
    /// So many functions.
    More(usize),
}

impl Map<'_> {
    /// Draws a group.
    fn group(&mut self, group: &Group, area: Area, rank: usize) {
        let inner = area.below_heading(0.0);
        if inner.y > area.y {
            let size = format!(": {}", display_size(group.size));
            self.label(area, &group.name, &size, "group");
        }
        let prefix = format!("{}::", group.name);
        self.inside(&group.top, None, inner, &Style { hue: hue(rank), prefix: &prefix }, 0);
    }

    /// Draws functions, and first the one that they are in, if there is one.
    fn inside(
        &mut self,
        functions: &[usize],
        user: Option<usize>,
        area: Area,
        style: &Style<'_>,
        depth: usize,
    ) {
        let contents = self.contents(functions, user, area);
        let of_contents: Vec<u64> = contents.iter().map(|(size, _)| *size).collect();
        for (rank, ((size, content), area)) in
            contents.iter().zip(areas(&of_contents, area)).enumerate()
        {
            self.content(*content, *size, area, style, (depth, rank));
        }
    }

    /// Returns what is drawn for functions, the largest first. One that takes most of the area
    /// with what is inside it gets no rectangle around these: that would be one for each
    /// step of a long way to where the bytes are.
    fn contents(
        &self,
        functions: &[usize],
        user: Option<usize>,
        area: Area,
    ) -> Vec<(u64, Content)> {
        let all = &self.sizes.functions;
        let whole = |f: &usize| (all[*f].whole, Reverse(Content::Whole(*f)));
        let alone = |f: usize| (all[f].size, Reverse(Content::Alone(f)));
        let mut heap: BinaryHeap<_> = functions.iter().map(whole).collect();
        heap.extend(user.map(alone));
        let total: u64 = heap.iter().map(|(size, _)| size).sum();
        while let Some((size, Reverse(Content::Whole(function)))) = heap.peek().copied()
            && size > total / 3 * 2
            && !all[function].inside.is_empty()
        {
            heap.pop();
            heap.push(alone(function));
            heap.extend(all[function].inside.iter().map(whole));
        }
        let scale = if total > 0 { area.width * area.height / total as f64 } else { 0.0 };
        let mut contents = Vec::new();
        let (mut rest, mut rest_count) = (0, 0);
        while let Some((size, Reverse(content))) = heap.pop() {
            if size as f64 * scale >= SMALLEST {
                contents.push((size, content));
            } else {
                rest += size;
                rest_count += match content {
                    Content::Whole(function) => all[function].count,
                    Content::Alone(_) => 1,
                    Content::More(count) => count,
                };
            }
        }
        if rest_count > 0 {
            contents.push((rest, Content::More(rest_count)));
            contents.sort_by_key(|content| Reverse(content.0));
        }
        contents
    }

    /// Draws one rectangle, and what is in it.
    fn content(
        &mut self,
        content: Content,
        size: u64,
        area: Area,
        style: &Style<'_>,
        (depth, rank): (usize, usize),
    ) {
        let bytes = display_size(size);
        // Neighbours differ in lightness, so that they can be told apart.
        let light = 66 + rank % 4 * 4;
        let function: &Function = match content {
            Content::More(more) => {
                let text = if more == 1 {
                    "1 smaller function".to_string()
                } else {
                    format!("{more} smaller functions")
                };
                self.rectangle(area, &format!("{text}, {bytes}"), style.hue, light);
                self.label(area, &text, "", "function");
                return;
            }
            Content::Whole(function) | Content::Alone(function) => &self.sizes.functions[function],
        };
        let name = function.name.strip_prefix(style.prefix).unwrap_or(&function.name);
        let others = match content {
            Content::Whole(_) => function.count - 1,
            _ => 0,
        };
        if others == 0 {
            self.rectangle(area, &format!("{}, {bytes}", function.name), style.hue, light);
            self.label(area, &function.label(name, area), "", "function");
            return;
        }
        let title = format!(
            "{} and {} that only it uses, {bytes}",
            function.name,
            count(others, "function")
        );
        let inner = area.below_heading(BORDER);
        if let Content::Whole(position) = content
            && inner.y > area.y
            && depth < DEEPEST
        {
            // Darker than what is in it.
            self.rectangle(area, &title, style.hue, 46 - 6 * depth);
            self.label(area, &function.label(name, area), &format!(": {bytes}"), "user");
            self.inside(&function.inside, Some(position), inner, style, depth + 1);
        } else {
            self.rectangle(area, &title, style.hue, light);
            let more = format!(" +{others}");
            self.label(area, &function.label(name, area), &more, "function");
        }
    }

    /// Draws a rectangle with a text that shows under the pointer.
    fn rectangle(&mut self, area: Area, title: &str, hue: usize, light: usize) {
        let Area { x, y, width, height } = area;
        let title = escape(title);
        let _ = writeln!(
            self.svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"hsl({hue} 50% {light}%)\"><title>{title}</title></rect>"
        );
    }

    /// Writes a name at the top of an area, or as much of it as there is room for, and `more`
    /// behind it if there is room for both.
    fn label(&mut self, area: Area, name: &str, more: &str, class: &str) {
        let letters = area.letters();
        if letters < 3 || area.height < LINE || name.is_empty() {
            return;
        }
        let length = name.chars().count();
        let shown: String = if length > letters {
            name.chars().take(letters - 1).chain(['…']).collect()
        } else if length + more.len() > letters {
            name.to_string()
        } else {
            format!("{name}{more}")
        };
        let Area { x, y, width, height } = area;
        // An SVG within the SVG cuts off letters that are wider than most.
        let _ = writeln!(
            self.svg,
            "<svg x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\">\
             <text class=\"{class}\" x=\"4\" y=\"12\">{}</text></svg>",
            escape(&shown)
        );
    }
}

impl Function {
    /// Returns `name`, or the index of a function without a name if there is only room for that.
    /// A part of an index would be another index, so the label is then empty.
    fn label<'a>(&self, name: &'a str, area: Area) -> Cow<'a, str> {
        match self.index.map(|index| index.to_string()) {
            Some(index) if area.letters() < index.len() => "".into(),
            Some(index) if area.letters() < "function ".len() + index.len() => index.into(),
            _ => name.into(),
        }
    }
}

/// How the functions of a group are drawn.
struct Style<'a> {
    /// Hue of the group.
    hue: usize,
    /// What their names need not begin with, because the group's heading says it.
    prefix: &'a str,
}

/// A rectangle in the map, in pixels.
#[derive(Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Area {
    /// Returns the number of letters that a line in the area has room for.
    fn letters(self) -> usize {
        ((self.width - 6.0) / LETTER) as usize
    }

    /// Returns the part of an area below a heading and within a border; all of it if there is
    /// no room for the heading.
    fn below_heading(self, border: f64) -> Area {
        if self.width > 60.0 && self.height > 3.0 * LINE {
            Area {
                x: self.x + border,
                y: self.y + LINE,
                width: self.width - 2.0 * border,
                height: self.height - LINE - border,
            }
        } else {
            self
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use quench_compiler::{CallGraph, DefinedFunction, Entrance};

    /// Draws the functions of a module without names whose function 0 is exported.
    fn draw(functions: impl Iterator<Item = (u64, Vec<u32>)>) -> String {
        let function = |(size, uses)| DefinedFunction { name: None, size, uses };
        map(&Sizes::of_module(&CallGraph {
            imports: Vec::new(),
            functions: functions.map(function).collect(),
            entrances: vec![(Entrance::Export("main".to_string()), vec![0])],
        }))
    }

    #[test]
    fn functions_are_inside_the_one_that_needs_them() {
        let leaf = |size| (size, vec![]);
        let functions = [
            (100, vec![1, 2]),
            (10_000, vec![3, 4]),
            leaf(30_000),
            leaf(10_000),
            (10_000, vec![5]),
            leaf(1),
        ];
        let map = draw(functions.into_iter());
        let titles: Vec<&str> = map.split("<title>").skip(1).collect();
        let titles: Vec<&str> =
            titles.iter().map(|title| title.split("</title>").next().unwrap_or("")).collect();
        assert_eq!(
            titles,
            [
                "function 1 and 3 functions that only it uses, 29.3 KiB",
                "function 4 and 1 function that only it uses, 9.8 KiB",
                "function 4, 9.8 KiB",
                "1 smaller function, 1 bytes",
                "function 3, 9.8 KiB",
                "function 1, 9.8 KiB",
                "function 2, 29.3 KiB",
                "main, 100 bytes",
            ]
        );
    }

    #[test]
    fn maps_of_large_modules_are_small() {
        const FUNCTIONS: u32 = 100_000;
        // A long way, and many functions on it that only one other uses.
        let size = |f: u32| if f < 1000 { 1_000_000 } else { 1 };
        let way = (0..FUNCTIONS).map(|f| {
            let next = [f + 1, f + 2].into_iter().filter(|next| *next < FUNCTIONS);
            (size(f), if f % 2 == 0 { next.collect() } else { Vec::new() })
        });
        let all_at_once = (0..FUNCTIONS)
            .map(|f| (size(f), if f == 0 { (1..FUNCTIONS).collect() } else { Vec::new() }));
        let (way, all_at_once) = (draw(way), draw(all_at_once));
        for map in [&way, &all_at_once] {
            let count = map.matches("<rect").count();
            assert!((100..2000).contains(&count), "{count}");
        }
        assert!(all_at_once.contains(">99000 smaller functions, "));
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
}
