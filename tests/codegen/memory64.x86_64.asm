;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rsi  ; Symbol(Memory(0)) -4
       b: movq 8(%rsi), %rsi
       f: cmpq %rsi, %rdi
      12: jae 0x20
      14: movq 0x10000008(%rdi), %rax
      1b: movq %rbp, %rsp
      1e: popq %rbp
      1f: retq 
      20: leaq 0x10(%rdi), %r9
      24: movl $0xc, %r10d
      2a: movq %r9, (%r10)
      2d: ud2   ; trap MemoryOutOfBounds

;; function 1 `far`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %r11  ; Symbol(Memory(0)) -4
       b: movabsq $0x100000008, %r10
      15: addq %rdi, %r10
      18: cmpq 8(%r11), %r10
      1c: seta %r9b
      20: cmpq %r10, %rdi
      23: seta %al
      26: orl %eax, %r9d
      29: testb %r9b, %r9b
      2c: jne 0x41
      2e: movabsq $0x110000000, %rax
      38: movq (%rdi, %rax), %rax
      3c: movq %rbp, %rsp
      3f: popq %rbp
      40: retq 
      41: movl $0xc, %eax
      46: movq %r10, (%rax)
      49: ud2   ; trap MemoryOutOfBounds

;; function 2 `constant`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl $0x10000000, %ecx
       9: movq 0x400(%rcx), %rax
      10: movq %rbp, %rsp
      13: popq %rbp
      14: retq 

;; function 3 `size`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rdx  ; Symbol(Memory(0)) -4
       b: movq 8(%rdx), %rax
       f: shrq $0x10, %rax
      13: movq %rbp, %rsp
      16: popq %rbp
      17: retq 

;; export of function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(0)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 1 `far`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(1)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 2 `constant`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3 `size`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(3)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

