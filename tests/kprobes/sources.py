"""The functions that are probed, in each architecture's assembly, and what tests have to know of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sources:
    """One architecture's. ``functions`` are there in every test, ``cases`` compute something with instructions
    that are odd to run out of line, and ``refused`` has one of those at each offset: errno's name."""

    functions: dict[str, str]
    eight: str  # long eight(long a, ... h): one that is on the stack, where arguments come to be there, or the last
    eight_gives: int
    escape: str  # returns past its caller
    outer: str  # calls {escape}
    caller: str  # calls {factorial} with 1
    back: int  # the offset in caller that it returns to
    first_size: int  # of add's first instruction
    first_push: int  # bytes it takes of the stack
    load: tuple[int, int]  # offset and size of the instruction in peek that reads through its argument
    pointer: str  # the register it reads through
    first_argument: str | None  # the register of a function's first argument
    flip: int  # what changes a flag when the flags register is xored with it
    saved: str  # a register that functions preserve
    odd: str
    refused: dict[int, str]
    cases: dict[str, str] = field(default_factory=dict)


SOURCES = {
    "x86_64": Sources(
        functions={
            # long add(long a, long b)
            "add": "push rbp; mov rbp, rsp; lea rax, [rdi + rsi]; pop rbp; ret",
            # long factorial(long n), recursive
            "factorial": "factorial: push rbx; mov rbx, rdi; mov eax, 1; cmp rdi, 1; jbe done; "
            "lea rdi, [rbx - 1]; call factorial; imul rax, rbx; done: pop rbx; ret",
            # long last(long a, long b): add by a tail call
            "last": "jmp {add}",
            # long peek(long *p)
            "peek": "nop; mov rax, [rdi]; nop; ret",
        },
        eight="mov rax, [rsp + 8]; ret",
        eight_gives=7,
        escape="escape: add rsp, 8; ret",
        outer="call {escape}; mov eax, 1; ret",
        caller="mov edi, 1; call {factorial}; ret",
        back=10,
        first_size=1,
        first_push=8,
        load=(1, 3),
        pointer="di",
        first_argument="di",
        flip=1,
        saved="bx",
        odd="nop; ud2; int 0x7f; hlt; int3; nop; ret",
        refused={1: "EINVAL", 3: "EOPNOTSUPP", 5: "EOPNOTSUPP", 6: "EILSEQ"},
        cases={
            "pushf": "std; pushfq; pop rax; cld; and eax, 0x700; ret",
            "popf": "push 0x246; popfq; sete al; movzx eax, al; ret",
            "repeat": "xor eax, eax; sub rsp, 64; mov rdi, rsp; mov ecx, 8; rep stosq; mov eax, ecx; "
            "add rsp, 64; ret",
            "conditional": "mov eax, 1; test eax, eax; jz a; jnz b; a: mov eax, 7; b: inc eax; ret",
            "loop": "xor eax, eax; mov ecx, 5; l: add eax, ecx; loop l; ret",
            "indirect_call": "push rbx; lea rbx, [rip + f]; call rbx; inc eax; pop rbx; ret; f: mov eax, 4; ret",
            "indirect_jump": "lea rcx, [rip + f]; jmp rcx; nop; f: mov eax, 4; ret",
            "return_with_pop": "call f; ret; f: mov eax, 4; ret",
            "interrupts": "cli; pushfq; sti; pop rax; pushfq; pop rcx; sub eax, ecx; neg eax; cli; ret",
            "compare": "lock cmpxchg [rsp - 8], ecx; cmove eax, ecx; setne al; movzx eax, al; ret",
        },
    ),
    "i386": Sources(
        functions={
            "add": "push ebp; mov ebp, esp; mov eax, [ebp + 8]; add eax, [ebp + 12]; pop ebp; ret",
            "factorial": "factorial: push ebx; mov ebx, [esp + 8]; mov eax, 1; cmp ebx, 1; jbe done; "
            "lea ecx, [ebx - 1]; push ecx; call factorial; add esp, 4; imul eax, ebx; done: pop ebx; ret",
            "last": "jmp {add}",
            "peek": "mov ecx, [esp + 4]; mov eax, [ecx]; nop; ret",
        },
        eight="mov eax, [esp + 28]; ret",
        eight_gives=7,
        escape="escape: add esp, 4; ret",
        outer="call {escape}; mov eax, 1; ret",
        caller="push 1; call {factorial}; pop ecx; ret",
        back=7,
        first_size=1,
        first_push=4,
        load=(4, 2),
        pointer="cx",
        first_argument=None,
        flip=1,
        saved="bx",
        odd="nop; ud2; int 0x7f; hlt; int3; nop; ret",
        refused={1: "EINVAL", 3: "EOPNOTSUPP", 5: "EOPNOTSUPP", 6: "EILSEQ"},
        cases={
            "pushf": "std; pushfd; pop eax; cld; and eax, 0x700; ret",
            "popf": "push 0x246; popfd; sete al; movzx eax, al; ret",
            "repeat": "push edi; xor eax, eax; sub esp, 64; mov edi, esp; mov ecx, 8; rep stosd; mov eax, ecx; "
            "add esp, 64; pop edi; ret",
            "conditional": "mov eax, 1; test eax, eax; jz a; jnz b; a: mov eax, 7; b: inc eax; ret",
            "loop": "xor eax, eax; mov ecx, 5; l: add eax, ecx; loop l; ret",
            "indirect_call": "push ebx; call g; g: pop ebx; add ebx, 9; call ebx; inc eax; pop ebx; ret; nop; "
            "mov eax, 4; ret",
            "indirect_jump": "call g; g: pop ecx; add ecx, 7; jmp ecx; nop; mov eax, 4; ret",
            "return_with_pop": "push 1; call f; ret; f: mov eax, 4; ret 4",
            "interrupts": "cli; pushfd; sti; pop eax; pushfd; pop ecx; sub eax, ecx; neg eax; cli; ret",
            "compare": "lock cmpxchg [esp - 8], ecx; cmove eax, ecx; setne al; movzx eax, al; ret",
        },
    ),
    "arm64": Sources(
        functions={
            "add": "stp x29, x30, [sp, #-16]!; mov x29, sp; add x0, x0, x1; ldp x29, x30, [sp], #16; ret",
            "factorial": "factorial: stp x19, x30, [sp, #-16]!; mov x19, x0; mov x0, #1; cmp x19, #1; b.ls done; "
            "sub x0, x19, #1; bl factorial; mul x0, x0, x19; done: ldp x19, x30, [sp], #16; ret",
            "last": "b {add}",
            "peek": "nop; ldr x0, [x0]; nop; ret",
        },
        eight="mov x0, x7; ret",
        eight_gives=8,
        escape="ldp x29, x30, [sp], #16; ret",
        outer="stp x29, x30, [sp, #-16]!; bl {escape}; mov x0, #1; ldp x29, x30, [sp], #16; ret",
        caller="stp x29, x30, [sp, #-16]!; mov x0, #1; bl {factorial}; ldp x29, x30, [sp], #16; ret",
        back=12,
        first_size=4,
        first_push=16,
        load=(4, 4),
        pointer="x0",
        first_argument="x0",
        flip=1 << 31,
        saved="x19",
        odd="nop; brk #1; svc #0x7f; eret; msr daifset, #2; mrs x0, daif; wfi; msr sp_el0, x0; "
        "ldxr x1, [x0]; add x1, x1, #1; stxr w2, x1, [x0]; nop; ret",
        refused=dict.fromkeys(range(4, 44, 4), "EINVAL") | {2: "EILSEQ", 45: "EILSEQ"},
        cases={
            "conditional": "mov x0, #1; cmp x0, #1; b.ne a; b.eq b; a: mov x0, #7; b: add x0, x0, #1; ret",
            "conditions": "mov x0, #0; mov x1, #-3; cmp x1, #2; b.lt a; add x0, x0, #1; a: b.lo b; "
            "add x0, x0, #2; b: b.ge c; add x0, x0, #4; c: b.hi d; add x0, x0, #8; d: b.gt e; add x0, x0, #16; "
            "e: b.mi f; add x0, x0, #32; f: b.vs g; add x0, x0, #64; g: ret",
            "compare_with_zero": "mov x0, #3; mov x1, #0; l: add x1, x1, x0; sub x0, x0, #1; cbnz x0, l; "
            "cbz w0, a; mov x1, #99; a: mov x0, x1; ret",
            "test_bit": "mov x0, #0; movz x1, #0x8000, lsl #32; tbz x1, #47, a; add x0, x0, #1; a: tbnz x1, #47, b; "
            "add x0, x0, #2; b: tbz w1, #3, c; add x0, x0, #4; c: ret",
            "indirect_call": "stp x19, x30, [sp, #-16]!; adr x19, f; blr x19; add x0, x0, #1; "
            "ldp x19, x30, [sp], #16; ret; f: mov x0, #4; ret",
            "call_by_link_register": "stp x19, x30, [sp, #-16]!; adr x30, f; blr x30; add x0, x0, #1; "
            "ldp x19, x30, [sp], #16; ret; f: mov x0, #4; ret",
            "indirect_jump": "adr x1, f; br x1; nop; f: mov x0, #4; ret",
            "page": ".word 0x90000000; adr x1, a; a: sub x0, x1, x0; and x0, x0, #0xfff; ret",
            "forward_call": "mov x9, x30; bl f; mov x30, x9; ret; f: mov x0, #4; ret",
        },
    ),
    "ppc64": Sources(
        functions={
            "add": "stdu 1, -112(1); add 3, 3, 4; addi 1, 1, 112; blr",
            "factorial": "factorial: mflr 0; std 31, -8(1); std 0, 16(1); stdu 1, -128(1); mr 31, 3; li 3, 1; "
            "cmpldi 31, 1; ble done; addi 3, 31, -1; bl factorial; mulld 3, 3, 31; done: addi 1, 1, 128; ld 0, 16(1); "
            "ld 31, -8(1); mtlr 0; blr",
            "last": "b {add}",
            "peek": "nop; ld 3, 0(3); nop; blr",
        },
        eight="mr 3, 10; blr",
        eight_gives=8,
        escape="addi 1, 1, 112; ld 0, 16(1); mtlr 0; blr",
        outer="mflr 0; std 0, 16(1); stdu 1, -112(1); bl {escape}; li 3, 1; addi 1, 1, 112; ld 0, 16(1); mtlr 0; blr",
        caller="mflr 0; std 0, 16(1); stdu 1, -112(1); li 3, 1; bl {factorial}; addi 1, 1, 112; ld 0, 16(1); mtlr 0; "
        "blr",
        back=20,
        first_size=4,
        first_push=112,
        load=(4, 4),
        pointer="r3",
        first_argument="r3",
        flip=0x8000,
        saved="r31",
        odd="nop; twi 31, 3, 0; sc 1; rfid; mtmsrd 3, 1; fmr 0, 0; trap; nop; blr",
        refused={4: "EINVAL", 8: "EOPNOTSUPP", 12: "EINVAL", 16: "EINVAL", 20: "EOPNOTSUPP"}
        | {24: "EILSEQ", 2: "EILSEQ", 33: "EILSEQ"},
        cases={
            "conditional": "li 3, 1; cmpldi 3, 1; bne a; beq b; a: li 3, 7; b: addi 3, 3, 1; blr",
            "conditional_return": "li 3, 5; cmpldi 3, 5; bnelr; li 3, 6; cmpldi 3, 6; beqlr; li 3, 9; blr",
            "loop": "li 3, 0; li 4, 5; mtctr 4; l: add 3, 3, 4; bdnz l; blr",
            "counted_out": "li 4, 1; mtctr 4; li 3, 0; bdz a; li 3, 7; a: addi 3, 3, 1; blr",
            "counted_while_equal": "li 3, 0; li 4, 3; mtctr 4; cmpd 3, 3; l: addi 3, 3, 1; bc 8, 2, l; blr",
            "indirect_call": "mflr 9; bcl 20, 31, g; g: mflr 4; addi 4, 4, 28; mtctr 4; bctrl; addi 3, 3, 1; mtlr 9; "
            "blr; li 3, 4; blr",
            "call_by_link_register": "mflr 9; bcl 20, 31, g; g: mflr 4; addi 4, 4, 28; mtlr 4; blrl; addi 3, 3, 1; "
            "mtlr 9; blr; li 3, 4; blr",
            "indirect_jump": "mflr 9; bl g; g: mflr 4; mtlr 9; addi 4, 4, 24; mtctr 4; bctr; nop; li 3, 4; blr",
            "forward_call": "mflr 9; bl f; mtlr 9; blr; f: li 3, 4; blr",
            "atomic": "addi 4, 1, -16; li 3, 5; std 3, 0(4); l: ldarx 5, 0, 4; addi 5, 5, 1; stdcx. 5, 0, 4; bne l; "
            "ld 3, 0(4); blr",
        },
    ),
}
