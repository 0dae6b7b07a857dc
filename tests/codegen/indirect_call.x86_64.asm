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
       4: movl %edi, %edi
       6: cmpq $4, %rdi
       a: jae 0x38
       c: leaq (%rip), %rax  ; Symbol(TableElements(0)) -4
      13: movq (%rax, %rdi, 8), %rdi
      17: movl (%rdi), %eax  ; trap UninitializedElement
      19: cmpl $1, %eax
      1c: jne 0x2c
      1e: leaq 0x10(%rdi), %rax
      22: movq %rsi, %rdi
      25: callq *%rax
      27: movq %rbp, %rsp
      2a: popq %rbp
      2b: retq 
      2c: movl $1, %esi
      31: callq 0x36  ; Symbol(Runtime(TypeMismatch)) -4
      36: ud2   ; trap IndirectCallTypeMismatch
      38: movl $4, %esi
      3d: callq 0x42  ; Symbol(Runtime(UndefinedElement)) -4
      42: ud2   ; trap UndefinedElement

;; function 3 `set`
       0: pushq %rbp
       1: movq %rsp, %rbp
       4: movl %edi, %edi
       6: cmpq $4, %rdi
       a: jae 0x20
       c: leaq (%rip), %r8  ; Symbol(TableElements(0)) -4
      13: movq $0, (%r8, %rdi, 8)
      1b: movq %rbp, %rsp
      1e: popq %rbp
      1f: retq 
      20: movl $4, %edx
      25: movl $1, %esi
      2a: movl $2, %ecx
      2f: callq 0x34  ; Symbol(Runtime(OutOfBounds)) -4
      34: ud2   ; trap TableOutOfBounds

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

