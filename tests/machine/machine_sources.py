"""What the machine's tests run, in each architecture's assembly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class MachineSources:
    """One architecture's. {name} stands for a symbol's address; ``load(register, value)`` is what loads a word."""

    load: Callable[[str, int], str]
    call_registers: tuple[str, str, str]  # of a machine call: number and two arguments
    call: str
    enable: str  # interrupts
    disable: str
    timer: str  # adds 1 to the word at {ticks} and returns from the interrupt
    page_fault: str  # stores what it was told at {seen}, skips the instruction
    write_fault: str  # stores to 0x10
    write_fault_code: int  # what the handler is told then
    null_read: str  # ends with reading from address 16
    null_read_at: int
    jump_to_zero: str
    undefined: str
    enter_user: str  # to 0x1000 with the stack at 0x2000
    system_call: str  # adds the first two arguments
    add: str
    again: str  # clobbers ``saved`` around a call of {add}
    saved: str
    back: str  # returns from a function
    forever: str


def _mov(register: str, value: int) -> str:
    return f"mov {register}, {value:#x}; "


def _mov_parts(register: str, value: int) -> str:
    parts = "".join(f"movk {register}, #{value >> n & 0xFFFF:#x}, lsl #{n}; " for n in (16, 32, 48))
    return f"movz {register}, #{value & 0xFFFF:#x}; {parts}"


SOURCES = {
    "x86_64": MachineSources(
        load=_mov,
        call_registers=("rax", "rdi", "rsi"),
        call="int 0x7f; ",
        enable="sti; ",
        disable="cli; ",
        timer="push rax; mov rax, {ticks}; inc dword ptr [rax]; pop rax; int 0x7e",
        page_fault="push rax; push rcx; mov rax, [rsp + 16]; mov rcx, {seen}; mov [rcx], eax; "
        "add dword ptr [rsp + 24], 3; pop rcx; pop rax; add rsp, 8; int 0x7e",
        write_fault="xor edx, edx; mov [rdx + 0x10], ebx; ",
        write_fault_code=2,
        null_read="nop; xor eax, eax; mov eax, [rax + 16]",
        null_read_at=3,
        jump_to_zero="xor eax, eax; jmp rax",
        undefined="ud2",
        enter_user="push 0x2b; push 0x2000; push 0x202; push 0x33; push 0x1000; int 0x7e",
        system_call="mov rsp, {stack}; lea rax, [rdi + rsi]; push 0x2b; push 0x2000; push r11; push 0x33; push rcx; "
        "int 0x7e",
        add="lea rax, [rdi + rsi]; ret",
        again="push rbx; mov rbx, 99; call {add}; pop rbx; ret",
        saved="bx",
        back="ret",
        forever="l: inc rax; jmp l",
    ),
    "i386": MachineSources(
        load=_mov,
        call_registers=("eax", "ebx", "ecx"),
        call="int 0x7f; ",
        enable="sti; ",
        disable="cli; ",
        timer="push eax; mov eax, {ticks}; inc dword ptr [eax]; pop eax; int 0x7e",
        page_fault="push eax; push ecx; mov eax, [esp + 8]; mov ecx, {seen}; mov [ecx], eax; "
        "add dword ptr [esp + 12], 3; pop ecx; pop eax; add esp, 4; int 0x7e",
        write_fault="xor edx, edx; mov [edx + 0x10], ebx; ",
        write_fault_code=2,
        null_read="nop; xor eax, eax; mov eax, [eax + 16]",
        null_read_at=3,
        jump_to_zero="xor eax, eax; jmp eax",
        undefined="ud2",
        enter_user="push 0x7b; push 0x2000; push 0x202; push 0x73; push 0x1000; int 0x7e",
        system_call="lea eax, [ebx + ecx]; int 0x7e",
        add="mov eax, [esp + 4]; add eax, [esp + 8]; ret",
        again="push ebx; mov ebx, 99; call {add}; pop ebx; ret",
        saved="bx",
        back="ret",
        forever="l: inc eax; jmp l",
    ),
    "arm64": MachineSources(
        load=_mov_parts,
        call_registers=("x0", "x1", "x2"),
        call="svc #0x7f; ",
        enable="msr daifclr, #2; ",
        disable="msr daifset, #2; ",
        timer="stp x0, x1, [sp, #-16]!; ldr x0, l; ldr w1, [x0]; add w1, w1, #1; str w1, [x0]; "
        "ldp x0, x1, [sp], #16; svc #0x7e; .balign 8; l: .quad {ticks}",
        page_fault="stp x0, x1, [sp, #-16]!; mrs x0, esr_el1; ldr x1, l; str w0, [x1]; mrs x0, elr_el1; "
        "add x0, x0, #4; msr elr_el1, x0; ldp x0, x1, [sp], #16; svc #0x7e; .balign 8; l: .quad {seen}",
        write_fault="mov x3, #0; str w4, [x3, #0x10]; ",
        write_fault_code=0x25 << 26 | 1 << 25 | 0x47,
        null_read="mov x0, #0; ldr w0, [x0, #16]",
        null_read_at=4,
        jump_to_zero="mov x0, #0; br x0",
        undefined=".word 0",
        enter_user="mov x0, #0x1000; msr elr_el1, x0; mov x0, #0x2000; msr sp_el0, x0; msr spsr_el1, xzr; svc #0x7e",
        system_call="add x0, x0, x1; svc #0x7e",
        add="add x0, x0, x1; ret",
        again="stp x19, x30, [sp, #-16]!; mov x19, #99; bl {add}; ldp x19, x30, [sp], #16; ret",
        saved="x19",
        back="ret",
        forever="l: add x0, x0, #1; b l",
    ),
}


def connect(tiny, kind: str, function: int) -> None:  # type: ignore[no-untyped-def]
    """Makes a function the kernel's entry for 'timer', 'serial', 'page' (from the kernel) or 'system_call'."""
    machine, word = tiny.machine, tiny.arch.word
    if tiny.arch.name == "arm64":
        offsets = {"timer": (0x280, 0x480), "serial": (0x280, 0x480), "page": (0x200,), "system_call": (0x400,)}
        for offset in offsets[kind]:
            place = machine.symbol("vectors") + offset
            machine.memory.write_code(place, tiny.assembler.assemble(f"b {function:#x}", place))
        return
    vector = {"timer": 0x30, "serial": 0x34, "page": 14, "system_call": 0x80}[kind]
    machine.memory.write_word(machine.symbol("idt_table") + vector * word, function)


def interrupt_entry(tiny) -> int:  # type: ignore[no-untyped-def]
    """Where the CPU is when the timer has interrupted user mode."""
    if tiny.arch.name == "arm64":
        return tiny.machine.symbol("vectors") + 0x480
    return tiny.machine.symbol("timer_interrupt")
