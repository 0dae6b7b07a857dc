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
      15: movl %edi, %edi
      17: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      1e: movq 8(%rax), %rax
      22: cmpq %rax, %rdi
      25: jae 0x52
      2b: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      32: movq (%rax), %rax
      35: movq (%rax, %rdi, 8), %rdi
      39: movl (%rdi), %eax  ; trap UninitializedElement
      3b: cmpl $1, %eax
      3e: jne 0x46
      44: ud2   ; trap IndirectCallTypeMismatch
      46: movl $1, %esi
      4b: callq 0x50  ; Symbol(Runtime(TypeMismatch)) -4
      50: ud2   ; trap IndirectCallTypeMismatch
      52: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      59: movq 8(%rax), %rsi
      5d: callq 0x62  ; Symbol(Runtime(UndefinedElement)) -4
      62: ud2   ; trap UndefinedElement

;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rdx, %rax
       7: movq %rsi, %rdx
       a: movq %rax, %rsi
       d: movl %edi, %edi
       f: leaq -2(%rdi), %rax
      13: cmpq $3, %rax
      17: jae 0x3a
      1d: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      24: movq (%rax), %rax
      27: movl $0x10, %ecx
      2c: addq (%rax, %rdi, 8), %rcx
      30: movq %rdx, %rdi
      33: callq *%rcx
      35: movq %rbp, %rsp
      38: popq %rbp
      39: retq 
      3a: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      41: movq 8(%rax), %rax
      45: cmpq %rax, %rdi
      48: jae 0x75
      4e: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      55: movq (%rax), %rax
      58: movq (%rax, %rdi, 8), %rdi
      5c: movl (%rdi), %eax  ; trap UninitializedElement
      5e: cmpl $2, %eax
      61: jne 0x69
      67: ud2   ; trap IndirectCallTypeMismatch
      69: movl $2, %esi
      6e: callq 0x73  ; Symbol(Runtime(TypeMismatch)) -4
      73: ud2   ; trap IndirectCallTypeMismatch
      75: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      7c: movq 8(%rax), %rsi
      80: callq 0x85  ; Symbol(Runtime(UndefinedElement)) -4
      85: ud2   ; trap UndefinedElement

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

