;; function 0 `increment`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal 1(%rdi), %eax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 1 `add`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leal (%rdi, %rsi), %eax
       7: movq %rbp, %rsp
       a: popq %rbp
       b: retq 

;; function 2 `subtract`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: subl %esi, %eax
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; function 3 `multiply`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdi, %rax
       7: imull %esi, %eax
       a: movq %rbp, %rsp
       d: popq %rbp
       e: retq 

;; function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: cmpl $1, %edi
       7: jne 0x15
       d: leal 1(%rsi), %eax
      10: movq %rbp, %rsp
      13: popq %rbp
      14: retq 
      15: leaq (%rip), %r10  ; Symbol(Table(0)) -4
      1c: movl %edi, %r11d
      1f: cmpq 8(%r10), %r11
      23: jae 0x3d
      29: movq (%r10), %rax
      2c: movq (%rax, %r11, 8), %rax
      30: movl (%rax), %eax  ; trap UninitializedElement
      32: cmpl $1, %eax
      35: jne 0x3f
      3b: ud2   ; trap IndirectCallTypeMismatch
      3d: ud2   ; trap UndefinedElement
      3f: ud2   ; trap IndirectCallTypeMismatch

;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: leaq (%rip), %r10  ; Symbol(Table(0)) -4
       b: movl %edi, %r11d
       e: cmpq 8(%r10), %r11
      12: jae 0x3e
      18: movq (%r10), %rax
      1b: movq (%rax, %r11, 8), %rax
      1f: movl (%rax), %ecx  ; trap UninitializedElement
      21: cmpl $2, %ecx
      24: jne 0x40
      2a: addq $0x10, %rax
      31: movq %rsi, %rdi
      34: movq %rdx, %rsi
      37: callq *%rax
      39: movq %rbp, %rsp
      3c: popq %rbp
      3d: retq 
      3e: ud2   ; trap UndefinedElement
      40: ud2   ; trap IndirectCallTypeMismatch

;; export of function 4
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(4)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; export of function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: callq 9  ; Symbol(Function(5)) -4
       9: movq %rbp, %rsp
       c: popq %rbp
       d: retq 

;; initialisation
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rbp, %rsp
       7: popq %rbp
       8: retq 

