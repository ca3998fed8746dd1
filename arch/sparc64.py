"""sparc64: 64-bit SPARC V9 without register windows (gcc -mflat), big-endian, branches with delay slots."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from stapy.arch import sparc64_instructions as instructions
from stapy.arch.architecture import Architecture, Assembly, InstructionError, Place, Slot

# Bits of TSTATE: Linux's own for a system call and the interrupt level, PSTATE's privileged mode, interrupts enabled.
SYSCALL, PIL, PRIV, IE = 0x20000, 0xF00000, 0x400, 0x200
_PIL_SHIFT, _PIL_MAX = 20, 15

# Trap types, which are Unicorn's numbers.
INSN_ACCESS, ILLEGAL, DATA_ACCESS = 0x08, 0x10, 0x30
BREAKPOINT, STEP, START, RETRY, MACHINE_CALL = 0x170, 0x171, 0x17D, 0x17E, 0x17F
_IRQ = 0x200  # + the line: vectors of interrupts
_INTERRUPT = 0x41
_MAGIC = 0x57AC6C00

# Error codes of page faults, the machine's.
_PROTECTION, _WRITE, _USER, _FETCH = 1, 2, 4, 16

STACK_BIAS = 2047
_FRAME = 176  # the ABI's smallest: room for 16 registers and 6 arguments

_GLOBALS = tuple(f"g{n}" for n in range(8))
_OUTS = ("o0", "o1", "o2", "o3", "o4", "o5", "sp", "o7")
_LOCALS = tuple(f"l{n}" for n in range(8))
_INS = ("i0", "i1", "i2", "i3", "i4", "i5", "fp", "i7")
_PT_REGS = {name: 8 * i for i, name in enumerate((*_GLOBALS, *_OUTS, "tstate", "tpc", "tnpc"))}
_PT_REGS_SIZE = 160
_REGISTERS = {**{name: name.upper() for name in (*_GLOBALS, *_OUTS, *_LOCALS, *_INS)}, "tpc": "PC"}
_ALIASES = {"pc": "tpc", "ip": "tpc", "npc": "tnpc", "o6": "sp", "i6": "fp", "flags": "tstate", "eflags": "tstate"}
# 32 is free in gcc's numbers, which end at the floating point registers' 103: no code refers to it.
_DWARF_REGISTERS = {**dict(enumerate((*_GLOBALS, *_OUTS, *_LOCALS, *_INS))), 32: "tpc"}
_ARGUMENTS = _OUTS[:6]


class Sparc64(Architecture):
    name = "sparc64"
    aliases = ("sparc",)
    bits = 64
    endian = "big"
    page_offset = 0x80000000
    module_area = 0x7F000000  # in the low 4 GB, as the kernel: an address takes two instructions
    user_text = 0x400000
    thread_size = 16384
    exact_pc = False  # a hook on the instruction of a delay slot makes Unicorn lose the branch
    system_call_instruction = b"\x91\xd0\x20\x6d"  # ta 0x6d

    pt_regs = _PT_REGS
    pt_regs_size = _PT_REGS_SIZE
    saved_registers_offset = STACK_BIAS + _FRAME
    stack_bias = STACK_BIAS
    link_registers = ("o7", "i7")
    registers = _REGISTERS
    file_registers = ("tnpc", "tstate", "y")
    register_aliases = _ALIASES
    dwarf_registers = _DWARF_REGISTERS
    pc = "tpc"
    sp = "sp"

    breakpoint = instructions.words(instructions.BREAKPOINT)
    breakpoint_trap = BREAKPOINT
    delay_slot_breakpoint = instructions.words(instructions.ILLTRAP)
    handler_pc = 0
    step_trap = STEP
    machine_call_trap = MACHINE_CALL
    return_trap = RETRY
    stop_address = 0xFFFFFFFFFFFFFFF0  # never: Unicorn does not stop there
    max_slot_size = 32
    min_stack_size = 256
    return_trampoline = Assembly("ta 0x70; nop", instructions.words(instructions.BREAKPOINT, instructions.NOP))
    jprobe_stub = Assembly(
        "ta 0x70; ta 0x70; nop",
        instructions.words(instructions.BREAKPOINT, instructions.BREAKPOINT, instructions.NOP),
    )

    return_registers = ("o0",)

    def unicorn(self) -> tuple[int, int]:
        from unicorn import UC_ARCH_SPARC, UC_MODE_BIG_ENDIAN, UC_MODE_SPARC64

        return UC_ARCH_SPARC, UC_MODE_SPARC64 | UC_MODE_BIG_ENDIAN

    def set_up_engine(self, engine: Any) -> None:
        from unicorn import UC_TLB_VIRTUAL

        engine.ctl_set_tlb_mode(UC_TLB_VIRTUAL)

    def register_file(self, engine: Any) -> Any:
        from stapy.arch.sparc64_state import RegisterFile

        assert self.breakpoint_pc in (0, 4)  # whose look at Unicorn comes before all use of it
        return RegisterFile(engine)

    @cached_property
    def breakpoint_pc(self) -> int:  # type: ignore[override]
        """4 in Unicorn 2.1.4, which goes on before it tells of a trap; 0 before. Raises RuntimeError."""
        from unicorn import Uc

        from stapy.arch.sparc64_state import shown_at_trap

        engine = Uc(*self.unicorn())
        self.set_up_engine(engine)
        return shown_at_trap(engine)

    def unicorn_register(self, name: str) -> int:
        from unicorn import sparc_const

        return getattr(sparc_const, f"UC_SPARC_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_SPARC, capstone.CS_MODE_V9 | capstone.CS_MODE_BIG_ENDIAN)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(keystone.KS_ARCH_SPARC, keystone.KS_MODE_SPARC64 | keystone.KS_MODE_BIG_ENDIAN)

    # -- traps. The CPU runs without privileges: the interrupt level is in %g6.

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        cpu.write("g6", _PIL_MAX)
        if not cpu.register_file.stub:
            cpu.register_file.stub = machine.code_area.allocate(4)
            machine.memory.write_code(cpu.register_file.stub, instructions.words(instructions.START))
        machine.traps[START] = lambda cpu: cpu.register_file.started()

    def interrupts_enabled(self, cpu: Any) -> bool:
        return cpu.read("g6") == 0

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        cpu.write("g6", 0 if enabled else _PIL_MAX)

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        return cpu.read("o5"), cpu.read("o0"), cpu.read("o1")

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        cpu.write("o0", value & self.mask)
        # nPC, too: Unicorn leaves it where PC is, and would execute what is there twice.
        cpu.write_pc(cpu.read_pc() + 4 - self.breakpoint_pc)

    def interrupt_vector(self, irq: int) -> int:
        return _IRQ + irq

    def fault_vector(self, kind: str) -> int:
        return {"page": DATA_ACCESS, "opcode": ILLEGAL}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": _WRITE, "fetch": _FETCH}[access] | (_USER if user else 0)

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        place = machine.per_cpu("cpu_sfar", cpu)
        if place is not None:
            machine.memory.write_word(place, address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return not field("tstate") & PRIV

    def trap_details(self, machine: Any, cpu: Any, number: int) -> tuple[int, int]:
        if self.breakpoint_pc:  # Unicorn has gone on. From a delay slot it shows where the branch goes.
            cpu.write_pc(cpu.read_pc() - self.breakpoint_pc)
        return 0, 0

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        if vector < _IRQ and "trap_entry" not in machine.symbols:
            machine.trap_entry(vector)  # which says that there is none
        error = error_code or 0
        if vector >= _IRQ:
            machine.memory.write_word(machine.per_cpu("cpu_irq", cpu), vector - _IRQ)
            self._enter(machine, cpu, "interrupt_entry", _INTERRUPT, cpu.read_pc())
            return
        if vector == DATA_ACCESS:
            machine.memory.write_word(machine.per_cpu("cpu_sfsr", cpu), error & (_PROTECTION | _WRITE))
            vector = INSN_ACCESS if error & _FETCH else DATA_ACCESS
        if vector not in (BREAKPOINT, STEP):
            self._enter(machine, cpu, "trap_entry", vector, cpu.read_pc(), tnpc=cpu.read("tnpc"))
        else:
            self._enter(machine, cpu, "trap_entry", vector, cpu.read_pc() - self.breakpoint_pc)

    def _enter(
        self, machine: Any, cpu: Any, entry: str, trap: int, tpc: int, tstate: int = 0, tnpc: int | None = None
    ) -> None:
        """What every trap does here: makes a frame for the kernel's entry, and goes there. ``tnpc`` is what comes
        after the instruction at ``tpc``, if not the next one."""
        memory, sp, level = machine.memory, cpu.sp, cpu.read("g6")
        if tnpc is None or cpu.user_mode:
            tnpc = tpc + 4
        if cpu.user_mode:
            stack, level = machine.trap_stack(cpu), 0
        else:
            stack, tstate = (sp + STACK_BIAS) & ~15, tstate | PRIV
        regs = stack - _PT_REGS_SIZE
        tstate |= IE | level << _PIL_SHIFT & PIL
        for field, value in (("sp", sp), ("g6", level), ("tstate", tstate), ("tpc", tpc), ("tnpc", tnpc)):
            memory.write_word(regs + _PT_REGS[field], value & self.mask)
        memory.write_u32(regs + _PT_REGS_SIZE - 4, _MAGIC | trap & 0x1FF)
        cpu.sp = regs - _FRAME - STACK_BIAS
        cpu.write("g6", _PIL_MAX)
        cpu.user_mode = False
        cpu.write_pc(machine.symbol(entry))

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        word, regs = machine.memory.word, cpu.sp + STACK_BIAS + _FRAME
        tstate = word(regs + _PT_REGS["tstate"])
        cpu.write_pc(word(regs + _PT_REGS["tpc"]))
        cpu.write("g6", (tstate & PIL) >> _PIL_SHIFT)
        cpu.sp = word(regs + _PT_REGS["sp"])
        if tstate & PRIV:
            cpu.write("tnpc", word(regs + _PT_REGS["tnpc"]))
            return False
        cpu.write("l0", tstate >> 36 & 1)  # the carry, which cannot be read from outside; no process uses %l0
        return True

    def enter_system_call(self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        if number is not None:
            cpu.write("g1", number & self.mask)
        self._enter(machine, cpu, "system_call", 0x16D, cpu.read_pc(), SYSCALL)

    def system_call_result(self, cpu: Any) -> int:
        result = cpu.read("o0")
        return -result & self.mask if cpu.read("l0") else result

    # -- the calling convention

    def arguments(self, sizes: list[int]) -> list[Place]:
        places: list[Place] = []
        for n, size in enumerate(sizes):
            if size > 8:
                raise NotImplementedError("an argument of more than 8 bytes")
            if n < len(_ARGUMENTS):
                places.append(Place(_ARGUMENTS[n], 0, size))
            else:
                places.append(Place(None, STACK_BIAS + 128 + 8 * n + 8 - size, size))
        return places

    def argument(self, n: int, *, size: int | None = None) -> Place:
        return self.arguments([8] * n + [size or 8])[n]

    def set_up_call(self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int) -> None:
        for register, value in zip(_ARGUMENTS, arguments, strict=False):
            cpu.write(register, value & self.mask)
        stack = (cpu.sp - _FRAME - 8 * len(arguments)) & ~15  # below the stack, biased or not
        for n, value in enumerate(arguments[len(_ARGUMENTS) :], len(_ARGUMENTS)):
            machine.memory.write_word(stack + 128 + 8 * n, value & self.mask)
        cpu.sp = stack - STACK_BIAS
        cpu.write("o7", back - 8)
        cpu.write("g6", _PIL_MAX)
        cpu.write_pc(function)

    # A call is known by its stack pointer, which is the caller's before and after it. %o7 has the call's address, 8
    # below the way back.

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return cpu.read("o7") + 8

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        cpu.write("o7", address - 8)

    def frame_of_entry(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_return(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_cfa(self, cfa: int) -> int:
        return cfa - STACK_BIAS

    # -- instructions out of line

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        return frozenset(range(start, start + len(code), 4))

    def in_delay_slot(self, before: bytes) -> bool:
        return instructions.has_delay_slot(int.from_bytes(before, "big"))

    def check_place(self, code: bytes, start: int, address: int) -> None:
        instructions.refuse_between_branches(code, start, address)

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        if address & 3:
            raise InstructionError("EILSEQ", f"{address:#x} is not aligned")
        return instructions.prepare(int.from_bytes(code[:4], "big"), address, slot)

    # There is no stepping: the copy is followed by a trap. In a delay slot nPC is where the branch goes.

    def single_step(self, cpu: Any, slot: Slot) -> int:
        npc = cpu.read("tnpc")
        cpu.write_pc(slot.address)
        return npc

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: int) -> bool:
        pc, npc = instructions.resume(cpu, slot, saved)
        cpu.write_pc(pc)
        cpu.write("tnpc", npc)
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: int) -> None:
        cpu.write_pc(slot.original)
        cpu.write("tnpc", saved)


ARCHITECTURE = Sparc64()
