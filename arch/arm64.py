"""arm64: AArch64 with its standard calling convention, as Linux runs on it (4 KB pages, 39-bit addresses)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stapy.arch import arm64_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, Place, Slot

# pstate: interrupts masked, the mode, and the flags.
I, MODE, EL0, EL1, FLAGS = 0x80, 0xF, 0x0, 0x5, 0xF0000000  # noqa: E741 - the architecture's names

# Classes of exceptions in the syndrome; of some the one from the same level is the next number.
EC_UNKNOWN, EC_SVC, EC_FETCH, EC_DATA, EC_BRK = 0x00, 0x15, 0x20, 0x24, 0x3C
IL = 1 << 25  # a 32-bit instruction
TRANSLATION, PERMISSION, WRITE = 0x07, 0x0F, 0x40  # of aborts: the page is not there, is not for this; WnR

# Unicorn's numbers of exceptions.
UNDEFINED, SYSTEM_CALL, PREFETCH_ABORT, DATA_ABORT, BREAKPOINT = 1, 2, 3, 4, 7
_SVC_CODE = 0x200  # + svc's operand: the traps that Unicorn shows as one
_IRQ = 0x100  # + the line: vectors of interrupts

# Entries of the kernel's table of vectors.
_SYNCHRONOUS, _INTERRUPT, _FROM_USER = 0x200, 0x280, 0x200

# Error codes of page faults, the machine's.
_PROTECTION, _WRITE, _USER, _FETCH = 1, 2, 4, 16

_GENERAL = tuple(f"x{n}" for n in range(31))
_PT_REGS = {name: 8 * i for i, name in enumerate((*_GENERAL, "sp", "pc", "pstate", "orig_x0", "syscallno"))}
_REGISTERS = {
    **{f"x{n}": f"X{n}" for n in range(29)},
    "x29": "FP",
    "x30": "LR",
    "sp": "SP",
    "pc": "PC",
    "pstate": "PSTATE",
    "sp_el0": "SP_EL0",
    "elr_el1": "ELR_EL1",
    "esr_el1": "ESR_EL1",
    "far_el1": "FAR_EL1",
}
_ALIASES = {
    "fp": "x29",
    "lr": "x30",
    **dict.fromkeys(("cpsr", "flags", "eflags"), "pstate"),
    **{f"r{n}": f"x{n}" for n in range(31)},
}
_SYSTEM_REGISTERS = {"spsr_el1": (4, 0, 3, 0, 0)}
# 33 is gdb's number; DWARF has none for pstate.
_DWARF_REGISTERS = {**dict(enumerate(_GENERAL)), 31: "sp", 32: "pc", 33: "pstate"}


class Arm64(Architecture):
    name = "arm64"
    aliases = ("aarch64",)
    bits = 64
    endian = "little"
    page_offset = 0xFFFFFFC000000000
    module_area = 0xFFFFFFBFFC000000
    user_text = 0x400000
    system_call_instruction = b"\x01\x00\x00\xd4"  # svc #0

    pt_regs = _PT_REGS
    pt_regs_size = 8 * len(_PT_REGS)
    registers = _REGISTERS
    system_registers = _SYSTEM_REGISTERS
    register_aliases = _ALIASES
    dwarf_registers = _DWARF_REGISTERS
    pc = "pc"
    sp = "sp"

    breakpoint = instructions.BREAKPOINT
    breakpoint_trap = BREAKPOINT
    breakpoint_pc = 0
    machine_call_trap = _SVC_CODE + 0x7F
    return_trap = _SVC_CODE + 0x7E
    max_slot_size = 48
    min_stack_size = 64
    return_trampoline = Assembly("brk #4; nop", instructions.BREAKPOINT + instructions.NOP)
    jprobe_stub = Assembly("brk #4; brk #4; nop", instructions.BREAKPOINT * 2 + instructions.NOP)

    return_registers = ("x0", "x1")

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_ARM64, UC_MODE_ARM

        return UC_ARCH_ARM64, UC_MODE_ARM

    def unicorn_register(self, name: str) -> int:
        from unicorn import arm64_const

        return getattr(arm64_const, f"UC_ARM64_REG_{self.registers.get(name, 'CP_REG')}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_LITTLE_ENDIAN)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(keystone.KS_ARCH_ARM64, keystone.KS_MODE_LITTLE_ENDIAN)

    # -- traps

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("pstate", EL1 | I)

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        if number != SYSTEM_CALL:
            return number
        return _SVC_CODE + (machine.memory.u32(cpu.pc - 4) >> 5 & 0xFFFF)

    def interrupts_enabled(self, cpu: Any) -> bool:
        return not cpu.read("pstate") & I

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        state = cpu.read("pstate")
        cpu.write("pstate", state & ~I if enabled else state | I)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("x0"), cpu.read("x1"), cpu.read("x2")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("x0", value & self.mask)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def fault_vector(self, kind: str) -> int:
        return {"page": DATA_ABORT, "opcode": UNDEFINED}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        cpu.write("far_el1", address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return field("pstate") & MODE == EL0

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        if "vectors" not in machine.symbols:
            machine.trap_entry(vector)  # which says that there is none
        offset = _SYNCHRONOUS
        if vector >= _IRQ:
            offset = _INTERRUPT
            place = machine.per_cpu("cpu_irq", cpu)
            machine.memory.write_word(place, vector - _IRQ)
        else:
            cpu.write("esr_el1", self._syndrome(vector, error_code or 0, cpu.user_mode))
        self._leave_for(machine, cpu, offset)

    def _syndrome(self, vector: int, error_code: int, user: bool) -> int:
        if vector in (DATA_ABORT, PREFETCH_ABORT):
            fetch = vector == PREFETCH_ABORT or error_code & _FETCH
            kind = (EC_FETCH if fetch else EC_DATA) + (0 if user else 1)
            detail = PERMISSION if error_code & _PROTECTION else TRANSLATION
            if error_code & _WRITE:
                detail |= WRITE
            return kind << 26 | IL | detail
        return (EC_BRK if vector == BREAKPOINT else EC_UNKNOWN) << 26 | IL

    def _leave_for(self, machine: Any, cpu: Any, offset: int) -> None:
        """What every exception does: saves where it came from, and goes to an entry of the vectors."""
        state = cpu.read("pstate")
        if cpu.user_mode:
            saved = state & FLAGS | EL0
            cpu.write("sp_el0", cpu.sp)
            cpu.sp = machine.trap_stack(cpu)
            offset += _FROM_USER
        else:
            saved = state
        cpu.write("spsr_el1", saved)
        cpu.write("elr_el1", cpu.read_pc())
        cpu.write("pstate", state & FLAGS | EL1 | I)
        cpu.user_mode = False
        cpu.write_pc(machine.symbol("vectors") + offset)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        state = cpu.read("spsr_el1")
        user = state & MODE == EL0
        if user:
            cpu.sp = cpu.read("sp_el0")
        cpu.write("pstate", state & ~MODE | EL1)  # the CPU itself never executes user code
        cpu.write_pc(cpu.read("elr_el1"))
        return user

    def enter_system_call(self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]) -> None:
        for register, value in zip(_GENERAL[:6], arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("x8", number & self.mask)
        cpu.write("esr_el1", EC_SVC << 26 | IL)
        self._leave_for(machine, cpu, _SYNCHRONOUS)

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places, free, offset = [], list(_GENERAL[:8]), 0
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

    def set_up_call(self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int) -> None:
        for register, value in zip(_GENERAL[:8], arguments, strict=False):
            cpu.write(register, value & self.mask)
        on_stack = b"".join((value & self.mask).to_bytes(8, "little") for value in arguments[8:])
        stack = (cpu.sp - len(on_stack)) & ~15
        if on_stack:
            machine.memory.write(stack, on_stack)
        cpu.sp = stack
        cpu.write("x30", back)
        cpu.write("pstate", cpu.read("pstate") & FLAGS | EL1 | I)
        cpu.write_pc(function)

    # A call is known by its stack pointer, which is the caller's before and after it. The way back is in x30.

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return cpu.read("x30")

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        cpu.write("x30", address)

    def frame_of_entry(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_return(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_cfa(self, cfa: int) -> int:
        return cfa

    # -- instructions out of line

    instruction_alignment = 4

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        return frozenset(range(start, start + len(code), 4))

    def is_breakpoint(self, data: bytes) -> bool:
        return instructions.is_brk(int.from_bytes(data, "little"))

    def check_place(self, code: bytes, start: int, address: int) -> None:
        instructions.refuse_exclusive_sequence(code, start, address)

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        return instructions.prepare(code, address, slot)

    # There is no stepping: the copy is followed by a breakpoint. Instead of an instruction that refers to its own
    # place a nop is copied, and the instruction carried out afterwards.

    def single_step(self, cpu: Any, slot: Slot) -> None:
        cpu.write_pc(slot.address)

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        target = slot.original + 4
        if slot.kind is not None:
            target = slot.kind(machine, cpu, slot.original)
        cpu.write_pc(target & self.mask)
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        cpu.write_pc(slot.original)


ARCHITECTURE = Arm64()
