"""Walking a kernel stack: from the registers of one moment to the callers, their registers and what they
passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from stapy import arch as architectures
from stapy.runtime.debuginfo.expressions import NotAvailable, evaluate
from stapy.runtime.debuginfo.frames import Frame
from stapy.runtime.machine.memory import MemoryFault

if TYPE_CHECKING:
    from stapy.runtime.debuginfo.description import KernelDescription

# Registers that keep a chain of frames: [it] is the caller's, the word behind is the return address.
_FRAME_POINTERS = {"x86_64": "bp", "i386": "bp", "arm64": "x29"}
# Where the stack pointer leads to the caller's: where, in a caller's frame, what it called keeps the return address.
_BACK_CHAINS = {"ppc64": 16, "ppc64le": 16}
# Where the caller's stack pointer is, in bytes below the canonical frame address.
_STACK_BIAS = {"s390x": 160, "sparc64": 2047}
# What a return register lacks of the address returned to.
_RETURN_OFFSET = {"sparc64": 8}

Recover = Callable[[int, int], int | None]


class Registers(Protocol):
    """What a walk starts from: a machine's Cpu, or a saved set."""

    @property
    def pc(self) -> int: ...

    def register(self, number: int, /) -> int:
        """DWARF register ``number``, unsigned."""


class CallerRegisters:
    """The registers as a caller will find them when the callee returns.

    ``after_call`` says that ``pc`` is a return address, so that the instruction that counts is the call
    before it. ``cfa`` is the callee's canonical frame address.
    """

    def __init__(
        self, callee: Registers, values: dict[int, int | None], pc: int, cfa: int, after_call: bool
    ) -> None:
        self._callee = callee
        self._values = values
        self.pc = pc
        self.cfa = cfa
        self.after_call = after_call

    def register(self, number: int, /) -> int:
        """Raises NotAvailable for a register nobody saved."""
        value = self._values[number] if number in self._values else self._callee.register(number)
        if value is None:
            raise NotAvailable(f"register {number}")
        return value


class Unwinder:
    """Walks the stacks of one kernel. ``memory`` below is a runtime.machine Memory, of which u8 to u64 are
    used."""

    def __init__(self, description: KernelDescription) -> None:
        self.description = description
        self.word = description.pointer_size
        self._mask = (1 << (8 * self.word)) - 1
        arch = architectures.get(description.arch)
        self._sp = arch.dwarf_numbers[arch.sp]
        pointer = _FRAME_POINTERS.get(arch.name)
        self._fp = arch.dwarf_numbers.get(pointer) if pointer is not None else None
        self._arch = arch
        self._stack_size = arch.thread_size
        symbols = description.symbols
        self._entries = range(
            symbols.get("__irqentry_text_start", 0) or 0, symbols.get("__irqentry_text_end", 0) or 0
        )
        self._bias = _STACK_BIAS.get(arch.name, 0)
        self._return_offset = _RETURN_OFFSET.get(arch.name, 0)

    # ------------------------------------------------------------ one step

    def step(
        self, registers: Registers, memory: Any, recover: Recover | None = None
    ) -> CallerRegisters | None:
        """The caller's registers; None at the stack's end, or where it cannot be followed.

        ``recover(address, frame)`` may give the true return address where a kretprobe put its trampoline;
        ``frame`` is the canonical frame address.
        """
        try:
            frame = self.description.frames.at(self._lookup(registers))
            caller = None
            if frame is not None:
                caller = self._by_frame(frame, registers, memory, recover)
            elif registers.pc in self._entries and getattr(registers, "after_call", False):
                caller = self._by_saved_registers(registers, memory)
            elif self.description.in_text(registers.pc):
                caller = self._by_frame_pointer(registers, memory, recover)
        except (MemoryFault, NotAvailable, OverflowError):
            return None
        if caller is None or not self.description.in_text(caller.pc):
            return None
        return caller

    @staticmethod
    def _lookup(registers: Registers) -> int:
        """The instruction whose frame rules hold: of a return address the call, which may be a function's
        last one."""
        return registers.pc - 1 if getattr(registers, "after_call", False) else registers.pc

    def _by_frame(
        self, frame: Frame, registers: Registers, memory: Any, recover: Recover | None
    ) -> CallerRegisters | None:
        readers = self._readers(memory)

        def read(address: int, size: int) -> int:
            return readers[size](address)

        cfa = evaluate(frame.cfa_expression(), registers.register, read) & self._mask
        values: dict[int, int | None] = {self._sp: (cfa - self._bias) & self._mask}
        for number in frame.rules:
            expression = frame.register_expression(number)
            values[number] = (
                None if expression is None else evaluate(expression, registers.register, read) & self._mask
            )
        if frame.return_register in values:
            returns = values[frame.return_register]
        else:
            returns = registers.register(frame.return_register)
        if not returns:  # undefined in the outermost frame, or 0
            return None
        pc = (returns + self._return_offset) & self._mask
        return self._caller(registers, values, pc, cfa, frame.signal, recover)

    def _by_saved_registers(self, registers: Registers, memory: Any) -> CallerRegisters | None:
        """In the code that an exception or interrupt enters by, and has called C from: on top of the stack
        are the registers that it saved. None if it came from user mode."""
        arch, read = self._arch, self._readers(memory)[self.word]
        top = registers.register(self._sp) + arch.saved_registers_offset
        argument = read(top)
        if (
            self.description.arch == "i386" and top < argument <= top + 4 * self.word
        ):  # i386: the C function's arguments, of which the first points there
            top = argument

        def field(name: str) -> int:
            return read(top + arch.pt_regs[name])

        if arch.saved_user_mode(field):
            return None
        values: dict[int, int | None] = {
            arch.dwarf_numbers[name]: read(top + offset)
            for name, offset in arch.pt_regs.items()
            if name in arch.dwarf_numbers
        }
        values[self._sp] = arch.saved_stack_pointer(top, field)
        pc = values[arch.dwarf_numbers[arch.pc]]
        return CallerRegisters(registers, values, pc or 0, top + 1, after_call=False)

    def _by_frame_pointer(
        self, registers: Registers, memory: Any, recover: Recover | None
    ) -> CallerRegisters | None:
        """Without frame rules: at a function's first instruction the return address is on top of the stack, or in the
        link register; elsewhere the frame pointer leads on, if it points into the stack."""
        if self.description.arch in _BACK_CHAINS:
            return self._by_back_chain(registers, memory, recover)
        if self._fp is None:
            return None
        read = self._readers(memory)[self.word]
        sp, fp = registers.register(self._sp), registers.register(self._fp)
        symbol = self.description.symbol_at(registers.pc)
        if symbol is not None and symbol[1] == 0 and not getattr(registers, "after_call", False):
            if self._arch.name == "arm64":
                link = registers.register(self._arch.dwarf_numbers["x30"])
                return self._caller(registers, {self._sp: sp}, link, sp, False, recover)
            cfa = (sp + self.word) & self._mask
            return self._caller(registers, {self._sp: cfa}, read(sp), cfa, False, recover)
        if fp % self.word or not sp <= fp < sp + self._stack_size:
            return None
        cfa = fp + 2 * self.word
        values: dict[int, int | None] = {self._sp: cfa, self._fp: read(fp)}
        return self._caller(registers, values, read(fp + self.word), cfa, False, recover)

    def _by_back_chain(
        self, registers: Registers, memory: Any, recover: Recover | None
    ) -> CallerRegisters | None:
        """The same where each frame begins with the address of the one above: at a function's first instruction
        it has none yet, and the return address is in the link register."""
        read, sp = self._readers(memory)[self.word], registers.register(self._sp)
        symbol = self.description.symbol_at(registers.pc)
        if symbol is not None and symbol[1] == 0 and not getattr(registers, "after_call", False):
            link = registers.register(self._arch.dwarf_numbers["link"])
            return self._caller(registers, {self._sp: sp}, link, sp, False, recover)
        above = read(sp)
        if above % self.word or not sp < above < sp + self._stack_size:
            return None
        back = read(above + _BACK_CHAINS[self.description.arch])
        return self._caller(registers, {self._sp: above}, back, above, False, recover)

    def _caller(
        self,
        registers: Registers,
        values: dict[int, int | None],
        pc: int,
        cfa: int,
        signal: bool,
        recover: Recover | None,
    ) -> CallerRegisters:
        true = recover(pc, cfa) if recover is not None else None
        return CallerRegisters(registers, values, pc if true is None else true, cfa, after_call=not signal)

    def _readers(self, memory: Any) -> dict[int, Callable[[int], int]]:
        return {1: memory.u8, 2: memory.u16, 4: memory.u32, 8: memory.u64}

    # ------------------------------------------------------------ the whole stack

    def frames(
        self, registers: Registers, memory: Any, limit: int = 20, recover: Recover | None = None
    ) -> Iterator[Registers]:
        """The registers of each frame, the given ones first. Ends where the stack does, after ``limit``
        frames, and where a frame would not lie above the one before."""
        current: Registers = registers
        below = -1
        for _ in range(limit):
            yield current
            caller = self.step(current, memory, recover)
            if caller is None or caller.cfa <= below:
                return
            below = caller.cfa
            current = caller

    def backtrace(
        self, registers: Registers, memory: Any, limit: int = 20, recover: Recover | None = None
    ) -> list[int]:
        """The addresses of a backtrace: the PC, then return addresses outwards, at most ``limit``. Never
        raises on what it finds in memory."""
        return [frame.pc for frame in self.frames(registers, memory, limit, recover)]

    # ------------------------------------------------------------ what a caller passed

    def entry_value(self, number: int, registers: Registers, memory: Any, depth: int = 8) -> int:
        """What DWARF register ``number`` held when the function at ``registers.pc`` was entered, found out
        from the caller's description of the call. Raises NotAvailable where that is not known."""
        function = self.description.function_at(self._lookup(registers))
        if function is not None and registers.pc == function.low_pc:
            return registers.register(number)
        caller = self.step(registers, memory)
        if caller is None or depth == 0:
            raise NotAvailable("the caller is unknown")
        calling = self.description.function_at(caller.pc - 1)
        call = calling.call_at(caller.pc) if calling is not None else None
        if calling is None or call is None or function is None:
            raise NotAvailable("the call is not described")
        if call.callee and call.callee != function.name:
            raise NotAvailable("a tail call came between")
        operations = next((value for register, value in call.arguments if register == number), None)
        if operations is None:
            raise NotAvailable("the argument is not described")
        readers = self._readers(memory)
        return evaluate(
            calling.translator(caller.pc - 1).value(operations),
            caller.register,
            lambda address, size: readers[size](address),
            lambda outer: self.entry_value(outer, caller, memory, depth - 1),
        )
