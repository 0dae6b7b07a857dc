//! How functions on aarch64 learn who called them; `arch/mod.rs` has the contract.
//! The procedure call standard passes integers in x0 to x7, and the return
//! address in x30.

macro_rules! pass_caller {
    (1, $function:path $(, $forgetting:ident)?) => {
        $crate::arch::pass_caller!(@ "x1", "x2", $function $(, $forgetting)?)
    };
    (2, $function:path $(, $forgetting:ident)?) => {
        $crate::arch::pass_caller!(@ "x2", "x3", $function $(, $forgetting)?)
    };
    (4, $function:path $(, $forgetting:ident)?) => {
        $crate::arch::pass_caller!(@ "x4", "x5", $function $(, $forgetting)?)
    };
    (@ $frame:literal, $return_address:literal, $function:path) => {
        core::arch::naked_asm!(
            concat!("mov ", $frame, ", x29"),
            concat!("mov ", $return_address, ", x30"),
            "b {function}",
            function = sym $function,
        )
    };
    (@ $frame:literal, $return_address:literal, $function:path, forgetting) => {
        core::arch::naked_asm!(
            concat!("mov ", $frame, ", x29"),
            concat!("mov ", $return_address, ", x30"),
            "str x30, [sp, #-16]!",
            "bl {function}",
            ".irp place, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256",
            "stp xzr, xzr, [sp, #-\\place]",
            ".endr",
            "ldr x30, [sp], #16",
            "ret",
            function = sym $function,
        )
    };
}

pub(crate) use pass_caller;
