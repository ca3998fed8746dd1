"""riscv64: RV64IMAC with the lp64 calling convention, as Linux runs on it (39-bit addresses)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stapy.arch import riscv64_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, Place, Slot
from stapy.arch.riscv64_instructions import GENERAL

# sstatus: interrupts on, before the trap, and where that came from.
SIE, SPIE, SPP = 0x2, 0x20, 0x100

# Causes of exceptions, which are Unicorn's numbers of traps too: ecall always counts as user mode's.
ILLEGAL, BREAKPOINT, ECALL, FETCH_FAULT, LOAD_FAULT, STORE_FAULT = 2, 3, 8, 12, 13, 15
INTERRUPT = 1 << 63
_TIMER, _PLATFORM = 5, 16  # causes of interrupts: the timer's, the first of the platform's lines
_IRQ = 0x100  # + the line: vectors of interrupts
# Unicorn has one number for all that is illegal. Of this we call:
_URET, _OTHER_ILLEGAL = 0x202, 0x203

# Error codes of page faults, the machine's.
_WRITE, _USER, _FETCH = 2, 4, 16

_CSRS = ("status", "badaddr", "cause")
_FIELDS = ("epc", *GENERAL[1:], *_CSRS, "orig_a0")
_PT_REGS = {name: 8 * i for i, name in enumerate(_FIELDS)}
_REGISTERS = {
    "epc": "PC",
    **{name: f"X{n}" for n, name in enumerate(GENERAL)},
    "status": "SSTATUS",
    "badaddr": "STVAL",
    "cause": "SCAUSE",
    "sepc": "SEPC",
    "sscratch": "SSCRATCH",
    "stvec": "STVEC",
}
_ALIASES = {
    "pc": "epc",
    "ip": "epc",
    "fp": "s0",
    "sstatus": "status",
    "flags": "status",
    **{f"x{n}": name for n, name in enumerate(GENERAL)},
}
_ARGUMENTS = GENERAL[10:18]
# 64 is the column for the address that a signal frame goes back to.
_DWARF_REGISTERS = {**dict(enumerate(GENERAL)), 64: "epc"}


class Riscv64(Architecture):
    name = "riscv64"
    aliases = ("riscv",)
    bits = 64
    endian = "little"
    page_offset = 0xFFFFFFE000000000
    module_area = 0xFFFFFFDFFC000000
    user_text = 0x400000
    system_call_instruction = b"\x73\x00\x00\x00"

    pt_regs = _PT_REGS
    pt_regs_size = 8 * len(_FIELDS)
    registers = _REGISTERS
    register_aliases = _ALIASES
    dwarf_registers = _DWARF_REGISTERS
    pc = "epc"
    sp = "sp"

    breakpoint = instructions.BREAKPOINT
    breakpoint_trap = ILLEGAL
    breakpoint_pc = 4  # Unicorn's, whatever the instruction's length
    handler_pc = 0
    machine_call_trap = ECALL
    return_trap = _URET
    max_slot_size = 16
    min_stack_size = 64
    # Keystone has no RISC-V: c.unimp; c.nop.
    return_trampoline = Assembly("c.unimp; c.nop", instructions.BREAKPOINT + instructions.C_NOP)
    jprobe_stub = Assembly("c.unimp; c.unimp; c.nop", instructions.BREAKPOINT * 2 + instructions.C_NOP)

    return_registers = ("a0", "a1")

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_RISCV, UC_MODE_RISCV64

        return UC_ARCH_RISCV, UC_MODE_RISCV64

    def unicorn_register(self, name: str) -> int:
        from unicorn import riscv_const

        return getattr(riscv_const, f"UC_RISCV_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV64 | capstone.CS_MODE_RISCVC)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        raise NotImplementedError("Keystone does not assemble for RISC-V")

    # -- traps

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("status", 0)

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        if number != ILLEGAL:
            return number
        at = cpu.read_pc() - 4
        if machine.memory.u16(at) == 0:
            return ILLEGAL
        return _URET if machine.memory.u32(at) == instructions.URET else _OTHER_ILLEGAL

    def interrupts_enabled(self, cpu: Any) -> bool:
        return bool(cpu.read("status") & SIE)

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        status = cpu.read("status")
        cpu.write("status", status | SIE if enabled else status & ~SIE)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("a7"), cpu.read("a0"), cpu.read("a1")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("a0", value & self.mask)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def fault_vector(self, kind: str) -> int:
        # What Unicorn reports as no instruction at all is ebreak.
        return {"page": LOAD_FAULT, "opcode": BREAKPOINT}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        cpu.write("badaddr", address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return not field("status") & SPP

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        at = cpu.read_pc()
        if not cpu.read("stvec"):
            machine.trap_entry(vector)  # which says that there is none
        if _IRQ <= vector < _URET:
            irq = vector - _IRQ
            self._enter(cpu, INTERRUPT | (_PLATFORM + irq if irq else _TIMER), at)
        elif vector == LOAD_FAULT:
            error_code = error_code or 0
            fault = LOAD_FAULT
            if error_code & (_FETCH | _WRITE):
                fault = FETCH_FAULT if error_code & _FETCH else STORE_FAULT
            self._enter(cpu, fault, at)
        elif vector == BREAKPOINT or cpu.user_mode:
            self._enter(cpu, vector, at)
        else:  # Unicorn has gone 4 further
            self._enter(cpu, ILLEGAL if vector == _OTHER_ILLEGAL else vector, at - 4)

    def _enter(self, cpu: Any, cause: int, epc: int) -> None:
        status = cpu.read("status")
        saved = (SPIE if status & SIE else 0) | (0 if cpu.user_mode else SPP)
        cpu.write("status", status & ~(SIE | SPIE | SPP) | saved)
        cpu.write("sepc", epc & self.mask)
        cpu.write("cause", cause)
        cpu.user_mode = False
        cpu.write_pc(cpu.read("stvec"))

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        status = cpu.read("status")
        cpu.write("status", status & ~(SIE | SPP) | SPIE | (SIE if status & SPIE else 0))
        cpu.write_pc(cpu.read("sepc"))
        return not status & SPP

    def enter_system_call(self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]) -> None:
        for register, value in zip(_ARGUMENTS[:6], arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("a7", number & self.mask)
        self._enter(cpu, ECALL, cpu.read_pc() - 4)

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places, free, offset = [], list(_ARGUMENTS), 0
        for size in sizes:
            if size <= 8 and free:
                places.append(Place(free.pop(0), 0, size))
            elif size > 8 and free:
                raise NotImplementedError("a 16-byte argument in registers")
            else:
                places.append(Place(None, offset, size))
                offset += (size + 7) & ~7
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([8] * n + [size or 8])[n]

    def set_up_call(self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        on_stack = b"".join((value & self.mask).to_bytes(8, "little") for value in arguments[8:])
        stack = (cpu.sp - len(on_stack)) & ~15
        if on_stack:
            machine.memory.write(stack, on_stack)
        cpu.sp = stack
        cpu.write("ra", back)
        cpu.write("status", cpu.read("status") & ~SIE)
        cpu.write("sscratch", 0)  # as the kernel has it while it runs
        cpu.write_pc(function)

    # A call is known by its stack pointer, which is the caller's before and after it. The way back is in ra.

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return cpu.read("ra")

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        cpu.write("ra", address)

    def frame_of_entry(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_return(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_cfa(self, cfa: int) -> int:
        return cfa

    # -- instructions out of line

    instruction_alignment = 2
    misaligned = "EILSEQ"

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        return instructions.boundaries(code, start)

    def check_place(self, code: bytes, start: int, address: int) -> None:
        instructions.refuse_reserved_sequence(code, start, address)

    # There is no stepping: the copy is followed by a breakpoint. Of an instruction that is simulated there is no
    # copy, and the breakpoint alone, if somebody waits for its end: it is carried out afterwards.

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        instructions.refuse(code, address)
        size, simulate = instructions.length(code), instructions.simulation(code)
        return Slot(slot, address, size, b"" if simulate else code[:size], None, simulate, emulate=simulate)

    def single_step(self, cpu: Any, slot: Slot) -> None:
        cpu.write_pc(slot.address)

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        if slot.kind is None:
            cpu.write_pc(slot.original + slot.size)
        else:
            cpu.write_pc(slot.kind(cpu, slot.original))
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        cpu.write_pc(slot.original)


ARCHITECTURE = Riscv64()
