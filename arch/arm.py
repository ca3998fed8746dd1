"""arm: 32-bit ARMv7 in ARM state with the EABI's calling convention, as Linux runs on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stapy.arch import arm_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, Place, Slot

# cpsr: interrupts masked, Thumb, the mode, and the flags.
I, F, T, MODE, USR, SVC, FLAGS = 0x80, 0x40, 0x20, 0x1F, 0x10, 0x13, 0xF8000000  # noqa: E741 - its names

# The fault status: the page is not there, is not for this, a breakpoint; and the access was a write.
TRANSLATION, PERMISSION, DEBUG, WRITE = 0x7, 0xF, 0x2, 0x800

# Unicorn's numbers of exceptions.
UNDEFINED, SYSTEM_CALL, PREFETCH_ABORT, DATA_ABORT, BREAKPOINT = 1, 2, 3, 4, 7
_SVC_CODE = 0x200  # + svc's operand: the traps that Unicorn shows as one
_IRQ = 0x100  # + the line: vectors of interrupts

# Entries of the kernel's table of vectors.
_ENTRIES = {UNDEFINED: 0x04, SYSTEM_CALL: 0x08, PREFETCH_ABORT: 0x0C, DATA_ABORT: 0x10, BREAKPOINT: 0x0C}
_INTERRUPT = 0x18

# Error codes of page faults, the machine's.
_PROTECTION, _WRITE, _USER, _FETCH = 1, 2, 4, 16

_GENERAL = instructions.NAMES
_PT_REGS = {name: 4 * i for i, name in enumerate((*_GENERAL, "cpsr", "orig_r0"))}
_FRAME = ("sp", "lr", "pc", "cpsr")  # what an exception puts on the stack, and then r0
_REGISTERS = {name: name.upper() for name in (*_GENERAL, "cpsr")}
_ALIASES = {
    **{f"r{11 + i}": name for i, name in enumerate(_GENERAL[11:])},
    "psr": "cpsr",
    "flags": "cpsr",
    "eflags": "cpsr",
}
# 25 is gdb's number; DWARF has none for cpsr.
_DWARF_REGISTERS = {**dict(enumerate(_GENERAL)), 25: "cpsr"}


class Arm(Architecture):
    name = "arm"
    aliases = ("armv7l", "armhf")
    bits = 32
    endian = "little"
    page_offset = 0xC0000000
    module_area = 0xBFC00000
    user_text = 0x8000
    system_call_instruction = b"\x00\x00\x00\xef"  # svc #0

    pt_regs = _PT_REGS
    pt_regs_size = 4 * len(_PT_REGS)
    registers = _REGISTERS
    register_aliases = _ALIASES
    dwarf_registers = _DWARF_REGISTERS
    pc = "pc"
    sp = "sp"

    breakpoint = instructions.BREAKPOINT
    breakpoint_trap = BREAKPOINT
    breakpoint_pc = 0
    machine_call_trap = _SVC_CODE + 0x7F
    return_trap = _SVC_CODE + 0x7E
    max_slot_size = 32
    min_stack_size = 64
    return_trampoline = Assembly("bkpt #4; nop", instructions.BREAKPOINT + instructions.NOP)
    jprobe_stub = Assembly("bkpt #4; bkpt #4; nop", instructions.BREAKPOINT * 2 + instructions.NOP)

    return_registers = ("r0", "r1")

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_ARM, UC_MODE_ARM

        return UC_ARCH_ARM, UC_MODE_ARM

    def set_up_engine(self, engine: Any) -> None:
        from unicorn.arm_const import UC_CPU_ARM_CORTEX_A15

        engine.ctl_set_cpu_model(UC_CPU_ARM_CORTEX_A15)  # one that divides

    def unicorn_register(self, name: str) -> int:
        from unicorn import arm_const

        return getattr(arm_const, f"UC_ARM_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_ARM)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(keystone.KS_ARCH_ARM, keystone.KS_MODE_ARM)

    # -- traps

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("cpsr", SVC | I | F)

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        if number != SYSTEM_CALL:
            return number
        return _SVC_CODE + (machine.memory.u32(cpu.pc - 4) & 0xFFFFFF)

    def interrupts_enabled(self, cpu: Any) -> bool:
        return not cpu.read("cpsr") & I

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        state = cpu.read("cpsr")
        cpu.write("cpsr", state & ~I if enabled else state | I)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("r0"), cpu.read("r1"), cpu.read("r2")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("r0", value & self.mask)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def fault_vector(self, kind: str) -> int:
        return {"page": DATA_ABORT, "opcode": UNDEFINED}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        place = machine.per_cpu("cpu_far", cpu)
        if place is not None:
            machine.memory.write_word(place, address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return field("cpsr") & MODE == USR

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        if "vectors" not in machine.symbols:
            machine.trap_entry(vector)  # which says that there is none
        if vector >= _IRQ:
            machine.memory.write_word(machine.per_cpu("cpu_irq", cpu), vector - _IRQ)
            self._leave_for(machine, cpu, _INTERRUPT)
            return
        code = error_code or 0
        if vector == DATA_ABORT and code & _FETCH:
            vector = PREFETCH_ABORT
        status = PERMISSION if code & _PROTECTION else TRANSLATION
        if vector == BREAKPOINT:
            status = DEBUG
        elif code & _WRITE:
            status |= WRITE
        place = machine.per_cpu("cpu_fsr", cpu)
        if place is not None:
            machine.memory.write_word(place, status)
        self._leave_for(machine, cpu, _ENTRIES.get(vector, 0))

    def _leave_for(self, machine: Any, cpu: Any, offset: int) -> None:
        """What every exception does: puts where it came from on the kernel stack, which it aligns to 8 bytes, and
        goes to an entry of the vectors."""
        state, sp = cpu.read("cpsr"), cpu.sp
        user = cpu.user_mode
        top = machine.trap_stack(cpu) if user else sp & ~7
        saved = state & FLAGS | USR if user else state
        words = (sp, cpu.read("lr"), cpu.read_pc(), saved, cpu.read("r0"))
        machine.memory.write(top - 20, b"".join(word.to_bytes(4, "little") for word in words))
        cpu.sp = top - 20
        cpu.write("cpsr", state & FLAGS | SVC | I | F)
        cpu.user_mode = False
        cpu.write_pc(machine.symbol("vectors") + offset)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        word = machine.memory.u32
        at = cpu.sp
        sp, lr, pc, state = (word(at + 4 * i) for i in range(len(_FRAME)))
        cpu.sp = sp
        cpu.write("lr", lr)
        cpu.write("cpsr", state & ~(MODE | T) | SVC)  # the CPU itself never executes user code
        cpu.write_pc(pc)
        return state & MODE == USR

    def enter_system_call(self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]) -> None:
        for register, value in zip(_GENERAL[:6], arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("r7", number & self.mask)
        self._leave_for(machine, cpu, _ENTRIES[SYSTEM_CALL])

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        """Numbers of 64 bits are in an even register and the next one, or on the stack at a multiple of 8."""
        places, register, offset = [], 0, 0
        for size in sizes:
            if size > 4:
                register = (register + 1) & ~1
            words = (size + 3) // 4
            if register + words <= 4:
                second = _GENERAL[register + 1] if words == 2 else None
                places.append(Place(_GENERAL[register], 0, size, second))
                register += words
                continue
            register = 4
            if size > 4:
                offset = (offset + 7) & ~7
            places.append(Place(None, offset, size))
            offset += 4 * words
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([4] * n + [size or 4])[n]

    def set_up_call(self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int) -> None:
        for register, value in zip(_GENERAL[:4], arguments, strict=False):
            cpu.write(register, value & self.mask)
        on_stack = b"".join((value & self.mask).to_bytes(4, "little") for value in arguments[4:])
        stack = (cpu.sp - len(on_stack)) & ~7
        if on_stack:
            machine.memory.write(stack, on_stack)
        cpu.sp = stack
        cpu.write("lr", back)
        cpu.write("cpsr", cpu.read("cpsr") & FLAGS | SVC | I | F)
        cpu.write_pc(function)

    # A call is known by its stack pointer, which is the caller's before and after it. The way back is in lr.

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return cpu.read("lr")

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        cpu.write("lr", address)

    def frame_of_entry(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_return(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_cfa(self, cfa: int) -> int:
        return cfa

    # -- instructions out of line

    instruction_alignment = 4

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        return frozenset(range(start, start + len(code) - 3, 4)) - instructions.literals(code, start)

    def is_breakpoint(self, data: bytes) -> bool:
        return instructions.is_bkpt(int.from_bytes(data, "little"))

    def check_place(self, code: bytes, start: int, address: int) -> None:
        instructions.refuse_exclusive_sequence(code, start, address)

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        made = instructions.prepare(code, address, slot)
        condition = code[3] >> 4
        if condition < instructions.ALWAYS:
            made.executes = lambda cpu: instructions.holds(condition, cpu.read("cpsr"))
        return made

    # There is no stepping: the copy is followed by a breakpoint. Instead of a branch a nop is copied, and the branch
    # carried out afterwards; instead of PC as an operand the copy has another register, lent for the step.

    def single_step(self, cpu: Any, slot: Slot) -> Any:
        cpu.write_pc(slot.address)
        kind = slot.kind
        if not isinstance(kind, instructions.Substitute):
            return None
        borrowed = cpu.read(kind.register)
        if kind.reads:
            cpu.write(kind.register, slot.original + 8)
        return borrowed, instructions.holds(kind.condition, cpu.read("cpsr"))

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        target, kind = slot.original + 4, slot.kind
        if isinstance(kind, instructions.Substitute):
            borrowed, executed = saved
            if kind.writes and executed:
                target = cpu.read(kind.register)
            cpu.write(kind.register, borrowed)
        elif kind is not None:
            target = kind(machine, cpu, slot.original)
        cpu.write_pc(target & self.mask)
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        if saved is not None:
            cpu.write(slot.kind.register, saved[0])
        cpu.write_pc(slot.original)


ARCHITECTURE = Arm()
