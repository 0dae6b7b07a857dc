; Blinks the light of an ATmega328P, with a delay by counting.
        .equ    DDRB, 0x04
        .equ    PORTB, 0x05
        .section .text
        .global main
main:   sbi     DDRB, 5
again:  sbi     PORTB, 5
        rcall   delay
        cbi     PORTB, 5
        rcall   delay
        rjmp    again
delay:  ldi     r18, lo8(count)
        ldi     r19, hi8(count)
        ldi     r20, 41
1:      subi    r18, 1
        sbci    r19, 0
        sbci    r20, 0
        brne    1b
        lds     r24, turns
        inc     r24
        sts     turns, r24
        call    __mulsi3        ; from libgcc
        ret
        .equ    count, 0x7a12
        .section .data
turns:  .byte   0x2a
        .asciz  "blink"
