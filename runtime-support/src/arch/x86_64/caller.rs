//! How functions on x86_64 learn who called them; `arch/mod.rs` has the contract.
//! The System V ABI passes integers in rdi, rsi, rdx, rcx, r8 and r9, and the
//! return address on the stack.

macro_rules! pass_caller {
    (1, $function:path $(, $forgetting:ident)?) => {
        $crate::arch::pass_caller!(@ "rsi", "rdx", $function $(, $forgetting)?)
    };
    (2, $function:path $(, $forgetting:ident)?) => {
        $crate::arch::pass_caller!(@ "rdx", "rcx", $function $(, $forgetting)?)
    };
    (4, $function:path $(, $forgetting:ident)?) => {
        $crate::arch::pass_caller!(@ "r8", "r9", $function $(, $forgetting)?)
    };
    (@ $frame:literal, $return_address:literal, $function:path) => {
        core::arch::naked_asm!(
            concat!("mov ", $frame, ", rbp"),
            concat!("mov ", $return_address, ", [rsp]"),
            "jmp {function}",
            function = sym $function,
        )
    };
    (@ $frame:literal, $return_address:literal, $function:path, forgetting) => {
        core::arch::naked_asm!(
            concat!("mov ", $frame, ", rbp"),
            concat!("mov ", $return_address, ", [rsp]"),
            "sub rsp, 8", // aligned to 16
            "call {function}",
            "xorps xmm0, xmm0",
            ".irp place, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256",
            "movaps [rsp - \\place], xmm0",
            ".endr",
            "add rsp, 8",
            "ret",
            function = sym $function,
        )
    };
}

pub(crate) use pass_caller;
