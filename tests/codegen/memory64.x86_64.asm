;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rsi  ; Symbol(Memory(0)) -4
       b: movq 8(%rsi), %rsi
       f: cmpq %rsi, %rdi
      12: jae 0x24
      18: movq 0x10000008(%rdi), %rax
      1f: movq %rbp, %rsp
      22: popq %rbp
      23: retq 
      24: leaq 0x10(%rdi), %r9
      28: movl $0xc, %r10d
      2e: movq %r9, (%r10)
      31: ud2   ; trap MemoryOutOfBounds

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
      2c: jne 0x45
      32: movabsq $0x110000000, %rax
      3c: movq (%rdi, %rax), %rax
      40: movq %rbp, %rsp
      43: popq %rbp
      44: retq 
      45: movl $0xc, %eax
      4a: movq %r10, (%rax)
      4d: ud2   ; trap MemoryOutOfBounds

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

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

