//! How functions on x86_64 learn who called them; `arch/mod.rs` has the contract.
//! The System V ABI passes integers in rdi, rsi, rdx, rcx, r8 and r9, and the
//! return address on the stack.

macro_rules! pass_caller {
    (1, $function:path) => {
        $crate::arch::pass_caller!(@ "rsi", "rdx", $function)
    };
    (2, $function:path) => {
        $crate::arch::pass_caller!(@ "rdx", "rcx", $function)
    };
    (4, $function:path) => {
        $crate::arch::pass_caller!(@ "r8", "r9", $function)
    };
    (@ $frame:literal, $return_address:literal, $function:path) => {
        core::arch::naked_asm!(
            concat!("mov ", $frame, ", rbp"),
            concat!("mov ", $return_address, ", [rsp]"),
            "jmp {function}",
            function = sym $function,
        )
    };
}

pub(crate) use pass_caller;
