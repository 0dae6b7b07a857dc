;; function 0 `load`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %rsi  ; Symbol(Memory(0)) -4
       b: cmpq 8(%rsi), %rdi
       f: jae 0x21
      15: movq 0x10000008(%rdi), %rax
      1c: movq %rbp, %rsp
      1f: popq %rbp
      20: retq 
      21: ud2   ; trap MemoryOutOfBounds

;; function 1 `far`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: addq 0x2d(%rip), %rdi
       b: jb 0x2e
      11: leaq (%rip), %rsi  ; Symbol(Memory(0)) -4
      18: cmpq 8(%rsi), %rdi
      1c: jae 0x30
      22: movq 0x10000000(%rdi), %rax
      29: movq %rbp, %rsp
      2c: popq %rbp
      2d: retq 
      2e: ud2   ; trap MemoryOutOfBounds
      30: ud2   ; trap MemoryOutOfBounds
      32: addb %al, (%rax)
      34: addb %al, (%rax)
      36: addb %al, (%rax)
      38: addb %al, (%rax)
      3a: addb %al, (%rax)
      3c: addl %eax, (%rax)
      3e: addb %al, (%rax)

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

