//! Features of processors: the sets that names such as `x86-64-v3` stand for, and Cranelift's
//! names for them. Does not know what code is made for them.

use crate::target::Target;
use cranelift_codegen::settings::{Configurable, SetResult};
use quench_abi::{AARCH64_FEATURES, X86_64_FEATURES};
use std::fmt;

/// A processor that code is compiled for: a target, and the features that the
/// code may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cpu {
    /// The target.
    target: Target,
    /// Bits of the features, as in [`quench_abi::Program::cpu_features`].
    features: u32,
}

/// Levels: names for sets of features, with the features that each adds to the one before. The
/// first level of a target is the least that quench compiles for.
type Levels = &'static [(&'static str, &'static [&'static str])];

/// The levels of the x86-64 psABI, as far as Cranelift uses their features. Processors have had
/// x86-64-v2 since about 2009.
const X86_64_LEVELS: Levels = &[
    ("x86-64-v2", &["sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "cmpxchg16b"]),
    ("x86-64-v3", &["avx", "avx2", "fma", "bmi1", "bmi2", "lzcnt"]),
    ("x86-64-v4", &["avx512f", "avx512dq", "avx512vl"]),
];

/// The versions of the Arm architecture that demand a feature which Cranelift uses.
const AARCH64_LEVELS: Levels = &[
    ("armv8-a", &[]),
    ("armv8.1-a", &["lse"]),
    ("armv8.4-a", &["dotprod"]),
    ("armv8.6-a", &["i8mm"]),
];

/// Features that are in no level, so that they have to be asked for by name.
const SAFETY: &[&str] = &["pauth", "bti"];

/// Pairs of a feature and a feature that it requires.
const REQUIREMENTS: &[(&str, &str)] = &[
    ("avx2", "avx"),
    ("fma", "avx"),
    ("avxvnni", "avx2"),
    ("avx512f", "avx2"),
    ("avx512f", "fma"),
    ("avx512dq", "avx512f"),
    ("avx512vl", "avx512f"),
    ("avx512bitalg", "avx512f"),
    ("avx512vbmi", "avx512f"),
    ("avx512vnni", "avx512f"),
];

impl Cpu {
    /// Returns the least processor of a target that quench compiles for.
    pub fn portable(target: Target) -> Cpu {
        let mut cpu = Cpu { target, features: 0 };
        cpu.add_level(levels(target)[0].0);
        cpu
    }

    /// Returns this machine's processor. It lacks `pauth` and `bti`, which make code safer, not
    /// faster, and are in no level for the same reason.
    ///
    /// # Errors
    ///
    /// A message, if this machine is not of the target or its processor is too old.
    pub fn native(target: Target) -> Result<Cpu, String> {
        if Target::host() != Some(target) {
            return Err(format!(
                "`native` is this machine, and that is not {}",
                target.short_name()
            ));
        }
        let mut settings = Settings::default();
        cranelift_native::infer_native_flags(&mut settings)?;
        let has = |name: &&str| !SAFETY.contains(name) && settings.0.contains(&setting(name));
        let names = feature_names(target).filter(has);
        let cpu =
            Cpu { target, features: names.map(|name| bit(target, name)).fold(0, |a, b| a | b) };
        cpu.at_least_portable()
    }

    /// Parses a list, separated by commas. It may begin with a level or with `native`; without
    /// them it is about the least processor of the target. Features follow: `avx2` or `+avx2`
    /// adds a feature with all that it requires, `-avx2` removes it with all that require it.
    ///
    /// # Errors
    ///
    /// A message, if a name is unknown, or the result lacks a feature that quench needs.
    pub fn parse(target: Target, text: &str) -> Result<Cpu, String> {
        let mut cpu = Cpu::portable(target);
        for (index, item) in text.split(',').enumerate() {
            let is_level = levels(target).iter().any(|(name, _)| *name == item);
            match item {
                "native" if index == 0 => cpu = Cpu::native(target)?,
                _ if is_level && index == 0 => cpu.add_level(item),
                _ if is_level || item == "native" => {
                    return Err(format!("`{item}` stands only at the beginning"));
                }
                _ => match item.strip_prefix('-') {
                    Some(name) => cpu.remove(cpu.known(name)?),
                    None => cpu.add(cpu.known(item.strip_prefix('+').unwrap_or(item))?),
                },
            }
        }
        cpu.at_least_portable()
    }

    /// Returns the target.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Returns the bits of the features, as in [`quench_abi::Program::cpu_features`].
    pub fn features(&self) -> u32 {
        self.features
    }

    /// Returns the names of the settings of Cranelift to enable.
    pub(crate) fn settings(&self) -> impl Iterator<Item = String> {
        let sign = self.has("pauth").then(|| "sign_return_address".to_string());
        self.names().map(setting).chain(sign)
    }

    /// Returns whether branches may arrive only at instructions that are marked for it.
    pub(crate) fn marks_branch_targets(&self) -> bool {
        self.has("bti")
    }

    /// Returns whether the processor has vectors of 32 bytes.
    pub(crate) fn has_wide_vectors(&self) -> bool {
        self.has(quench_abi::WIDE)
    }

    /// Returns the names of the features.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let cpu = *self;
        feature_names(self.target).filter(move |name| cpu.has(name))
    }

    /// Returns whether the processor has a feature.
    fn has(&self, name: &str) -> bool {
        self.features & bit(self.target, name) != 0
    }

    /// Adds the features of a level and of those before it.
    fn add_level(&mut self, level: &str) {
        let levels = levels(self.target);
        let end = levels.iter().position(|(name, _)| *name == level);
        for (_, features) in levels.iter().take(end.map_or(0, |end| end + 1)) {
            for feature in *features {
                self.add(feature);
            }
        }
    }

    /// Adds a feature and those that it requires.
    fn add(&mut self, name: &str) {
        self.features |= bit(self.target, name);
        for (_, required) in REQUIREMENTS.iter().filter(|(of, _)| *of == name) {
            self.add(required);
        }
    }

    /// Removes a feature and those that require it.
    fn remove(&mut self, name: &str) {
        self.features &= !bit(self.target, name);
        for (requiring, _) in REQUIREMENTS.iter().filter(|(_, of)| *of == name) {
            self.remove(requiring);
        }
    }

    /// Returns the name of a feature that the target knows, or else a message.
    fn known(&self, name: &str) -> Result<&'static str, String> {
        let mut known = feature_names(self.target);
        known.find(|known| *known == name).ok_or_else(|| {
            let levels = levels(self.target).iter().map(|(name, _)| *name);
            let names: Vec<&str> = ["native"].into_iter().chain(levels).collect();
            format!(
                "`{name}` is not known for {}; there are {}, and with + or - the features {}",
                self.target.short_name(),
                names.join(", "),
                feature_names(self.target).collect::<Vec<_>>().join(", ")
            )
        })
    }

    /// Returns the processor if it has all features that quench needs, or else a message.
    fn at_least_portable(self) -> Result<Cpu, String> {
        let portable = Cpu::portable(self.target);
        let missing = Cpu { features: portable.features & !self.features, ..portable };
        match missing.names().next() {
            None => Ok(self),
            Some(name) => Err(format!(
                "there is no `{name}`; code for {} needs at least {portable}",
                self.target.short_name()
            )),
        }
    }
}

/// Writes a list that [`Cpu::parse`] understands: the highest level that the processor has, and
/// the features beyond it.
impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_level = |(name, _): &(&'static str, _)| {
            let mut cpu = Cpu::portable(self.target);
            cpu.add_level(name);
            (*name, cpu)
        };
        let levels = levels(self.target).iter().map(of_level);
        let mut contained = levels.filter(|(_, cpu)| cpu.features & !self.features == 0);
        let Some((name, level)) = contained.next_back() else {
            return Ok(());
        };
        f.write_str(name)?;
        self.names().filter(|name| !level.has(name)).try_for_each(|name| write!(f, ",+{name}"))
    }
}

/// Returns the levels of a target, in ascending order.
fn levels(target: Target) -> Levels {
    match target {
        Target::X86_64 => X86_64_LEVELS,
        Target::Aarch64 => AARCH64_LEVELS,
    }
}

/// Returns the names of a target's features, with a space between them.
fn feature_list(target: Target) -> &'static str {
    match target {
        Target::X86_64 => X86_64_FEATURES,
        Target::Aarch64 => AARCH64_FEATURES,
    }
}

/// Returns the names of a target's features.
fn feature_names(target: Target) -> impl Iterator<Item = &'static str> {
    feature_list(target).split(' ')
}

/// Returns the mask of a feature; 0 for one that the target does not have.
fn bit(target: Target, name: &str) -> u32 {
    quench_abi::feature_bit(feature_list(target), name).map_or(0, |bit| 1 << bit)
}

/// Returns Cranelift's name for a feature.
fn setting(feature: &str) -> String {
    match feature {
        "avxvnni" => "has_avx_vnni".to_string(),
        "bti" => "use_bti".to_string(),
        _ => format!("has_{}", feature.replace('.', "")),
    }
}

/// Names of the settings of Cranelift that were enabled.
#[derive(Default)]
struct Settings(Vec<String>);

impl Configurable for Settings {
    fn set(&mut self, name: &str, value: &str) -> SetResult<()> {
        match value {
            "true" => self.enable(name),
            _ => Ok(()),
        }
    }

    fn enable(&mut self, name: &str) -> SetResult<()> {
        self.0.push(name.to_string());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(target: Target, text: &str) -> String {
        match Cpu::parse(target, text) {
            Ok(cpu) => cpu.to_string(),
            Err(error) => error,
        }
    }

    #[test]
    fn lists_are_understood() {
        let x86_64 = |text| shown(Target::X86_64, text);
        assert_eq!(x86_64("x86-64-v2"), "x86-64-v2");
        assert_eq!(x86_64("+lzcnt"), "x86-64-v2,+lzcnt");
        assert_eq!(x86_64("avx2"), "x86-64-v2,+avx,+avx2");
        assert_eq!(x86_64("x86-64-v3,-bmi2"), "x86-64-v2,+avx,+avx2,+fma,+bmi1,+lzcnt");
        assert_eq!(x86_64("x86-64-v4,-avx512f"), "x86-64-v3");
        assert_eq!(x86_64("x86-64-v4,-avx,+popcnt"), "x86-64-v2,+bmi1,+bmi2,+lzcnt");
        let aarch64 = |text| shown(Target::Aarch64, text);
        assert_eq!(aarch64("lse,fp16"), "armv8.1-a,+fp16");
        assert_eq!(aarch64("armv8.6-a,-lse"), "armv8-a,+dotprod,+i8mm");
    }

    #[test]
    fn mistakes_are_named() {
        let error = |target, text| Cpu::parse(target, text).unwrap_err();
        let unknown = error(Target::Aarch64, "avx2");
        assert!(unknown.starts_with("`avx2` is not known for aarch64; there are native, armv8-a,"));
        assert!(error(Target::X86_64, "").starts_with("`` is not known for x86_64"));
        assert_eq!(
            error(Target::X86_64, "-sse4.1"),
            "there is no `sse4.1`; code for x86_64 needs at least x86-64-v2"
        );
        assert_eq!(
            error(Target::X86_64, "avx,x86-64-v2"),
            "`x86-64-v2` stands only at the beginning"
        );
    }

    #[test]
    fn every_feature_is_one_of_cranelift() {
        for target in Target::ALL {
            for feature in feature_names(target) {
                let cpu = Cpu::parse(target, feature).expect("a feature");
                crate::codegen::Machine::new(&crate::Options {
                    cpu,
                    ..crate::Options::new(target)
                })
                .expect("known to Cranelift");
            }
        }
    }
}
