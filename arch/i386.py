"""i386: 32-bit x86 with arguments on the stack, as Linux 2.6.32 ran on it (built without -mregparm)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.arch.architecture import Place
from stapy.arch.x86 import DF, ERROR_CODE_VECTORS, IF, TF, X86

_FIELDS = (
    "bx", "cx", "dx", "si", "di", "bp", "ax", "ds", "es", "fs", "gs",
    "orig_ax", "ip", "cs", "flags", "sp", "ss",
)  # fmt: skip
_GENERAL = ("ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip", "flags")
_SYSTEM_CALL_ARGUMENTS = ("bx", "cx", "dx", "si", "di", "bp")
SYSTEM_CALL_VECTOR = 0x80

_PT_REGS = {field: 4 * i for i, field in enumerate(_FIELDS)}
_REGISTERS = {
    **{name: f"E{name.upper()}" for name in _GENERAL},
    "cs": "CS",
    "ss": "SS",
    "ds": "DS",
    "es": "ES",
    "fs": "FS",
    "gs": "GS",
}
_REGISTER_ALIASES = {
    **{f"e{name}": name for name in _GENERAL},
    **{f"x{name}": name for name in ("cs", "ds", "es", "ss", "fs", "gs")},
    "pc": "ip",
}
_DWARF_REGISTERS = dict(enumerate(("ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "ip", "flags")))


class I386(X86):
    name = "i386"
    aliases = ("i486", "i586", "i686", "x86")
    bits = 32
    u64_alignment = 4
    page_offset = 0xC0000000
    return_slack = 4  # the hidden pointer to a returned structure, by `ret $4`
    module_area = 0xF8000000
    user_text = 0x08048000
    system_call_instruction = b"\xcd\x80"
    kernel_cs, kernel_ss, user_cs, user_ss = 0x60, 0x68, 0x73, 0x7B

    pt_regs = _PT_REGS
    pt_regs_size = 4 * len(_FIELDS)
    registers = _REGISTERS
    register_aliases = _REGISTER_ALIASES
    dwarf_registers = _DWARF_REGISTERS

    return_registers = ("ax", "dx")
    return_pops = 4

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_X86, UC_MODE_32

        return UC_ARCH_X86, UC_MODE_32

    # -- traps

    def saved_stack_pointer(self, regs: int, field: Callable[[str], int]) -> int:
        return regs + _PT_REGS["sp"]  # the processor pushes none when the kernel itself is interrupted

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("flags", 2)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("ax"), cpu.read("bx"), cpu.read("cx")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("ax", value & self.mask)

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        entry = machine.trap_entry(vector)
        flags, sp = cpu.read("flags"), cpu.sp
        if cpu.user_mode:
            frame = [self.user_ss, sp, flags, self.user_cs, cpu.read("ip")]
            stack = machine.trap_stack(cpu)
        else:
            frame = [flags, self.kernel_cs, cpu.read("ip")]
            stack = sp
        if vector in ERROR_CODE_VECTORS:
            frame.append(error_code or 0)
        self.push_words(machine, cpu, stack, frame)
        # The system call's gate is the one that leaves interrupts on.
        cpu.write("flags", flags & ~TF if vector == SYSTEM_CALL_VECTOR else flags & ~(IF | TF))
        cpu.user_mode = False
        cpu.write("ip", entry)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        sp = cpu.sp
        ip, cs, flags = self.read_words(machine, sp, 3)
        user = cs & 3 == 3
        cpu.write("sp", self.read_words(machine, sp + 12, 1)[0] if user else sp + 12)
        cpu.write("flags", flags)
        cpu.write("ip", ip)
        return user

    def enter_system_call(
        self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]
    ) -> None:
        for register, value in zip(_SYSTEM_CALL_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("ax", number & self.mask)
        self.enter_trap(machine, cpu, SYSTEM_CALL_VECTOR)

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places, offset = [], 4  # the return address lies at the stack pointer
        for size in sizes:
            places.append(Place(None, offset, size))
            offset += (size + 3) & ~3
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return Place(None, 4 + 4 * n, size or 4)

    def set_up_call(
        self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int
    ) -> None:
        words = [value & self.mask for value in arguments]
        stack = (cpu.sp - 4 * len(words)) & ~15
        self.push_words(machine, cpu, stack + 4 * len(words), [*reversed(words), back])
        flags = cpu.read("flags")
        cpu.write("flags", flags & ~(IF | TF | DF))
        cpu.write("ip", function)


ARCHITECTURE = I386()
