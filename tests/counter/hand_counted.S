// SPDX-License-Identifier: Apache-2.0
// Functions whose instructions and cycles on a Cortex-M4 are counted by hand (hand_counted.sh has the sums).
  .syntax unified
  .cpu cortex-m4
  .thumb
  .text

// 1 + 100 * (1 + 1) + 1 instructions; mov 1, 100 * (subs 1 + bne 1), 99 refills of 2, bx 1 + 2.
  .global loop
  .thumb_func
  .type loop, %function
loop:
  movs r0, #100
1:
  subs r0, #1
  bne 1b
  bx lr
  .size loop, . - loop

// Loads of a constant (flash) and of the stack (RAM), one of them inside an IT block whose condition fails.
// push 2 registers 3; ldr literal 2; 3 independent loads from the stack 4 - but the literal's load comes just before, so
// all four are one group of 5; cmp 1; it 1; moveq 1 (skipped); smlad 1; pop with the program counter 3 + 2.
  .global loads
  .thumb_func
  .type loads, %function
loads:
  push {r4, lr}
  ldr r3, =0x12345678
  ldr r0, [sp]
  ldr r1, [sp, #4]
  ldr r2, [sp]
  cmp r3, #0
  it eq
  moveq r0, r1
  smlad r0, r1, r2, r3
  pop {r4, pc}
  .ltorg
  .size loads, . - loads

// Crosses a page's end with a 16-bit instruction in the page's last halfword, which QEMU 7.2 reports as 32 bits: if that
// were believed, going on would look like a jump. 6 nop 1 each, bx 1 + 2.
  .balign 1024
  .space 1024 - 6
  .global crossing
  .thumb_func
  .type crossing, %function
crossing:
  nop
  nop
  nop
  nop
  nop
  nop
  bx lr
  .size crossing, . - crossing
