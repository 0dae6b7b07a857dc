//! The list of packs in a shared cache, and its text. Not every kind of store
//! can list its objects, so the list is an object itself: a line for each pack, the
//! newest last, with its name, its length in bytes and its number of entries.

use super::shared::Listed;

/// Returns the text of a list.
pub(super) fn display(list: &[Listed]) -> String {
    let lines = list.iter().map(|pack| {
        let Listed { name, size, count } = pack;
        format!("{name} {size} {count}\n")
    });
    lines.collect()
}

/// Reads the text of a list. Lines that are malformed are left out: names become
/// file names, so they are checked.
pub(super) fn parse(text: &str) -> Vec<Listed> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let name = words.next().filter(|name| is_name(name))?;
        let pack = Listed {
            name: name.to_string(),
            size: words.next()?.parse().ok()?,
            count: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(pack)
    });
    lines.collect()
}

/// Returns whether a name is a checksum in hexadecimal digits, and so not a path to
/// another place.
fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Adds a pack to a list and removes those that it replaces, whose names `merged`
/// has; then removes the oldest until the rest has at most `limit` bytes. Returns
/// the new list and the names that are no longer in it.
pub(super) fn with(
    list: Vec<Listed>,
    pack: &Listed,
    merged: &[String],
    limit: u64,
) -> (Vec<Listed>, Vec<String>) {
    let old = merged.iter().filter(|name| **name != pack.name);
    let mut dropped: Vec<String> = old.cloned().collect();
    let mut total = pack.size;
    let mut kept = vec![pack.clone()];
    for other in list.into_iter().rev() {
        if other.name == pack.name || merged.contains(&other.name) {
            continue;
        }
        total = total.saturating_add(other.size);
        if total > limit {
            dropped.push(other.name);
        } else {
            kept.push(other);
        }
    }
    kept.reverse();
    (kept, dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(digit: &str, size: u64) -> Listed {
        Listed { name: digit.repeat(64), size, count: 1 }
    }

    #[test]
    fn a_list_is_what_was_written() {
        let list = vec![listed("a", 70), listed("0", u64::MAX)];
        assert_eq!(parse(&display(&list)), list);
    }

    #[test]
    fn other_lines_are_left_out() {
        let good = display(&[listed("a", 70)]);
        let path = good.replacen("aaaaaa", "../../", 1);
        let text =
            format!("{path}\n{good}aa 1 2\n{} x 2\n{} 1 2 3\n", "b".repeat(64), "b".repeat(64));
        assert_eq!(parse(&text), [listed("a", 70)]);
    }

    #[test]
    fn the_newest_stay_within_the_limit() {
        let list = vec![listed("a", 50), listed("b", 30), listed("c", 5), listed("d", 30)];
        let (kept, dropped) = with(list, &listed("e", 10), &["c".repeat(64)], 75);
        assert_eq!(kept, [listed("b", 30), listed("d", 30), listed("e", 10)]);
        assert_eq!(dropped, ["c".repeat(64), "a".repeat(64)]);
        let again = with(kept.clone(), &listed("d", 30), &["d".repeat(64)], 75);
        assert_eq!(again, (vec![listed("b", 30), listed("e", 10), listed("d", 30)], vec![]));
    }
}
