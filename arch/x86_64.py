"""x86_64: AMD64 with the System V calling convention, as Linux 2.6.32 ran on it."""

from __future__ import annotations

from typing import Any

from stapy.arch.architecture import Place
from stapy.arch.x86 import DF, ERROR_CODE_VECTORS, IF, TF, X86

_FIELDS = (
    "r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si", "di",
    "orig_ax", "ip", "cs", "flags", "sp", "ss",
)  # fmt: skip
_LEGACY = ("ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip", "flags")
_ARGUMENTS = ("di", "si", "dx", "cx", "r8", "r9")
_SYSTEM_CALL_ARGUMENTS = ("di", "si", "dx", "r10", "r8", "r9")

_PT_REGS = {field: 8 * i for i, field in enumerate(_FIELDS)}
_REGISTERS = {
    **{name: f"R{name.upper()}" for name in _LEGACY if name != "flags"},
    **{f"r{n}": f"R{n}" for n in range(8, 16)},
    "flags": "RFLAGS",
    "cs": "CS",
    "ss": "SS",
    "ds": "DS",
    "es": "ES",
    "fs": "FS",
    "gs": "GS",
    "fs_base": "FS_BASE",
    "gs_base": "GS_BASE",
}
_REGISTER_ALIASES = {**{f"r{name}": name for name in _LEGACY}, "eflags": "flags", "pc": "ip"}
_DWARF_REGISTERS = dict(
    enumerate(("ax", "dx", "cx", "bx", "si", "di", "bp", "sp", *(f"r{n}" for n in range(8, 16)), "ip"))
) | {49: "flags", 58: "fs_base", 59: "gs_base"}


class X86_64(X86):  # noqa: N801 - its name
    name = "x86_64"
    aliases = ("amd64", "x86-64")
    bits = 64
    page_offset = 0xFFFFFFFF80000000
    module_area = 0xFFFFFFFFA0000000
    user_text = 0x400000
    system_call_instruction = b"\x0f\x05"
    kernel_cs, kernel_ss, user_cs, user_ss = 0x10, 0x18, 0x33, 0x2B

    pt_regs = _PT_REGS
    pt_regs_size = 8 * len(_FIELDS)
    registers = _REGISTERS
    register_aliases = _REGISTER_ALIASES
    dwarf_registers = _DWARF_REGISTERS

    return_registers = ("ax", "dx")
    return_pops = 8

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_X86, UC_MODE_64

        return UC_ARCH_X86, UC_MODE_64

    # Without paging the CPU's physical addresses are the virtual ones, cut to 52 bits.

    def physical(self, address: int) -> int:
        return address & 0xFFFFFFFFFFFFF

    def virtual(self, address: int) -> int:
        return address | 0xFFF0000000000000 if address & (1 << 51) else address

    # -- traps

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("flags", 2)
        pda = machine.per_cpu("cpu_pda", cpu)
        if pda is not None:
            cpu.write("gs_base", pda)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("ax"), cpu.read("di"), cpu.read("si")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("ax", value & self.mask)

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        entry = machine.trap_entry(vector)
        flags, sp = cpu.read("flags"), cpu.sp
        if cpu.user_mode:
            frame = [self.user_ss, sp, flags, self.user_cs, cpu.read("ip")]
            stack = machine.trap_stack(cpu)
        else:
            frame = [self.kernel_ss, sp, flags, self.kernel_cs, cpu.read("ip")]
            stack = sp & ~15  # as the processor aligns it
        if vector in ERROR_CODE_VECTORS:
            frame.append(error_code or 0)
        self.push_words(machine, cpu, stack, frame)
        cpu.write("flags", flags & ~(IF | TF))
        cpu.user_mode = False
        cpu.write("ip", entry)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        ip, cs, flags, sp, _ss = self.read_words(machine, cpu.sp, 5)
        cpu.write("sp", sp)
        cpu.write("flags", flags)
        cpu.write("ip", ip)
        return cs & 3 == 3

    def enter_system_call(
        self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]
    ) -> None:
        for register, value in zip(_SYSTEM_CALL_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        flags = cpu.read("flags")
        if number is not None:
            cpu.write("ax", number & self.mask)
        cpu.write("cx", cpu.read("ip"))
        cpu.write("r11", flags)
        cpu.write("flags", flags & ~(IF | TF | DF))
        cpu.user_mode = False
        cpu.write("ip", machine.symbol("system_call"))

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places, free, offset = [], list(_ARGUMENTS), 8  # the return address lies at the stack pointer
        for size in sizes:
            if size <= 8 and free:
                places.append(Place(free.pop(0), 0, size))
            elif 8 < size <= 16 and len(free) >= 2:
                raise NotImplementedError("a 16-byte argument in two registers")
            else:
                places.append(Place(None, offset, size))
                offset += (size + 7) & ~7
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([8] * n + [size or 8])[n]

    def set_up_call(
        self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int
    ) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        on_stack = [value & self.mask for value in arguments[len(_ARGUMENTS) :]]
        stack = (cpu.sp - 8 * len(on_stack)) & ~15  # the ABI's alignment at the call
        self.push_words(machine, cpu, stack + 8 * len(on_stack), [*reversed(on_stack), back])
        flags = cpu.read("flags")
        cpu.write("flags", flags & ~(IF | TF | DF))
        cpu.write("ip", function)


ARCHITECTURE = X86_64()
