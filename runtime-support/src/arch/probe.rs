//! Features of processors by their names. The bit of a feature is its place in
//! the list of names, which `quench_abi` has for each machine.

/// Returns the bit of a feature in a list of names with a space between them.
///
/// # Panics
///
/// If the list does not have the name.
pub(crate) const fn bit(list: &str, name: &str) -> u32 {
    match quench_abi::feature_bit(list, name) {
        Some(bit) => bit,
        None => panic!("a feature that the list does not have"),
    }
}

/// Returns whether `names` are all features of a list, each once.
pub(crate) const fn covers(list: &str, names: &[&str]) -> bool {
    let (mut count, mut at) = (1, 0);
    while at < list.len() {
        count += (list.as_bytes()[at] == b' ') as usize;
        at += 1;
    }
    let (mut found, mut at) = (0u32, 0);
    while at < names.len() {
        found |= 1 << bit(list, names[at]);
        at += 1;
    }
    names.len() == count && found.count_ones() as usize == count
}

/// Defines `use_cpu_feature`: for each feature of a list, by its name, what
/// executes an instruction of it, and what to do for bits that mean nothing.
/// Does not compile where a feature of the list is left out.
macro_rules! probes {
    ($list:ident: { $($name:literal => $probe:expr,)+ } else $illegal:expr) => {
        pub(crate) unsafe fn use_cpu_feature(bit: u32) {
            const _: () = assert!($crate::arch::probe::covers($list, &[$($name),+]));
            // SAFETY: the caller's promise; only what the compiler is told changes.
            unsafe {
                match bit {
                    $( _ if bit == const { $crate::arch::probe::bit($list, $name) } => $probe, )+
                    _ => $illegal,
                }
            }
        }
    };
}

pub(crate) use probes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_places_in_the_list() {
        assert_eq!(bit("avx avx2 fma", "avx"), 0);
        assert_eq!(bit("avx avx2 fma", "avx2"), 1);
        assert_eq!(bit("avx avx2 fma", "fma"), 2);
        assert!(covers("avx avx2 fma", &["fma", "avx", "avx2"]));
        assert!(!covers("avx avx2 fma", &["fma", "avx"]));
        assert!(!covers("avx avx2 fma", &["fma", "avx", "avx"]));
    }

    #[test]
    #[should_panic(expected = "does not have")]
    fn a_prefix_is_another_feature() {
        bit("avx2 fma", "avx");
    }
}
