"""What the rest of the program asks an architecture: the questions, with answers where all give the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal


class InstructionError(Exception):
    """An address that cannot carry a probe; ``errno`` is Linux's name for why (EINVAL, EILSEQ,
    EOPNOTSUPP)."""

    def __init__(self, errno: str, message: str) -> None:
        super().__init__(message)
        self.errno = errno


@dataclass(frozen=True, slots=True)
class Place:
    """Where the ABI keeps a value: a register, or ``offset`` bytes from the stack pointer; ``size`` in
    bytes. ``second`` is the register with the other half of what is too wide for one."""

    register: str | None
    offset: int
    size: int
    second: str | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One disassembled instruction."""

    address: int
    data: bytes
    mnemonic: str
    operands: str

    @property
    def size(self) -> int:
        return len(self.data)

    def __str__(self) -> str:
        return f"{self.mnemonic} {self.operands}".rstrip()


@dataclass(frozen=True, slots=True)
class Assembly:
    """A trampoline: its source for Keystone, and what Keystone makes of it (so that no run has to
    assemble)."""

    source: str
    data: bytes


@dataclass(slots=True)
class Slot:
    """A copied instruction, ready to be run out of line.

    ``data`` goes to the slot; ``boosted`` is the longer form that jumps back to the original by itself (None
    where the instruction must be single-stepped). It takes the place of ``data``, or, where the CPU cannot step
    and ``data`` is followed by a breakpoint, lies ``boosted_offset`` bytes from the slot's start. ``kind`` and
    ``size`` belong to the architecture's resume_execution.
    """

    address: int  # of the slot
    original: int  # of the probed instruction
    size: int
    data: bytes
    boosted: bytes | None
    kind: Any
    boosted_offset: int = 0
    # Carries the instruction out at once, without the copy, where that is simple: (cpu, its address) -> the next PC.
    emulate: Callable[[Any, int], int] | None = None
    # Of a conditional instruction, whether it will be executed. Where it will not, nothing is hit. None: it always is.
    executes: Callable[[Any], bool] | None = None

    @property
    def boosted_address(self) -> int:
        return self.address + self.boosted_offset


class Architecture:
    """One architecture. A class an architecture, one object of it; no state of any machine in here.

    ``cpu`` below is a runtime.machine Cpu: registers by the names in ``registers`` through cpu.read and
    cpu.write. ``machine`` is a runtime.machine Machine, of which architectures use memory, trap_entry() and
    trap_stack().
    """

    # -- what it is
    name: str
    aliases: tuple[str, ...] = ()
    bits: Literal[32, 64]
    endian: Literal["little", "big"]
    page_offset: int  # where the kernel sees physical address 0
    module_area: int  # where instruction slots and trampolines go: outside RAM, in reach of a jump
    page_size = 4096
    thread_size = 8192  # of a kernel stack, aligned to it, thread_info at its bottom
    u64_alignment = 8
    user_text: int  # where programs are linked to
    system_call_instruction: bytes

    # -- registers
    pt_regs: Mapping[str, int]  # field -> offset in struct pt_regs
    pt_regs_size: int
    saved_registers_offset = 0  # of the pt_regs that an exception's entry has saved, from its stack pointer
    registers: Mapping[str, str]  # name -> Unicorn's, without the prefix
    register_aliases: Mapping[str, str]  # other names in use -> name
    system_registers: Mapping[str, Any] = {}  # more of them, by what Unicorn's CP_REG takes
    file_registers: tuple[str, ...] = ()  # and those that Unicorn has no number for, and register_file() has
    dwarf_registers: Mapping[int, str]  # DWARF number -> name
    pc: str
    sp: str

    # -- traps: how Unicorn shows them
    breakpoint: bytes
    breakpoint_trap: int
    breakpoint_pc: int  # the PC that Unicorn shows at a breakpoint, less the breakpoint's address
    handler_pc: int | None = None  # the same as Linux's kprobe handlers see it, where that is another
    step_trap: int | None = None
    machine_call_trap: int
    return_trap: int  # return from exception
    system_call_trap: int | None = None
    stop_address = 0  # where emu_start stops by itself
    exact_pc = True  # whether instructions can be hooked one by one, for a watchpoint to know which it was
    leaves_branch = False  # whether Unicorn, after a fault in a delay slot, is still in the middle of the branch

    @property
    def word(self) -> int:
        """Bytes in a pointer."""
        return self.bits // 8

    @property
    def mask(self) -> int:
        return (1 << self.bits) - 1

    @cached_property
    def dwarf_numbers(self) -> dict[str, int]:
        """DWARF register number by register name."""
        return {name: number for number, name in self.dwarf_registers.items()}

    def register_name(self, name: str) -> str:
        """The name in ``registers`` for any name in use. Raises KeyError."""
        if name in self.registers or name in self.file_registers:
            return name
        return self.register_aliases[name]

    # -- Unicorn and Capstone, imported when asked for

    def unicorn(self) -> tuple[int, int]:
        """Unicorn's architecture and mode."""
        raise NotImplementedError

    def set_up_engine(self, engine: Any) -> None:
        """What a new Unicorn instance needs before it is used."""

    def register_file(self, engine: Any) -> Any:
        """What saves and restores all registers of a Unicorn instance, with save() and restore(saved); None where
        Unicorn's contexts do. Its ``registers`` are the functions that read and write each of file_registers, and
        start() gives the address to start Unicorn at to go on at the PC."""
        return None

    def unicorn_register(self, name: str) -> int:
        """Unicorn's number of a register in ``registers``."""
        raise NotImplementedError

    def capstone(self) -> Any:
        """A Capstone disassembler (skipping nothing, without details)."""
        raise NotImplementedError

    def keystone(self) -> Any:
        """A Keystone assembler."""
        raise NotImplementedError

    def physical(self, address: int) -> int:
        """Where Unicorn has to map a kernel virtual address (its CPUs run without paging)."""
        return address

    def virtual(self, address: int) -> int:
        """The kernel virtual address of one that Unicorn reports."""
        return address

    # -- instructions

    instruction_alignment = 1
    misaligned = "EINVAL"  # what Linux says to a probe at an address that is no multiple of that

    # The breakpoint in delay slots, as long as the other: an invalid instruction, at which Unicorn still knows the PC.
    delay_slot_breakpoint = b""

    def in_delay_slot(self, before: bytes) -> bool:
        """Whether an instruction is executed before a branch in front of it takes effect; ``before`` is the code there,
        as long as a breakpoint."""
        return False

    def is_breakpoint(self, data: bytes) -> bool:
        """Whether an instruction causes breakpoint_trap; ``data`` is as long as ``breakpoint``."""
        return data == self.breakpoint

    def check_place(self, code: bytes, start: int, address: int) -> None:
        """Raises InstructionError where what is around an instruction forbids to probe it (an atomic sequence, a
        delay slot): ``code`` is its function's, without breakpoints, from ``start``."""

    def disassemble(self, data: bytes, address: int) -> Iterator[Instruction]:
        """The instructions in ``data``, which lies at ``address``, up to the first that does not decode."""
        for at, size, mnemonic, operands in self.capstone().disasm_lite(data, address):
            yield Instruction(at, data[at - address : at - address + size], mnemonic, operands)

    def boundaries(self, code: bytes, start: int) -> frozenset[int]:
        """Where the instructions of a function begin: ``code`` is its bytes, without breakpoints, from
        ``start``."""
        return frozenset(instruction.address for instruction in self.disassemble(code, start))

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        """The copy of the instruction at ``address``, fixed up to run at ``slot``.

        ``code`` begins with the instruction and may be longer. Raises InstructionError where it cannot be
        probed.
        """
        raise NotImplementedError

    max_slot_size: int  # bytes to set aside for a slot

    resume_before_post = True  # whether post-handlers see the state after resume_execution

    def single_step(self, cpu: Any, slot: Slot) -> Any:
        """Makes the CPU run the copy alone; returns what resume_execution and cancel_step need to know."""
        raise NotImplementedError

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: Any) -> bool:
        """After the step: gives the CPU the state it would have, had the instruction run in its own place.

        False: the instruction is not over yet (a repeated string instruction), step again.
        """
        raise NotImplementedError

    def cancel_step(self, cpu: Any, slot: Slot, saved: Any) -> None:
        """The copy faulted: undoes what single_step did; the PC is the original instruction's again."""
        raise NotImplementedError

    # -- the calling convention

    def argument(self, n: int, *, size: int | None = None) -> Place:
        """Where the n-th integer argument (from 0) is at a function's first instruction, all before it being
        words."""
        raise NotImplementedError

    def arguments(self, sizes: list[int]) -> list[Place]:
        """Where arguments of these sizes in bytes are at a function's first instruction."""
        raise NotImplementedError

    return_registers: tuple[str, ...]  # the low word first
    return_pops = 0  # bytes a function's return takes off the stack: its return address's, if it lies there

    def set_up_call(
        self, machine: Any, cpu: Any, function: int, arguments: tuple[int, ...], back: int
    ) -> None:
        """Makes the CPU about to execute ``function``'s first instruction, which will return to ``back``."""
        raise NotImplementedError

    def function_address(self, machine: Any, address: int) -> int:
        """The code address behind a function pointer (a descriptor, on architectures that have them)."""
        return address

    # -- return probes and jprobes

    return_trampoline: Assembly  # a breakpoint that functions with a return probe return to
    jprobe_stub: Assembly  # two breakpoints: the mirror handler's entry, and jprobe_return's
    min_stack_size: int  # bytes of stack a jprobe saves, at most
    stack_bias = 0  # how far below the stack its pointer points
    link_registers: tuple[str, ...] = ()  # with return addresses that need not be on the stack yet

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        """At a function's first instruction, with its frame_of_entry(): where it will return to."""
        raise NotImplementedError

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        """At a function's first instruction, with its frame_of_entry(): makes it return elsewhere."""
        raise NotImplementedError

    def frame_of_entry(self, cpu: Any) -> int:
        """At a function's first instruction: a number for this call, smaller for calls that it makes (its
        stack)."""
        raise NotImplementedError

    def frame_of_return(self, cpu: Any) -> int:
        """At the trampoline: frame_of_entry() of the call that just returned."""
        raise NotImplementedError

    return_slack = 0  # bytes that a return may take off the stack besides the return address

    def frame_of_cfa(self, cfa: int) -> int:
        """In an unwinder: frame_of_entry() of the call with this canonical frame address."""
        raise NotImplementedError

    def frame_returns_to(self, machine: Any, frame: int, address: int) -> bool:
        """Whether the call with this frame_of_entry() can still return to ``address``; True where one cannot
        tell."""
        return True

    # -- traps: what the machine does as the hardware

    def trap_number(self, machine: Any, cpu: Any, number: int) -> int:
        """The trap behind Unicorn's ``number`` where that stands for several: by a code in the instruction."""
        return number

    def failing_place(self, cpu: Any, access: str, address: int) -> int:
        """The instruction whose access failed, by where Unicorn has stopped."""
        return cpu.read_pc()

    def trap_details(self, machine: Any, cpu: Any, number: int) -> tuple[int, int]:
        """Error code and address of the exception ``number`` that Unicorn shows as a trap."""
        return 0, 0

    def set_fault_address(self, machine: Any, cpu: Any, address: int) -> None:
        """Leaves the address of a page fault where the kernel's entry looks for it."""
        place = machine.per_cpu("cpu_cr2", cpu)
        if place is not None:
            machine.memory.write_word(place, address)

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        """Whether registers that an exception's entry has saved are user mode's; ``field`` reads one of pt_regs."""
        raise NotImplementedError

    def saved_stack_pointer(self, regs: int, field: Callable[[str], int]) -> int:
        """The interrupted kernel's stack pointer, by the pt_regs at address ``regs`` that an entry has saved."""
        return field(self.sp)

    def interrupts_enabled(self, cpu: Any) -> bool:
        raise NotImplementedError

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        raise NotImplementedError

    def machine_call(self, cpu: Any) -> tuple[int, int, int]:
        """At the machine-call trap: its number and two arguments."""
        raise NotImplementedError

    def set_machine_call_result(self, cpu: Any, value: int) -> None:
        raise NotImplementedError

    def enter_trap(self, machine: Any, cpu: Any, vector: int, error_code: int | None = None) -> None:
        """Exception or interrupt ``vector``: pushes the frame and goes to the kernel's entry,
        interrupts off."""
        raise NotImplementedError

    def return_from_trap(self, machine: Any, cpu: Any) -> bool:
        """Return from exception: takes the frame off the stack. True where it leads to user mode."""
        raise NotImplementedError

    def enter_system_call(
        self, machine: Any, cpu: Any, number: int | None, arguments: tuple[int, ...]
    ) -> None:
        """A system call by the architecture's own way, from user mode; None: the registers hold the
        number."""
        raise NotImplementedError

    def system_call_result(self, cpu: Any) -> int:
        """What a system call has returned to user mode: a word, of an error the negative number."""
        return cpu.read(self.return_registers[0])

    def interrupt_vector(self, irq: int) -> int:
        raise NotImplementedError

    def fault_vector(self, kind: str) -> int:
        """The vector of a fault the emulator reports: 'page' or 'opcode'."""
        raise NotImplementedError

    def page_fault_error(self, access: str, user: bool) -> int:
        """The error code of a page fault by access 'read', 'write' or 'fetch' to a page that is not there."""
        raise NotImplementedError

    def start_cpu(self, machine: Any, cpu: Any) -> None:
        """Puts a CPU in the state in which it starts the kernel: interrupts off, per-CPU base set."""
        raise NotImplementedError
