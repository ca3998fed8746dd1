"""s390x: z/Architecture in 64-bit mode with the ELF calling convention, as Linux runs on it (big-endian)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stapy.arch import s390x_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, Place, Slot

# Bits of the program status word's mask: interrupts of devices and the clock, user mode, condition code, 64-bit
# addresses.
IO, EXT, PSTATE, CC, EA_BA = 2 << 56, 1 << 56, 1 << 48, 3 << 44, 0x180000000

# Unicorn's numbers of exceptions: it does not tell program checks apart.
SUPERVISOR_CALL, PROGRAM_CHECK = 2, 3
# Numbers of program checks as the kernel sees them. An operation exception has the number of its vector.
OPERATION, PROTECTION, FIXED_POINT_DIVIDE, PAGE_TRANSLATION = 0x01, 0x04, 0x09, 0x11
_IRQ = 0x100  # + the line: vectors of interrupts
_SVC = 0x200  # + svc's operand: the traps that Unicorn shows as one

# What the kernel reads of an access that failed.
_TEC_STORE, _TEC_INSTRUCTION = 0x400, 0x001
# Error codes of page faults, the machine's.
_PROTECTION, _WRITE, _USER, _FETCH = 1, 2, 4, 16
# Entries of the kernel's table of vectors.
_PROGRAM_CHECK_ENTRY, _INTERRUPT_ENTRY = 0, 1

_GENERAL = tuple(f"r{n}" for n in range(16))
_PT_REGS = {
    name: 8 * i for i, name in enumerate(("args", "psw_mask", "psw_addr", *_GENERAL, "orig_gpr2"))
}
_INT_CODE, _INT_PARM, _INT_PARM_LONG = 160, 164, 168
_REGISTERS = {**{name: name.upper() for name in _GENERAL}, "psw_addr": "PC", "psw_mask": "PSWM"}
_ALIASES = {
    "pc": "psw_addr", "psw.addr": "psw_addr", "psw.mask": "psw_mask", "flags": "psw_mask", "eflags": "psw_mask",
    "sp": "r15", "lr": "r14", **{f"gpr{n}": f"r{n}" for n in range(16)},
}  # fmt: skip

_FRAME = 160  # the smallest stack frame: what a callee may use of its caller's
_ARGUMENTS = _GENERAL[2:7]


_DWARF = {**dict(enumerate(_GENERAL)), 64: "psw_mask", 65: "psw_addr"}


class S390x(Architecture):
    name = "s390x"
    aliases = ("s390",)
    bits = 64
    endian = "big"
    page_offset = 0x3FFE0000000
    module_area = 0x3FFDFC00000
    user_text = 0x1000000
    thread_size = 16384
    system_call_instruction = b"\x0a\x00"  # svc 0

    pt_regs = _PT_REGS
    pt_regs_size = 184
    saved_registers_offset = _FRAME
    registers = _REGISTERS
    register_aliases = _ALIASES
    dwarf_registers = _DWARF
    pc = "psw_addr"
    sp = "r15"

    breakpoint = instructions.BREAKPOINT
    breakpoint_trap = PROGRAM_CHECK
    breakpoint_pc = 0
    handler_pc = 2  # the hardware's PSW is that of the next instruction
    machine_call_trap = _SVC + 0x7F
    return_trap = _SVC + 0x7E
    max_slot_size = instructions.SLOT_SIZE
    min_stack_size = 256
    return_trampoline = Assembly(".short 2; bcr 0, %r7", instructions.BREAKPOINT + instructions.NOPR)
    jprobe_stub = Assembly(
        ".short 2; .short 2; bcr 0, %r7", instructions.BREAKPOINT * 2 + instructions.NOPR
    )

    return_registers = ("r2",)

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_S390X, UC_MODE_BIG_ENDIAN

        return UC_ARCH_S390X, UC_MODE_BIG_ENDIAN

    def set_up_engine(self, engine: Any) -> None:
        from unicorn.s390x_const import UC_S390X_REG_PSWM

        engine.reg_write(UC_S390X_REG_PSWM, EA_BA)  # it starts with 24-bit addresses

    def unicorn_register(self, name: str) -> int:
        from unicorn import s390x_const

        return getattr(s390x_const, f"UC_S390X_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_SYSZ, capstone.CS_MODE_BIG_ENDIAN)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(keystone.KS_ARCH_SYSTEMZ, keystone.KS_MODE_BIG_ENDIAN)

    # -- traps

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("psw_mask", EA_BA)

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        place = cpu.read_pc()
        if number == SUPERVISOR_CALL:
            cpu.write_pc(place + 2)
            return _SVC + machine.memory.u8(place + 1)
        if number != PROGRAM_CHECK or instructions.is_breakpoint_at(machine.memory, place):
            return number
        if instructions.failed_access(machine.memory, cpu, place) is not None:
            return PAGE_TRANSLATION
        return FIXED_POINT_DIVIDE if instructions.divides(machine.memory, place) else OPERATION

    def trap_details(self, machine: Any, cpu: Any, number: int) -> tuple[int, int]:
        if number != PAGE_TRANSLATION:
            return 0, 0
        failed = instructions.failed_access(machine.memory, cpu, cpu.read_pc())
        assert failed is not None
        return self.page_fault_error(failed[1], False), failed[0]

    def interrupts_enabled(self, cpu: Any) -> bool:
        return bool(cpu.read("psw_mask") & EXT)

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        mask = cpu.read("psw_mask")
        cpu.write("psw_mask", mask | IO | EXT if enabled else mask & ~(IO | EXT))

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("r1"), cpu.read("r2"), cpu.read("r3")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("r2", value & self.mask)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def fault_vector(self, kind: str) -> int:
        return {"page": PAGE_TRANSLATION, "opcode": OPERATION}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        place = machine.per_cpu("cpu_trans_exc", cpu)
        if place is not None:
            machine.memory.write_word(place, address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return bool(field("psw_mask") & PSTATE)

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        if vector >= _IRQ:
            self._leave_for(machine, cpu, machine.trap_entry(_INTERRUPT_ENTRY), parameter=vector - _IRQ)
            return
        if "idt_table" not in machine.symbols:
            machine.trap_entry(vector)  # which says that there is none
        code, access, address, error = vector, 0, 0, error_code or 0
        if vector == PROGRAM_CHECK:  # a breakpoint
            code = OPERATION
        elif vector == PAGE_TRANSLATION:
            address = machine.memory.word(machine.per_cpu("cpu_trans_exc", cpu))
            code = PROTECTION if error & _PROTECTION else PAGE_TRANSLATION
            access = (_TEC_STORE if error & _WRITE else 0) | (_TEC_INSTRUCTION if error & _FETCH else 0)
        self._leave_for(machine, cpu, machine.trap_entry(_PROGRAM_CHECK_ENTRY), code, access, address)

    def _leave_for(
        self, machine: Any, cpu: Any, entry: int, code: int = 0, access: int = 0, parameter: int = 0
    ) -> None:
        """What every exception does here: makes a frame for the kernel's entry, and goes there."""
        memory, sp, mask = machine.memory, cpu.sp, cpu.read("psw_mask")
        saved, stack = mask, sp
        if cpu.user_mode:
            saved, stack = mask | PSTATE | IO | EXT, machine.trap_stack(cpu)
        regs = (stack - self.pt_regs_size) & ~7
        for field, value in (("r15", sp), ("psw_addr", cpu.read_pc()), ("psw_mask", saved)):
            memory.write_word(regs + _PT_REGS[field], value)
        memory.write_u32(regs + _INT_CODE, code)
        memory.write_u32(regs + _INT_PARM, access)
        memory.write_word(regs + _INT_PARM_LONG, parameter)
        cpu.sp = regs - _FRAME
        cpu.write("psw_mask", mask & ~(IO | EXT))
        cpu.user_mode = False
        cpu.write_pc(entry)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        word, regs = machine.memory.word, cpu.sp + _FRAME
        mask = word(regs + _PT_REGS["psw_mask"])
        cpu.write("psw_mask", mask & ~PSTATE)  # the CPU itself never executes user code
        cpu.write_pc(word(regs + _PT_REGS["psw_addr"]))
        cpu.sp = word(regs + _PT_REGS["r15"])
        return bool(mask & PSTATE)

    def enter_system_call(
        self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]
    ) -> None:
        for register, value in zip(_GENERAL[2:8], arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("r1", number & self.mask)
        self._leave_for(machine, cpu, machine.symbol("system_call"))

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places, free, offset = [], list(_ARGUMENTS), _FRAME
        for size in sizes:
            if size > 8:
                raise NotImplementedError("an argument of more than 8 bytes")
            if free:
                places.append(Place(free.pop(0), 0, size))
            else:
                places.append(Place(None, offset + 8 - size, size))
                offset += 8
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([8] * n + [size or 8])[n]

    def set_up_call(
        self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int
    ) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        on_stack = arguments[len(_ARGUMENTS) :]
        before = cpu.sp
        sp = (before - _FRAME - 8 * len(on_stack)) & ~7
        machine.memory.write_word(sp, before)
        for n, value in enumerate(on_stack):
            machine.memory.write_word(sp + _FRAME + 8 * n, value & self.mask)
        cpu.sp = sp
        cpu.write("r14", back)
        cpu.write("psw_mask", EA_BA)
        cpu.write_pc(function)

    # A call is known by its stack pointer, which is the caller's before and after it. The way back is in r14.

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return cpu.read("r14")

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        cpu.write("r14", address)

    def frame_of_entry(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_return(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_cfa(self, cfa: int) -> int:
        return cfa - _FRAME

    # -- instructions out of line

    instruction_alignment = 2

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        return frozenset(start + at for at in instructions.starts(code))

    def check_place(self, code: bytes, start: int, address: int) -> None:
        instructions.refuse_executed(code, start, address)

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        return instructions.prepare(code, address, slot)

    # There is no stepping: the copy is followed by a breakpoint. A conditional branch goes there in both cases,
    # leaving a mark behind where it is not taken; what leaves a return address is carried out at the breakpoint.

    def single_step(self, cpu: Any, slot: Slot) -> int | None:
        cpu.write_pc(slot.address)
        return slot.kind.begin(cpu, slot) if slot.kind is not None else None

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        target = slot.original + slot.size
        if slot.kind is not None:
            target = slot.kind.end(cpu, slot, saved)
        cpu.write_pc(target & self.mask)
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        cpu.write_pc(slot.original)


ARCHITECTURE = S390x()
