//! How functions on aarch64 learn who called them; `arch/mod.rs` has the contract.
//! The procedure call standard passes integers in x0 to x7, and the return
//! address in x30.

macro_rules! pass_caller {
    (1, $function:path) => {
        $crate::arch::pass_caller!(@ "x1", "x2", $function)
    };
    (2, $function:path) => {
        $crate::arch::pass_caller!(@ "x2", "x3", $function)
    };
    (4, $function:path) => {
        $crate::arch::pass_caller!(@ "x4", "x5", $function)
    };
    (@ $frame:literal, $return_address:literal, $function:path) => {
        core::arch::naked_asm!(
            concat!("mov ", $frame, ", x29"),
            concat!("mov ", $return_address, ", x30"),
            "b {function}",
            function = sym $function,
        )
    };
}

pub(crate) use pass_caller;
