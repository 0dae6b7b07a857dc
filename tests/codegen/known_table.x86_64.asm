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
       7: jne 0x11
       9: leal 1(%rsi), %eax
       c: movq %rbp, %rsp
       f: popq %rbp
      10: retq 
      11: movl %edi, %edi
      13: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      1a: movq 8(%rax), %rax
      1e: cmpq %rax, %rdi
      21: jae 0x46
      23: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      2a: movq (%rax), %rax
      2d: movq (%rax, %rdi, 8), %rdi
      31: movl (%rdi), %eax  ; trap UninitializedElement
      33: cmpl $1, %eax
      36: jne 0x3a
      38: ud2   ; trap IndirectCallTypeMismatch
      3a: movl $1, %esi
      3f: callq 0x44  ; Symbol(Runtime(TypeMismatch)) -4
      44: ud2   ; trap IndirectCallTypeMismatch
      46: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      4d: movq 8(%rax), %rsi
      51: callq 0x56  ; Symbol(Runtime(UndefinedElement)) -4
      56: ud2   ; trap UndefinedElement

;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdx, %rax
       7: movq %rsi, %rdx
       a: movq %rax, %rsi
       d: movl %edi, %edi
       f: leaq -2(%rdi), %rax
      13: cmpq $3, %rax
      17: jae 0x36
      19: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      20: movq (%rax), %rax
      23: movl $0x10, %ecx
      28: addq (%rax, %rdi, 8), %rcx
      2c: movq %rdx, %rdi
      2f: callq *%rcx
      31: movq %rbp, %rsp
      34: popq %rbp
      35: retq 
      36: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      3d: movq 8(%rax), %rax
      41: cmpq %rax, %rdi
      44: jae 0x69
      46: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      4d: movq (%rax), %rax
      50: movq (%rax, %rdi, 8), %rdi
      54: movl (%rdi), %eax  ; trap UninitializedElement
      56: cmpl $2, %eax
      59: jne 0x5d
      5b: ud2   ; trap IndirectCallTypeMismatch
      5d: movl $2, %esi
      62: callq 0x67  ; Symbol(Runtime(TypeMismatch)) -4
      67: ud2   ; trap IndirectCallTypeMismatch
      69: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      70: movq 8(%rax), %rsi
      74: callq 0x79  ; Symbol(Runtime(UndefinedElement)) -4
      79: ud2   ; trap UndefinedElement

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

