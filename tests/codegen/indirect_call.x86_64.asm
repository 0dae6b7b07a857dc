;; function 0 `increment`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal 1(%rdi), %eax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 1 `decrement`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: subl $1, %eax
       a: movq %rbp, %rsp
       d: popq %rbp
       e: retq 

;; function 2 `apply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %r8d
       7: cmpq $4, %r8
       b: jae 0x37
      11: leaq (%rip), %r10  ; Symbol(TableElements(0)) -4
      18: movq (%r10, %r8, 8), %r10
      1c: movl (%r10), %r11d  ; trap UninitializedElement
      1f: cmpl $1, %r11d
      23: jne 0x39
      29: leaq 0x10(%r10), %rax
      2d: movq %rsi, %rdi
      30: callq *%rax
      32: movq %rbp, %rsp
      35: popq %rbp
      36: retq 
      37: ud2   ; trap UndefinedElement
      39: ud2   ; trap IndirectCallTypeMismatch

;; function 3 `set`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %esi
       6: cmpq $4, %rsi
       a: jae 0x24
      10: leaq (%rip), %rdi  ; Symbol(TableElements(0)) -4
      17: movq $0, (%rdi, %rsi, 8)
      1f: movq %rbp, %rsp
      22: popq %rbp
      23: retq 
      24: ud2   ; trap TableOutOfBounds

;; export of function 2 `apply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(2)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 3 `set`
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

