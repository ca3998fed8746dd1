"""Jprobes: a handler that is called in place of the function, with its arguments, and then steps aside.

At the breakpoint the registers and some of the stack are saved (gcc takes it that the called function owns
the stack bytes its arguments are in), and the CPU goes to a stub. There a breakpoint runs the entry handler,
and a second one is jprobe_return: registers and stack are put back, and the probed function runs as if
nothing had been.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from stapy.runtime.kprobes.errors import KprobeError
from stapy.runtime.kprobes.probes import Jprobe, check_handler
from stapy.runtime.kprobes.ptregs import saved
from stapy.runtime.kprobes.site import Site

if TYPE_CHECKING:
    from stapy.arch.architecture import Place
    from stapy.runtime.kprobes.probes import Kprobe
    from stapy.runtime.kprobes.registry import Kprobes
    from stapy.runtime.machine.cpu import Cpu


class JprobeReturn(BaseException):
    """Raised by jprobe_return(); nothing but the caller of the entry handler should catch it."""


class JumperProbes:
    """The jprobes of one machine."""

    def __init__(self, kprobes: Kprobes) -> None:
        self._kprobes = kprobes
        self._arch = kprobes.arch
        self._machine = kprobes.machine
        self._free: list[int] = []  # stubs of jprobes that are gone
        self._arguments: dict[Jprobe, list[tuple[Place, bool]]] = {}  # where they are, and whether signed

    # ------------------------------------------------------------ registration

    def register(self, jp: Jprobe) -> int:
        if not isinstance(jp, Jprobe):
            raise KprobeError("EINVAL", f"{jp!r} is no Jprobe")
        if jp.entry is None:
            raise KprobeError("EINVAL", f"{jp!r} has no entry")
        check_handler(jp, "entry")
        if jp.stub:
            raise KprobeError("EINVAL", f"{jp!r} is registered already")
        address = self._kprobes.resolve(jp.kp)
        place = self._kprobes.description.symbol_at(address)
        if place is None or place[1]:
            raise KprobeError("EINVAL", f"{address:#x} is not the start of a function")
        jp.kp.pre_handler = lambda p, regs: self._setjmp_pre_handler(jp, regs)
        jp.kp.break_handler = self._longjmp_break_handler
        jp.kp.post_handler = jp.kp.fault_handler = None
        self._kprobes.register_kprobe(jp.kp)
        jp.stub = self._make_stub(jp)
        self._arguments[jp] = self._prototype(jp, address) if jp.mirror else []
        return 0

    def unregister(self, jp: Jprobe) -> None:
        if not jp.stub:
            raise KprobeError("EINVAL", f"{jp!r} is not registered")
        self._kprobes.unregister_kprobe(jp.kp)
        self._free.append(jp.stub)  # its traps stay: a CPU may be on its way through
        jp.stub = 0

    def _make_stub(self, jp: Jprobe) -> int:
        code = self._arch.jprobe_stub.data
        if self._free and not self._kprobes.busy():
            stub = self._free.pop()
        else:
            stub = self._machine.code_area.allocate(len(code))
            self._machine.memory.write_code(stub, code)
        entry = stub + self._arch.breakpoint_pc
        self._machine.breakpoints[entry] = lambda cpu: self._enter(cpu, jp)
        self._machine.breakpoints[entry + len(self._arch.breakpoint)] = self._return_trap
        return stub

    def _prototype(self, jp: Jprobe, address: int) -> list[tuple[Place, bool]]:
        """Where the arguments are that the entry handler takes, by the function's parameters as far as they
        are known."""
        assert jp.entry is not None
        word = self._arch.word
        wanted = _positional(jp.entry)
        known = self._parameters(address)
        if wanted is None:
            wanted = len(known)
        shapes = (known + [(word, False)] * wanted)[:wanted]
        places = self._arch.arguments([size for size, _ in shapes])
        return [(place, signed) for place, (_, signed) in zip(places, shapes, strict=True)]

    def _parameters(self, address: int) -> list[tuple[int, bool]]:
        """(size, signed) of each parameter, from the debug information; nothing where there is none."""
        function_at = getattr(self._kprobes.description, "function_at", None)
        function = function_at(address) if function_at is not None else None
        if function is None:
            return []
        return [shape_of(parameter.type, self._arch.word) for parameter in function.parameters]

    # ------------------------------------------------------------ a hit

    def _setjmp_pre_handler(self, jp: Jprobe, regs: Any) -> int:
        """Saves registers and stack, and sends the CPU to the stub."""
        cpu = regs.cpu
        block = cpu.kprobe
        block.jprobe, block.jprobe_state = jp, cpu.save()
        block.jprobe_regs = None if jp.mirror else saved(self._arch)(cpu)
        stack = cpu.sp + self._arch.stack_bias
        block.jprobe_stack = self._machine.memory.read(stack, self._stack_size(stack))
        cpu.pc = jp.stub
        return 1

    def _stack_size(self, sp: int) -> int:
        """How much of the stack to save: no more than there is of it."""
        end = (sp & -self._arch.thread_size) + self._arch.thread_size
        return min(self._arch.min_stack_size, end - sp)

    def _enter(self, cpu: Cpu, jp: Jprobe) -> None:
        """The stub's first breakpoint: the entry handler, with the arguments the probed function has."""
        block = cpu.kprobe
        cpu.pc = jp.stub + len(self._arch.breakpoint)
        assert jp.entry is not None
        if not jp.mirror:
            jp.entry(jp.kp, block.jprobe_regs)
            return
        try:
            jp.entry(*self._read_arguments(jp, block.regs))
        except JprobeReturn:
            return
        raise RuntimeError(f"the entry handler of {jp!r} returned without jprobe_return()")

    def _read_arguments(self, jp: Jprobe, regs: Any) -> list[int]:
        memory, sp = self._machine.memory, regs.get(self._arch.sp)
        order = self._arch.endian
        values = []
        for place, signed in self._arguments[jp]:
            if place.register is not None:
                data = regs.get(place.register).to_bytes(self._arch.word, order)
                if place.second is not None:
                    data += regs.get(place.second).to_bytes(self._arch.word, order)
                data = data[: place.size] if order == "little" else data[-place.size :]
            else:
                data = memory.read(sp + place.offset, place.size)
            values.append(int.from_bytes(data, order, signed=signed))
        return values

    def jprobe_return(self) -> None:
        block = self._machine.cpu.kprobe
        if block.jprobe is None:
            raise RuntimeError("jprobe_return() outside the entry handler of a jprobe")
        raise JprobeReturn

    def _return_trap(self, cpu: Cpu) -> None:
        """The stub's second breakpoint: back to the probed function."""
        block = cpu.kprobe
        site: Site | None = block.running
        assert site is not None and block.jprobe is not None
        if self._longjmp_break_handler(block.jprobe.kp, block.regs):
            self._kprobes.step(cpu, block, site)

    def _longjmp_break_handler(self, _p: Kprobe, regs: Any) -> int:
        """Puts registers and stack back as they were at the breakpoint."""
        cpu = regs.cpu
        block = cpu.kprobe
        if block.jprobe is None:
            return 0
        cpu.restore(block.jprobe_state)
        self._machine.memory.write(cpu.sp + self._arch.stack_bias, block.jprobe_stack)
        block.jprobe = block.jprobe_state = block.jprobe_regs = None
        return 1


def _positional(function: Any) -> int | None:
    """How many positional arguments a handler takes; None for any number."""
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        return None
    return sum(
        parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        for parameter in parameters
    )


def shape_of(kind: Any, word: int) -> tuple[int, bool]:
    """(size, signed) of a C type of runtime.debuginfo: an integer's own, an unsigned word for what has
    none."""
    kind = kind.strip()
    return kind.size or word, bool(getattr(kind, "signed", False))
