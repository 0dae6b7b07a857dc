//! Components that no toolchain makes: each is taken apart and fitted to the host, or is
//! refused with an error. What remains of one is core modules, which are tried elsewhere.

use crate::modules::Outcome;
use libtest_mimic::Trial;
use quench::link::native_objects::NativeObjects;
use quench::wiring::component::wire;
use quench::wiring::custom::CustomProviders;
use quench_compiler::Program;
use quench_component::{Component, Error, Supplier, compose, flatten};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("every byte of components changed", every_byte_changed),
        Trial::test("components of every length", every_length),
        Trial::test("every byte of composed components changed", every_byte_of_composed),
        Trial::test("10000 components with several changes", several_changes),
    ]
}

/// Components with resources, calls of the host, and calls between components that pass
/// strings, lists and handles.
const COMPONENTS: [&str; 3] = [
    include_str!("../fixtures/component.wat"),
    include_str!("../fixtures/destructor.wat"),
    include_str!("../fixtures/composed.wat"),
];

fn components() -> Vec<Vec<u8>> {
    COMPONENTS.map(|text| wat::parse_str(text).expect("a component")).to_vec()
}

/// Fails if a panic ends the work on a component.
fn try_component(wasm: &[u8], what: impl Fn() -> String) -> Outcome {
    let result = catch_unwind(AssertUnwindSafe(|| match flatten(wasm) {
        Ok(component) => fit(component),
        Err(Error::Unsupported { message, .. }) => !message.contains("translator"),
        Err(Error::Invalid { .. } | Error::Composition { .. }) => true,
    }));
    match result {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{}: the translator failed", what()).into()),
        Err(_) => Err(format!("{}: a panic", what()).into()),
    }
}

/// Fits a component to the host, and looks at its modules.
fn fit(mut component: Component<'_>) -> bool {
    let linked = NativeObjects::default();
    let custom = CustomProviders { preloads: &[], linked: &linked, stub_imports: true };
    let _ = wire(&mut component, &custom, None);
    component.modules.iter().for_each(|module| _ = Program::inspect(module));
    true
}

/// Composes components of which a byte is changed; fails if a panic ends that.
fn every_byte_of_composed() -> Outcome {
    let parts =
        [include_str!("../fixtures/custom.wat"), include_str!("../fixtures/custom_ops.wat")];
    let parts = parts.map(|text| wat::parse_str(text).expect("a component"));
    for part in 0..parts.len() {
        for at in 0..parts[part].len() {
            for change in [0x01, 0x04, 0x80, 0xff] {
                let mut changed = parts.clone();
                changed[part][at] ^= change;
                let [main, supplier] = &changed;
                let suppliers = [Supplier { import: "docs:calc/ops", bytes: supplier }];
                let what = || format!("part {part}, byte {at} ^ {change:#x}");
                match compose(main, &suppliers) {
                    Ok(composed) => try_component(&composed, what)?,
                    Err(Error::Unsupported { message, .. })
                        if message == "the composition of these components" =>
                    {
                        return Err(format!("{}: a panic", what()).into());
                    }
                    Err(_) => {}
                }
            }
        }
    }
    Ok(())
}

fn every_byte_changed() -> Outcome {
    for (number, component) in components().into_iter().enumerate() {
        for at in 0..component.len() {
            for change in [0x01, 0x04, 0x80, 0xff] {
                let mut changed = component.clone();
                changed[at] ^= change;
                try_component(&changed, || format!("component {number}, byte {at} ^ {change:#x}"))?;
            }
        }
    }
    Ok(())
}

fn every_length() -> Outcome {
    for (number, component) in components().into_iter().enumerate() {
        for length in 0..component.len() {
            try_component(&component[..length], || format!("component {number}, {length} bytes"))?;
        }
    }
    Ok(())
}

fn several_changes() -> Outcome {
    let components = components();
    // Marsaglia, "Xorshift RNGs": any start but 0.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for number in 0..10_000 {
        let mut component = components[random(components.len())].clone();
        for _ in 0..=random(6) {
            let at = random(component.len());
            match random(4) {
                0 => component[at] = random(256) as u8,
                1 => component[at] = component[at].wrapping_add(1),
                2 => _ = component.remove(at),
                _ => component.insert(at, random(256) as u8),
            }
        }
        try_component(&component, || format!("component {number} of the random ones"))?;
    }
    Ok(())
}
