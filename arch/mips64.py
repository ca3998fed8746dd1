"""mips64: 64-bit MIPS, release 2, big-endian, with the n64 ABI; branches with delay slots."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from stapy.arch import mips64_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, Instruction, InstructionError, Place, Slot
from stapy.arch.mips64_faults import failing_store
from stapy.arch.mips64_instructions import GENERAL

# Bits of the status register: interrupts on, in an exception, user mode; its value when the kernel starts.
IE, EXL, USER = 0x1, 0x2, 0x10
# 64-bit addresses in every mode, and the error level, in which the lowest 2 GB are not translated.
_STATUS = 0xE4
_KERNEL, _PHYSICAL = 0xFFFFFFFF80000000, 0x1FFFFFFF  # CKSEG0: the lowest 512 MB of physical memory
_BD = 1 << 31  # of the cause register: in a delay slot

# Kinds of exceptions: vectors here.
INTERRUPT, MODIFIED, TLB_LOAD, TLB_STORE, ADDRESS_LOAD, ADDRESS_STORE = range(6)
SYSTEM_CALL, BREAK, RESERVED, COPROCESSOR, OVERFLOW, TRAP = range(8, 14)
_ACCESSES = (MODIFIED, TLB_LOAD, TLB_STORE, ADDRESS_LOAD, ADDRESS_STORE)
_IRQ = 0x100  # + the line: vectors of interrupts
_TIMER_LINE, _LINES = 7, 2  # which bit of the cause register asks: the timer's, the first of the platform's

# Unicorn's number for `syscall`, which is a breakpoint here, and its numbers for the other exceptions.
BREAKPOINT = 17
_UNICORN = {
    12: ADDRESS_LOAD, 13: ADDRESS_STORE, 18: BREAK, 19: COPROCESSOR, 20: RESERVED, 21: OVERFLOW, 22: TRAP,
    26: TLB_LOAD, 27: TLB_STORE,
}  # fmt: skip
_CODE = 0x1000  # + the code in the instruction: other traps

# Error codes of page faults, the machine's.
_PROTECTION, _WRITE, _USER, _FETCH = 1, 2, 4, 16

_FIELDS = (*GENERAL, "cp0_status", "hi", "lo", "cp0_badvaddr", "cp0_cause", "cp0_epc")
_PT_REGS = {name: 8 * i for i, name in enumerate(_FIELDS)}
_PT_REGS_SIZE = 8 * len(_FIELDS)
_REGISTERS = {
    **{name: str(n) for n, name in enumerate(GENERAL)},
    "cp0_status": "CP0_STATUS",
    "hi": "HI",
    "lo": "LO",
    "cp0_epc": "PC",
}
_ALIASES = {
    "pc": "cp0_epc",
    "ip": "cp0_epc",
    "epc": "cp0_epc",
    "s8": "fp",
    "status": "cp0_status",
    "flags": "cp0_status",
    **{f"r{n}": name for n, name in enumerate(GENERAL)},
}
# 37 is the program counter's for debuggers; in gcc's numbers it is a floating point register, of which there is none.
_DWARF_REGISTERS = {**dict(enumerate(GENERAL)), 37: "cp0_epc", 64: "hi", 65: "lo"}
_ARGUMENTS = GENERAL[4:12]
# Registers 8 to 15 have other names in Capstone, those of the 32-bit ABI.
_CAPSTONE = re.compile(r"\$t([0-7])\b")


class Mips64(Architecture):
    name = "mips64"
    aliases = ("mips",)
    bits = 64
    endian = "big"
    page_offset = 0xFFFFFFFF90000000
    module_area = 0xFFFFFFFF9E000000  # in the same 256 MB as the kernel, in reach of `j`
    user_text = 0x120000000
    thread_size = 16384
    system_call_instruction = instructions.words(instructions.system_call(0))

    pt_regs = _PT_REGS
    pt_regs_size = _PT_REGS_SIZE
    registers = _REGISTERS
    register_aliases = _ALIASES
    dwarf_registers = _DWARF_REGISTERS
    pc = "cp0_epc"
    sp = "sp"
    link_registers = ("ra",)

    breakpoint = instructions.words(instructions.BREAKPOINT)
    breakpoint_trap = BREAKPOINT
    breakpoint_pc = 4
    handler_pc = 0
    step_trap = _CODE + 516
    leaves_branch = True
    machine_call_trap = _CODE + 0x7F
    return_trap = _CODE + 0x7E
    max_slot_size = 64
    min_stack_size = 64
    return_trampoline = Assembly("syscall 515; nop", instructions.words(instructions.BREAKPOINT, instructions.NOP))
    jprobe_stub = Assembly(
        "syscall 515; syscall 515; nop",
        instructions.words(instructions.BREAKPOINT, instructions.BREAKPOINT, instructions.NOP),
    )

    return_registers = ("v0", "v1")

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_MIPS, UC_MODE_BIG_ENDIAN, UC_MODE_MIPS64

        return UC_ARCH_MIPS, UC_MODE_MIPS64 | UC_MODE_BIG_ENDIAN

    def set_up_engine(self, engine: Any) -> None:
        from unicorn.mips_const import UC_CPU_MIPS64_MIPS64R2_GENERIC

        # Addresses stay translated as the CPU does it: Unicorn's own way loses branches, when it translates in a delay
        # slot.
        engine.ctl_set_cpu_model(UC_CPU_MIPS64_MIPS64R2_GENERIC)

    def unicorn_register(self, name: str) -> int:
        from unicorn import mips_const

        return getattr(mips_const, f"UC_MIPS_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_MIPS, capstone.CS_MODE_MIPS64 | capstone.CS_MODE_BIG_ENDIAN)

    def capstone(self) -> Any:
        return self._capstone

    def disassemble(self, data: bytes, address: int) -> Iterator[Instruction]:
        for found in super().disassemble(data, address):
            operands = _CAPSTONE.sub(lambda match: "$" + GENERAL[8 + int(match[1])], found.operands)
            target = instructions.branch_target(int.from_bytes(found.data, "big"), found.address)
            if target is not None:  # Capstone's is the 32-bit number's with its sign
                operands = f"{operands[: operands.rfind(' ') + 1]}{target:#x}"
            yield Instruction(found.address, found.data, found.mnemonic, operands)

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(keystone.KS_ARCH_MIPS, keystone.KS_MODE_MIPS64 | keystone.KS_MODE_BIG_ENDIAN)

    def physical(self, address: int) -> int:
        return address & _PHYSICAL

    def virtual(self, address: int) -> int:
        return address | _KERNEL if self.page_offset & _PHYSICAL <= address <= _PHYSICAL else address

    # -- traps

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("cp0_status", _STATUS)

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        if number != BREAKPOINT:
            vector = _UNICORN.get(number, number)
            if vector in _ACCESSES:
                self.set_fault_address(machine, cpu, self._bad_address(machine, cpu))
            cpu.forget_branch()
            cpu.write_pc(0)  # Unicorn has lost it
            return vector
        code = machine.memory.u32(cpu.read_pc() - 4) >> 6 & 0xFFFFF
        return BREAKPOINT if code == 515 else _CODE + code

    def _bad_address(self, machine: Any, cpu: Any) -> int:
        """The register BadVAddr, which no interface reads but the kernel does."""
        reader = machine.symbols.get("read_badvaddr")
        if reader is None:
            return 0
        cpu.execute(reader.address)
        return cpu.read("k1")

    def trap_details(self, machine: Any, cpu: Any, number: int) -> tuple[int, int]:
        place = machine.per_cpu("cpu_badvaddr", cpu)
        if number not in _ACCESSES or place is None:
            return 0, 0
        return _WRITE if number in (TLB_STORE, ADDRESS_STORE) else 0, machine.memory.word(place)

    def interrupts_enabled(self, cpu: Any) -> bool:
        return bool(cpu.read("cp0_status") & IE)

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        status = cpu.read("cp0_status")
        cpu.write("cp0_status", status | IE if enabled else status & ~IE)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("v0"), cpu.read("a0"), cpu.read("a1")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("v0", value & self.mask)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def failing_place(self, cpu: Any, access: str, address: int) -> int:
        pc = cpu.read_pc()
        if access != "write":
            return pc
        return failing_store(pc, lambda at: self._instruction(cpu.memory, at), cpu.register, address)

    def _instruction(self, memory: Any, address: int) -> int:
        """What lies at ``address``, 0 where nothing does."""
        return memory.u32(address) if memory.mapped(address, 4) else 0

    def fault_vector(self, kind: str) -> int:
        return {"page": TLB_LOAD, "opcode": RESERVED}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        place = machine.per_cpu("cpu_badvaddr", cpu)
        if place is not None:
            machine.memory.write_word(place, address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return bool(field("cp0_status") & USER)

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        epc, error, cause = cpu.read_pc(), error_code or 0, 0
        if _IRQ <= vector < _CODE:
            irq = vector - _IRQ
            cause = 0x100 << (_LINES + irq if irq else _TIMER_LINE)
            vector = INTERRUPT
        elif vector == TLB_LOAD and error & _WRITE:
            vector = MODIFIED if error & _PROTECTION else TLB_STORE
        elif vector == BREAKPOINT or vector >= _CODE:
            epc, vector = epc - 4, BREAK  # Unicorn has gone on
        if vector != INTERRUPT and not cpu.user_mode:
            before = self._instruction(machine.memory, epc - 4)
            if instructions.has_delay_slot(before):
                epc, cause = epc - 4, _BD
        self._enter(machine, cpu, vector, epc, cause)

    def _enter(self, machine: Any, cpu: Any, vector: int, epc: int, cause: int = 0) -> None:
        """What every exception does here: makes room for the kernel's pt_regs, and goes to its entry."""
        entry = machine.trap_entry(vector)
        memory, sp, status = machine.memory, cpu.sp, cpu.read("cp0_status")
        saved, stack = status | EXL, sp & ~15
        if cpu.user_mode:
            saved, stack = saved | USER, machine.trap_stack(cpu)
        regs, bad_address = stack - _PT_REGS_SIZE, machine.per_cpu("cpu_badvaddr", cpu)
        values = {
            "sp": sp,
            "cp0_status": saved,
            "cp0_badvaddr": memory.word(bad_address) if bad_address is not None else 0,
            "cp0_cause": cause | vector << 2,
            "cp0_epc": epc & self.mask,
        }
        for name, value in values.items():
            memory.write_word(regs + _PT_REGS[name], value)
        cpu.sp = regs
        cpu.write("cp0_status", status & ~IE)
        cpu.user_mode = False
        cpu.write_pc(entry)

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        word, regs = machine.memory.word, cpu.sp
        status = word(regs + _PT_REGS["cp0_status"])
        cpu.write("cp0_status", status & ~(EXL | USER))  # the CPU itself never executes user code
        cpu.write_pc(word(regs + _PT_REGS["cp0_epc"]))
        cpu.sp = word(regs + _PT_REGS["sp"])
        return bool(status & USER)

    def enter_system_call(self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]) -> None:
        for register, value in zip(_ARGUMENTS[:6], arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("v0", number & self.mask)
        self._enter(machine, cpu, SYSTEM_CALL, cpu.read_pc() - 4)

    def system_call_result(self, cpu: Any) -> int:
        result = cpu.read("v0")
        return -result & self.mask if cpu.read("a3") else result

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places: list[Place] = []
        for n, size in enumerate(sizes):
            if size > 8:
                raise NotImplementedError("an argument of more than 8 bytes")
            if n < len(_ARGUMENTS):
                places.append(Place(_ARGUMENTS[n], 0, size))
            else:
                places.append(Place(None, 8 * (n - len(_ARGUMENTS)) + 8 - size, size))
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([8] * n + [size or 8])[n]

    def set_up_call(self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        on_stack = arguments[len(_ARGUMENTS) :]
        stack = (cpu.sp - 8 * len(on_stack)) & ~15
        for n, value in enumerate(on_stack):
            machine.memory.write_word(stack + 8 * n, value & self.mask)
        cpu.sp = stack
        cpu.write("ra", back)
        cpu.write("t9", function)
        self.set_interrupts(cpu, False)
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

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        return frozenset(range(start, start + len(code), 4))

    def check_place(self, code: bytes, start: int, address: int) -> None:
        if address & 3:
            raise InstructionError("EILSEQ", f"{address:#x} is not aligned")
        instructions.check_place(code, start, address)

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        if address & 3:
            raise InstructionError("EILSEQ", f"{address:#x} is not aligned")
        return instructions.prepare(code, address, slot)

    # There is no stepping: the copy is followed by a trap.

    def single_step(self, cpu: Any, slot: Slot) -> int | None:
        return instructions.begin_step(cpu, slot)

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        cpu.write_pc(instructions.end_step(cpu, slot, saved))
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        cpu.write_pc(slot.original)


ARCHITECTURE = Mips64()
