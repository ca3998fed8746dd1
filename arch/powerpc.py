"""64-bit PowerPC, whatever its byte order: traps, the calling convention, instructions out of line."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stapy.arch import powerpc_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, InstructionError, Place, Slot

# Bits of the machine state register: 64-bit mode, interrupts enabled, user mode, little-endian.
SF, EE, PR, LE = 1 << 63, 0x8000, 0x4000, 0x1

# Unicorn's numbers of exceptions, which are the vectors here: their offset / 0x100, less 1.
DATA_STORAGE, INSTRUCTION_STORAGE, EXTERNAL, ALIGNMENT, PROGRAM, FP_UNAVAILABLE, SYSTEM_CALL = range(2, 9)
ILLEGAL = 0x60  # an instruction that is none: a program check too
_IRQ = 0x100  # + the line: vectors of interrupts

# DSISR of a storage interrupt.
_NO_TRANSLATION, _PROTECTED, _STORE = 0x40000000, 0x08000000, 0x02000000
# Error codes of page faults, the machine's.
_PROTECTION, _WRITE, _USER, _FETCH = 1, 2, 4, 16

_GENERAL = tuple(f"r{n}" for n in range(32))
_FIELDS = (
    *_GENERAL, "nip", "msr", "orig_gpr3", "ctr", "link", "xer", "ccr", "softe", "trap", "dar", "dsisr", "result",
)  # fmt: skip
_PT_REGS = {field: 8 * i for i, field in enumerate(_FIELDS)}
_PT_REGS_SIZE = 8 * len(_FIELDS)
_REGISTERS = {
    **{f"r{n}": f"{n}" for n in range(32)},
    "nip": "PC",
    "msr": "MSR",
    "ctr": "CTR",
    "link": "LR",
    "xer": "XER",
    "ccr": "CR",
}
_ALIASES = {
    "pc": "nip",
    "lr": "link",
    "cr": "ccr",
    "sp": "r1",
    "flags": "msr",
    "eflags": "msr",
    **{f"gpr{n}": f"r{n}" for n in range(32)},
}
# gcc's numbers; what it has none for has that of its special purpose register: SRR0 and SRR1.
_DWARF_REGISTERS = {
    **dict(enumerate(_GENERAL)), 64: "ccr", 65: "link", 66: "ctr", 76: "xer", 126: "nip", 127: "msr",
}  # fmt: skip

_RED_ZONE = 288  # below the stack pointer: leaf functions keep their registers there
_FRAME = 112  # what the kernel's entries leave below pt_regs, and the smallest frame of any ABI
_ARGUMENTS = _GENERAL[3:11]
_SUMMARY_OVERFLOW = 0x10000000  # of cr0: a system call failed


class PowerPC(Architecture):
    bits = 64
    page_offset = 0xC000000000000000
    module_area = 0xBFFFFFFFFF800000  # a branch reaches 32 MB, and the kernel lies 16 MB above page_offset
    user_text = 0x10000000
    thread_size = 16384

    pt_regs = _PT_REGS
    pt_regs_size = _PT_REGS_SIZE
    saved_registers_offset = _FRAME
    registers = _REGISTERS
    register_aliases = _ALIASES
    dwarf_registers = _DWARF_REGISTERS
    pc = "nip"
    sp = "r1"

    breakpoint_trap = PROGRAM
    breakpoint_pc = 4
    handler_pc = 0
    machine_call_trap = SYSTEM_CALL
    return_trap = FP_UNAVAILABLE
    max_slot_size = 32
    min_stack_size = 256

    return_registers = ("r3",)
    parameter_area: int  # where the ABI has room for arguments, from the caller's stack pointer

    @cached_property
    def _order(self) -> Any:
        return self.endian

    def word_bytes(self, *instructions: int) -> bytes:
        """Instructions as they lie in memory."""
        return b"".join(word.to_bytes(4, self._order) for word in instructions)

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_PPC, UC_MODE_BIG_ENDIAN, UC_MODE_PPC64

        return UC_ARCH_PPC, UC_MODE_PPC64 | UC_MODE_BIG_ENDIAN

    def set_up_engine(self, engine: Any) -> None:
        from unicorn import UC_TLB_VIRTUAL

        engine.ctl_set_tlb_mode(UC_TLB_VIRTUAL)

    def unicorn_register(self, name: str) -> int:
        from unicorn import ppc_const

        return getattr(ppc_const, f"UC_PPC_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        big = self.endian == "big"
        order = capstone.CS_MODE_BIG_ENDIAN if big else capstone.CS_MODE_LITTLE_ENDIAN
        return capstone.Cs(capstone.CS_ARCH_PPC, capstone.CS_MODE_64 | order)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        big = self.endian == "big"
        order = keystone.KS_MODE_BIG_ENDIAN if big else keystone.KS_MODE_LITTLE_ENDIAN
        return keystone.Ks(keystone.KS_ARCH_PPC, keystone.KS_MODE_PPC64 | order)

    # -- traps

    @cached_property
    def _kernel_msr(self) -> int:
        return SF if self.endian == "big" else SF | LE

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("msr", self._kernel_msr)

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        if number in (PROGRAM, SYSTEM_CALL):
            return number
        place = cpu.pc - 4  # exceptions are shown behind the instruction that caused them
        if number == FP_UNAVAILABLE and machine.memory.u32(place) == instructions.RETURN:
            return number
        cpu.write_pc(place)
        return ALIGNMENT if number == ALIGNMENT else ILLEGAL

    def interrupts_enabled(self, cpu: Any) -> bool:
        return bool(cpu.read("msr") & EE)

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        msr = cpu.read("msr")
        cpu.write("msr", msr | EE if enabled else msr & ~EE)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("r3"), cpu.read("r4"), cpu.read("r5")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("r3", value & self.mask)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def fault_vector(self, kind: str) -> int:
        return {"page": DATA_STORAGE, "opcode": ILLEGAL}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        place = machine.per_cpu("cpu_dar", cpu)
        if place is not None:
            machine.memory.write_word(place, address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return bool(field("msr") & PR)

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        nip, status, dar, error = cpu.read_pc(), 0, 0, error_code or 0
        if "cpu_dar" not in machine.symbols:
            machine.trap_entry(vector)  # which says that there is none
        if vector >= _IRQ:
            machine.memory.write_word(machine.per_cpu("cpu_irq", cpu), vector - _IRQ)
            vector = EXTERNAL
        elif vector == DATA_STORAGE:
            dar = machine.memory.word(machine.per_cpu("cpu_dar", cpu))
            status = _PROTECTED if error & _PROTECTION else _NO_TRANSLATION
            status |= _STORE if error & _WRITE else 0
            vector = INSTRUCTION_STORAGE if error & _FETCH else DATA_STORAGE
        elif vector == PROGRAM:
            nip -= self.breakpoint_pc
        elif vector == ILLEGAL:
            vector = PROGRAM
        self._leave_for(machine, cpu, machine.trap_entry(vector), nip, dar, status)

    def _leave_for(self, machine: Any, cpu: Any, entry: int, nip: int, dar: int = 0, dsisr: int = 0) -> None:
        """What every exception does here: makes a frame for the kernel's entry, and goes there."""
        memory, sp, msr = machine.memory, cpu.sp, cpu.read("msr")
        if cpu.user_mode:
            saved, stack = msr | PR | EE, machine.trap_stack(cpu)
        else:
            saved, stack = msr, (sp - _RED_ZONE) & ~15
        frame = stack - _PT_REGS_SIZE - _FRAME
        regs = frame + _FRAME
        for field, value in (("r1", sp), ("nip", nip), ("msr", saved), ("dar", dar), ("dsisr", dsisr)):
            memory.write_word(regs + _PT_REGS[field], value)
        cpu.sp = frame
        cpu.write("msr", msr & ~(EE | PR))
        cpu.user_mode = False
        cpu.write_pc(entry)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        word, regs = machine.memory.word, cpu.sp + _FRAME
        msr = word(regs + _PT_REGS["msr"])
        cpu.write_pc(word(regs + _PT_REGS["nip"]))
        cpu.write("msr", msr & ~PR)  # the CPU itself never executes user code
        cpu.sp = word(regs + _PT_REGS["r1"])
        return bool(msr & PR)

    def enter_system_call(
        self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]
    ) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("r0", number & self.mask)
        self._leave_for(machine, cpu, machine.symbol("system_call"), cpu.read_pc())

    def system_call_result(self, cpu: Any) -> int:
        result = cpu.read("r3")
        return -result & self.mask if cpu.read("ccr") & _SUMMARY_OVERFLOW else result

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places: list[Place] = []
        for n, size in enumerate(sizes):
            if size > 8:
                raise NotImplementedError("an argument of more than 8 bytes")
            if n < len(_ARGUMENTS):
                places.append(Place(_ARGUMENTS[n], 0, size))
            else:
                shift = 8 - size if self.endian == "big" else 0
                places.append(Place(None, self.parameter_area + 8 * n + shift, size))
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([8] * n + [size or 8])[n]

    def set_up_call(
        self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int
    ) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        beyond = max(0, len(arguments) - len(_ARGUMENTS))
        before = cpu.sp
        sp = (before - _RED_ZONE - _FRAME - 8 * beyond) & ~15
        machine.memory.write_word(sp, before)
        for n, value in enumerate(arguments[len(_ARGUMENTS) :], len(_ARGUMENTS)):
            machine.memory.write_word(sp + self.parameter_area + 8 * n, value & self.mask)
        cpu.sp = sp
        if "kernel_toc" in machine.symbols:
            cpu.write("r2", machine.memory.word(machine.symbol("kernel_toc")))
        cpu.write("r12", function)
        cpu.write("link", back)
        cpu.write("msr", cpu.read("msr") & ~(EE | PR))
        cpu.write_pc(function)

    # A call is known by its stack pointer, which is the caller's before and after it. The way back is in the
    # link register.

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return cpu.read("link")

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        cpu.write("link", address)

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
        return instructions.is_trap(int.from_bytes(data, self._order))

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        if address & 3:
            raise InstructionError("EINVAL", f"{address:#x} is not aligned")
        return instructions.prepare(self, int.from_bytes(code[:4], self._order), address, slot)

    # There is no stepping: the copy is followed by a breakpoint. A branch is not copied to be stepped, but carried
    # out at that breakpoint.

    def single_step(self, cpu: Any, slot: Slot) -> None:
        cpu.write_pc(slot.address)

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        target = slot.original + 4
        if slot.kind is not None:
            target = slot.kind(cpu, slot.original)
        cpu.write_pc(target & self.mask)
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        cpu.write_pc(slot.original)


def make_trampolines(word_bytes: Callable[..., bytes]) -> tuple[Assembly, Assembly]:
    """The trampoline of return probes and the stub of jprobes."""
    trap, nop = instructions.TRAP, instructions.NOP
    return (
        Assembly("trap; nop", word_bytes(trap, nop)),
        Assembly("trap; trap; nop", word_bytes(trap, trap, nop)),
    )
