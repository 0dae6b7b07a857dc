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
       7: je 0x41
       d: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      14: movq 8(%rax), %rsi
      18: movl %edi, %edi
      1a: cmpq %rsi, %rdi
      1d: jae 0x55
      23: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      2a: movq (%rax), %rax
      2d: movq (%rax, %rdi, 8), %rdi
      31: movl (%rdi), %eax  ; trap UninitializedElement
      33: cmpl $1, %eax
      36: je 0x5c
      3c: jmp 0x49
      41: leal 1(%rsi), %eax
      44: movq %rbp, %rsp
      47: popq %rbp
      48: retq 
      49: movl $1, %esi
      4e: callq 0x53  ; Symbol(Runtime(TypeMismatch)) -4
      53: ud2   ; trap IndirectCallTypeMismatch
      55: callq 0x5a  ; Symbol(Runtime(UndefinedElement)) -4
      5a: ud2   ; trap UndefinedElement
      5c: ud2   ; trap IndirectCallTypeMismatch

;; function 5
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movq %rsi, %rcx
       7: leaq (%rip), %rax  ; Symbol(Table(0)) -4
       e: movq 8(%rax), %rsi
      12: movl %edi, %edi
      14: cmpq %rsi, %rdi
      17: jae 0x53
      1d: leaq (%rip), %rax  ; Symbol(Table(0)) -4
      24: movq (%rax), %rax
      27: movq (%rax, %rdi, 8), %rdi
      2b: movl (%rdi), %eax  ; trap UninitializedElement
      2d: cmpl $2, %eax
      30: jne 0x47
      36: leaq 0x10(%rdi), %rax
      3a: movq %rdx, %rsi
      3d: movq %rcx, %rdi
      40: callq *%rax
      42: movq %rbp, %rsp
      45: popq %rbp
      46: retq 
      47: movl $2, %esi
      4c: callq 0x51  ; Symbol(Runtime(TypeMismatch)) -4
      51: ud2   ; trap IndirectCallTypeMismatch
      53: callq 0x58  ; Symbol(Runtime(UndefinedElement)) -4
      58: ud2   ; trap UndefinedElement

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

