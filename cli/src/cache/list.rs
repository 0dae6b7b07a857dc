//! The list of packs in a shared cache, and its text. Not every kind of store
//! can list its objects, so the list is one of them: a line for each pack, the
//! newest last, with its name, its length in bytes and its number of entries.

use super::shared::Listed;

/// The list as text.
pub fn display(list: &[Listed]) -> String {
    let lines = list.iter().map(|pack| {
        let Listed { name, size, count } = pack;
        format!("{name} {size} {count}\n")
    });
    lines.collect()
}

/// What of the text are lines of a list; names are those of files.
pub fn parse(text: &str) -> Vec<Listed> {
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

/// A checksum in hexadecimal digits, and so no path to somewhere else.
fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The list with a pack more and those that it is in place of less; so much of
/// it that all have at most `limit` bytes. Then the names that are no longer in it.
pub fn with(
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
