"""How each operation that a process yields is carried out: as steps that the user engine takes.

A step is a function of (cpu, thread, frame). It returns the operation's value, or IN_KERNEL when it has
entered the kernel and the engine is to go on at ``frame.then``. It may raise OSError, which the process gets,
and PageFault, which makes the engine page the memory in and take the step again: so a step that can fault has
done nothing before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stapy.runtime.kernels import calls, executable
from stapy.runtime.kernels.operations import (
    Access,
    Call,
    Compute,
    Execute,
    Exit,
    Finish,
    Fork,
    Ready,
    Signal,
    WorkloadError,
)
from stapy.runtime.kernels.threads import CLONE_VM, IN_KERNEL, Frame, PendingFork, Step, Thread

if TYPE_CHECKING:
    from stapy.runtime.kernels.user import UserEngine

SA_SIGINFO, SA_RESTORER = 0x4, 0x04000000
_NO_REGISTERS: tuple[int, ...] = ()


# ---------------------------------------------------------------- system calls


def call(engine: UserEngine, thread: Thread, operation: Call) -> Step:
    name = operation.name
    if name == "rt_sigreturn":
        return _return_from_handler(engine)
    if name == "mmap" and engine.number("mmap_pgoff") is not None:
        name = "mmap_pgoff"
    arena = engine.arena(thread)
    registers, decode = calls.encoder(name)(arena, *operation.arguments)

    def finish(cpu: Any, thread: Thread, frame: Frame) -> Any:
        try:
            result = engine.result(cpu)
        except OSError as failure:
            raise _with_path(failure, operation) from None
        return result if decode is None else _decode(engine, cpu, thread, frame, decode, result)

    return engine.enter(name, None, _storing(engine, arena, registers), finish)


def _storing(engine: UserEngine, arena: calls.Arena, registers: tuple[int, ...]) -> Callable[[Thread], tuple[int, ...]]:
    """What a call's buffers take: they are written to user memory just before it."""

    def prepare(thread: Thread) -> tuple[int, ...]:
        if arena.stores:
            table = engine.page_table(thread)
            for address, data in arena.stores:
                engine.tables.write(table, address, data)
        return registers

    return prepare


def _decode(engine: UserEngine, cpu: Any, thread: Thread, frame: Frame, decode: calls.Decoder, result: int) -> Any:
    """Decodes what the kernel left in user memory. A step of its own: a fault must not lose the result."""

    def step(_cpu: Any, _thread: Thread, _frame: Frame) -> Any:
        return decode(result)

    return engine.take(cpu, thread, frame, step)


def _with_path(failure: OSError, operation: Call) -> OSError:
    """The error with the path of the call's first argument, if that is one."""
    first = operation.arguments[0] if operation.arguments else None
    if isinstance(first, str | bytes) and failure.filename is None:
        failure.filename = calls.as_text(first) if isinstance(first, bytes) else first
    return failure


def execute(engine: UserEngine, thread: Thread, operation: Execute) -> Step:
    environment = operation.environment
    if environment is None:
        environment = thread.process.environment
    pairs = tuple(f"{name}={value}" for name, value in environment.items())
    return call(engine, thread, Call("execve", (operation.path, operation.argv, pairs)))


def leave(engine: UserEngine, thread: Thread, operation: Exit) -> Step:
    def prepare(thread: Thread) -> tuple[int, ...]:
        engine.forget(thread)
        return (operation.code & 0xFF,)

    return engine.enter("exit_group" if operation.group else "exit", None, prepare, _came_back)


def _came_back(_cpu: Any, thread: Thread, _frame: Frame) -> Any:
    raise WorkloadError(f"process {thread.name} came back from exit")


# ---------------------------------------------------------------- forks


def fork(engine: UserEngine, thread: Thread, operation: Fork) -> Step:
    """The call is made at a place of its own, by which the child is known when it returns there too."""
    place = engine.fork_place()
    back = place + engine.call_size
    slot, registers = thread.slot, _NO_REGISTERS
    process = thread.process
    is_clone = operation.call == "clone"
    shares = is_clone and bool(operation.flags & CLONE_VM)
    if is_clone:
        stack = 0
        if shares:
            slot = process.take_slot()
            stack = engine.text + executable.SCRATCH + (slot + 1) * executable.SCRATCH_SLOT - 64
        registers = (operation.flags, stack, 0, 0, 0)
    pending = PendingFork(thread, operation, slot)

    def prepare(_thread: Thread) -> tuple[int, ...]:
        engine.forks[back] = pending
        return registers

    def finish(cpu: Any, _thread: Thread, _frame: Frame) -> int:
        try:
            pending.child_pid = engine.result(cpu)
        except OSError:
            engine.forks.pop(back, None)
            if shares:
                process.slots.discard(slot)
            raise
        if pending.seen_by_child:
            engine.forks.pop(back, None)
        return pending.child_pid

    return engine.enter(operation.call, place, prepare, finish)


# ---------------------------------------------------------------- time and memory


def compute(engine: UserEngine, _thread: Thread, operation: Compute) -> Step:
    ip = engine.text + executable.COMPUTE
    left = operation.ns

    def work(cpu: Any, thread: Thread, frame: Frame) -> Any:
        nonlocal left
        engine.fetch(thread, ip)
        if not left:
            return None
        engine.wait(frame, ip, work)
        left = engine.machine.user_time(cpu, left, ip)
        # In user mode with time to go: the machine was stopped, and will call again for the rest.
        return IN_KERNEL if left or not cpu.user_mode else None

    return work


def access(engine: UserEngine, _thread: Thread, operation: Access) -> Step:
    address, size, data = operation.address, operation.size, operation.data
    ip = engine.text + executable.ACCESS

    def touch(_cpu: Any, thread: Thread, _frame: Frame) -> Any:
        engine.fetch(thread, ip)
        table = engine.page_table(thread)
        if data is not None:
            return engine.tables.write(table, address, data)
        return engine.tables.read(table, address, size)

    return touch


# ---------------------------------------------------------------- signals


def signal(engine: UserEngine, thread: Thread, operation: Signal) -> Step:
    """Sets a handler: the kernel gets an address that stands for the Python function."""
    number, handler = operation.number, operation.handler
    handlers = thread.process.handlers
    previous = handlers.get(number)
    if callable(handler):
        address = engine.text + executable.HANDLERS + number * executable.HANDLER_STEP
        handlers[number] = handler  # before the call: the signal may come with its return
    else:
        address = handler
    flags = operation.flags | SA_SIGINFO | SA_RESTORER
    arena = engine.arena(thread)
    restorer = engine.text + executable.RESTORER
    registers, _ = calls.encoder("rt_sigaction")(arena, number, address, flags, restorer)

    def finish(cpu: Any, _thread: Thread, _frame: Frame) -> int:
        try:
            return engine.result(cpu)
        except OSError:
            if previous is not None:
                handlers[number] = previous
            raise

    return engine.enter("rt_sigaction", None, _storing(engine, arena, registers), finish)


def _return_from_handler(engine: UserEngine) -> Step:
    """A handler's end: its frame goes, and sigreturn brings the thread back to where the signal caught it."""
    place = engine.text + executable.RESTORER
    number = engine.number("rt_sigreturn")
    if number is None:
        raise WorkloadError("the kernel has no sigreturn")

    def issue(cpu: Any, thread: Thread, _frame: Frame) -> Any:
        engine.fetch(thread, place)
        thread.frames.pop()
        sp = cpu.sp + engine.kernel.arch.return_pops  # the handler has returned to this place
        engine.machine.enter_system_call(cpu, number, (), place + engine.call_size, sp)
        return IN_KERNEL

    return issue


# ---------------------------------------------------------------- the run's own marks


def ready(engine: UserEngine, thread: Thread, operation: Ready) -> Step:
    """Leaves the emulation just when the process has entered the kernel, for a harmless call."""
    step = call(engine, thread, Call("getppid"))

    def gate(cpu: Any, thread: Thread, frame: Frame) -> Any:
        result = step(cpu, thread, frame)
        if operation.target:
            engine.target_pid = thread.pid
        engine.ready = True
        engine.machine.stop()
        return result

    return gate


def finish(engine: UserEngine, thread: Thread, operation: Finish) -> Step:
    step = call(engine, thread, Call("getppid"))

    def end(cpu: Any, thread: Thread, frame: Frame) -> Any:
        result = step(cpu, thread, frame)
        engine.finished = operation.status
        engine.machine.stop()
        return result

    return end


STEPS: dict[type, Callable[[UserEngine, Thread, Any], Step]] = {
    Call: call,
    Fork: fork,
    Execute: execute,
    Exit: leave,
    Compute: compute,
    Access: access,
    Signal: signal,
    Ready: ready,
    Finish: finish,
}
