"""The user engine: runs processes, which are Python generators, as the user mode of the built-in kernel.

The machine calls `UserEngine.resume` whenever a CPU returns to user mode. The engine finds the thread by its
task and what it does there by the user instruction pointer: the entry of a program just executed, the place
of a fork's return, the address of a signal handler, or the place where an operation of the thread waits for
its end. It runs the thread's generator until that asks for something only the kernel can give, and enters the
kernel for it: by a system call, a page fault, or the timer interrupt that comes due in computing.

Nothing is remembered by the processor's registers but what the kernel itself keeps, so a thread can be
preempted, interrupted by signals, forked and killed at each of these places.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from stapy.runtime.kernels import (
    calls,
    errors,
    executable,
    more_calls,  # noqa: F401 - registers its encoders
    socket_calls,  # noqa: F401
)
from stapy.runtime.kernels.layout import Layout, reader
from stapy.runtime.kernels.mmu import FROM_USER, INSTRUCTION, PageFault, PageTables
from stapy.runtime.kernels.operations import Call, Exit, Program, Workload, WorkloadError
from stapy.runtime.kernels.steps import STEPS
from stapy.runtime.kernels.threads import CLONE_VM, IN_KERNEL, Frame, PendingFork, Process, Step, Thread

_RUNTIME = str(Path(__file__).parent.parent)


class UserEngine:
    """Runs the processes of ``workload`` on ``kernel`` (runtime.kernels.builtin)."""

    def __init__(self, kernel: Any, workload: Workload, target: executable.Target) -> None:
        self.kernel = kernel
        self.workload = workload
        self.machine = kernel.machine
        self.layout: Layout = kernel.layout
        self.memory = kernel.memory
        self.text = target.text
        self.tables: PageTables = kernel.page_tables
        self.entries: dict[int, Program] = {}
        self.threads: dict[int, Thread] = {}
        self.forks: dict[int, PendingFork] = {}
        self.target_pid = 0
        self.ready = False
        self.finished: int | None = None
        self.turns = 0  # how often workload code ran
        self.in_workload = False  # it runs now
        self._next_fork = 0
        self._forks_since_sweep = 0
        self.call_size = len(target.syscall)
        self._current = kernel.user_task
        self._result = kernel.arch.system_call_result
        self._fault_vector = kernel.arch.fault_vector("page")
        self._pid = reader(self.layout, self.memory, "task_struct", "pid", signed=True)
        self._mm = reader(self.layout, self.memory, "task_struct", "mm")
        self._pgd = reader(self.layout, self.memory, "mm_struct", "pgd")
        self._sign = 1 << (target.bits - 1)
        self._numbers: dict[str, int | None] = {}

    # ------------------------------------------------------------ arriving in user mode

    def resume(self, cpu: Any) -> None:
        """The machine's callback: ``cpu`` is in user mode, its registers are the process's."""
        ip = cpu.pc
        task = self._current(cpu)
        pid = self._pid(task)
        thread = self.threads.get(task)
        if thread is None or thread.pid != pid:
            thread = self._arrive(ip, task, pid)
        frame = thread.frames[-1]
        if ip == frame.expected and frame.then is not None:
            frame.calling = False
            self._run(cpu, thread, frame, frame.then)
        elif frame.calling and ip == frame.expected - self.call_size:
            # The kernel put the registers back: those of the call, or of restart_syscall.
            self.machine.enter_system_call(cpu, None, ip=frame.expected)
        else:
            self._redirected(cpu, thread, ip)

    def _redirected(self, cpu: Any, thread: Thread, ip: int) -> None:
        """The kernel sent the thread elsewhere: to a signal's handler, or to the program it executed."""
        number, odd = divmod(ip - self.text - executable.HANDLERS, executable.HANDLER_STEP)
        if not odd and number in thread.process.handlers:
            handler = thread.process.handlers[number]
            generator = self._generator(handler, thread.process, (number,))
            thread.frames.append(Frame(generator, is_handler=True))
            self._run(cpu, thread, thread.frames[-1], self._begin_at(ip))
        elif ip in self.entries:
            thread.close()
            thread.slot, thread.is_clone = 0, False
            thread.process = Process(self.entries[ip].path.rpartition("/")[2], [], {})
            thread.frames.append(Frame(None))
            self._run(cpu, thread, thread.frames[-1], self._begin_program(self.entries[ip]))
        else:
            raise WorkloadError(f"process {thread.name} is at {ip:#x}, where it never waited")

    def _arrive(self, ip: int, task: int, pid: int) -> Thread:
        """A task's first moment in user mode: a child of a fork, or the kernel's first process."""
        stale = self.threads.pop(task, None)
        if stale is not None:
            stale.close()
        pending = self._fork_of(ip, pid)
        if pending is None:
            thread = Thread(task, pid, Process("", [], {}))
            thread.frames.append(Frame(None))
        else:
            thread = self._child(pending, task, pid)
        self.threads[task] = thread
        return thread

    def _fork_of(self, ip: int, pid: int) -> tuple[int, PendingFork] | None:
        """The fork that ``pid`` came from: by the place it returns to, or by its pid when a signal came
        first."""
        pending = self.forks.get(ip)
        if pending is not None and not pending.seen_by_child:
            return ip, pending
        for place, pending in self.forks.items():
            if not pending.seen_by_child and pending.child_pid in (None, pid):
                return place, pending
        return None

    def _child(self, found: tuple[int, PendingFork], task: int, pid: int) -> Thread:
        place, pending = found
        operation, parent = pending.operation, pending.parent
        pending.seen_by_child = True
        if pending.child_pid is not None:
            del self.forks[place]
        shares = bool(operation.flags & CLONE_VM) and operation.call == "clone"
        process = parent.process
        if not shares:
            process = Process(parent.process.name, parent.process.argv, parent.process.environment)
            process.handlers = dict(parent.process.handlers)
            process.system = self._system(process)
            process.slots = {pending.slot}
        thread = Thread(task, pid, process, pending.slot, shares)
        frame = Frame(self._generator(operation.function, process, operation.arguments))
        frame.expected, frame.then = place, self._begin_at(place)
        thread.frames.append(frame)
        return thread

    def _begin_at(self, ip: int) -> Step:
        def begin(_cpu: Any, thread: Thread, _frame: Frame) -> None:
            self.fetch(thread, ip)

        return begin

    def _begin_program(self, program: Program) -> Step:
        """Reads argv and the environment from the new stack, as a C library's start code would."""

        def begin(cpu: Any, thread: Thread, frame: Frame) -> None:
            self.fetch(thread, cpu.pc)
            pgd = self.page_table(thread)
            words = cpu.sp + self.layout.word
            argv, words = self._vector(pgd, words)
            environment, _ = self._vector(pgd, words)
            process = thread.process
            process.argv = argv
            process.environment = dict(pair.partition("=")[::2] for pair in environment)
            process.system = self._system(process)
            frame.generator = self._generator(program.function, process, tuple(argv[1:]))

        return begin

    def _vector(self, pgd: int, place: int) -> tuple[list[str], int]:
        """The strings of a NULL-terminated pointer array, and the address behind it."""
        found: list[str] = []
        size = self.layout.word
        while True:
            data = self.tables.read(pgd, place, size)
            place += size
            pointer = int.from_bytes(data, "little" if self.kernel.description.little_endian else "big")
            if not pointer:
                return found, place
            found.append(calls.as_text(self.tables.cstring(pgd, pointer)))

    def _system(self, process: Process) -> Any:
        return self.workload.system(process.name, process.argv, process.environment)

    def _generator(self, function: Callable[..., Any], process: Process, arguments: tuple[Any, ...]) -> Any:
        """The generator of ``function``; one that has already ended where it is a plain function."""
        self.turns += 1
        self.in_workload = True
        try:
            result = function(process.system, *arguments)
        except SystemExit as leave:
            result = leave.code
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                raise WorkloadError(f"{_place_of(function)}: {error}") from error
            raise self._mistake(function.__name__, error) from error
        except (Exception, KeyboardInterrupt) as error:
            raise self._mistake(function.__name__, error) from error
        finally:
            self.in_workload = False
        return result if isinstance(result, Generator) else _ended(result)

    # ------------------------------------------------------------ running

    def _run(self, cpu: Any, thread: Thread, frame: Frame, step: Step) -> None:
        """Takes one step of an operation, then the generator's next ones until the kernel is entered."""
        while True:
            value, error = None, None
            try:
                value = self.take(cpu, thread, frame, step)
            except OSError as failure:
                error = failure
            if value is IN_KERNEL:
                return
            step = self._step_of(thread, frame, self._next(thread, frame, value, error))

    def take(self, cpu: Any, thread: Thread, frame: Frame, step: Step) -> Any:
        """Takes a step; where memory is missing, enters the kernel's page fault, to take it again
        afterwards."""
        try:
            return step(cpu, thread, frame)
        except PageFault as fault:
            fetch = fault.error_code & INSTRUCTION
            ip = fault.address if fetch else self.text + executable.ACCESS
            self.wait(frame, ip, step)
            self.machine.enter_exception(cpu, self._fault_vector, fault.error_code, fault.address, ip)
            return IN_KERNEL

    def _next(self, thread: Thread, frame: Frame, value: Any, error: OSError | None) -> Any:
        """What the generator asks for next."""
        generator = frame.generator
        self.turns += 1
        self.in_workload = True
        try:
            return generator.throw(error) if error is not None else generator.send(value)
        except StopIteration as end:
            if frame.is_handler:
                return Call("rt_sigreturn")
            return Exit(_exit_code(end.value), group=not thread.is_clone)
        except SystemExit as leave:
            return Exit(_exit_code(leave.code))
        except OSError as failure:
            frame.generator = _report(thread.process.name, failure)
            return next(frame.generator)
        except WorkloadError:
            raise
        except (Exception, KeyboardInterrupt) as mistake:
            raise self._mistake(thread.name, mistake) from mistake
        finally:
            self.in_workload = False

    def _step_of(self, thread: Thread, frame: Frame, operation: Any) -> Step:
        make = STEPS.get(type(operation))
        if make is None:
            what = f"{type(operation).__name__} {operation!r}"[:80]
            hint = "; write `yield from`" if isinstance(operation, Generator) else ""
            raise WorkloadError(
                f"{_place_of_generator(frame.generator)}: process {thread.name} yielded {what}, "
                f"which is no system call{hint}"
            )
        try:
            return make(self, thread, operation)
        except (TypeError, ValueError, KeyError, AttributeError) as mistake:
            place = _place_of_generator(frame.generator)
            raise WorkloadError(f"{place}: {operation!r}: {mistake}") from mistake

    def _mistake(self, who: str, mistake: BaseException) -> WorkloadError:
        """The error for an exception in a workload's own code, with the place it happened."""
        frames = traceback.extract_tb(mistake.__traceback__)
        own = [f for f in frames if not f.filename.startswith(_RUNTIME)] or list(frames)
        if own and isinstance(mistake, ValueError) and _is_ours(own[-1].filename):
            return WorkloadError(f"{who.partition('[')[0]}: {mistake}")  # an argument that is no number
        if isinstance(mistake, KeyboardInterrupt):
            mistake = RuntimeError("interrupted, it computed without yielding")
        where = f"{own[-1].filename}:{own[-1].lineno}: in {own[-1].name}: " if own else ""
        return WorkloadError(f"{where}{type(mistake).__name__}: {mistake} (process {who})")

    # ------------------------------------------------------------ entering the kernel

    def wait(self, frame: Frame, ip: int, then: Step) -> None:
        frame.expected = ip
        frame.then = then
        frame.calling = False

    def page_table(self, thread: Thread) -> int:
        return self._pgd(self._mm(thread.task))

    def fetch(self, thread: Thread, ip: int) -> None:
        """What fetching an instruction at ``ip`` takes: its page has to be there. Raises PageFault."""
        page = ip >> 12
        if page not in thread.process.pages:
            self.tables.translate(self.page_table(thread), ip, FROM_USER | INSTRUCTION)
            thread.process.pages.add(page)

    def number(self, call: str) -> int | None:
        if call not in self._numbers:
            self._numbers[call] = self.kernel.system_call_number(calls.kernel_names(call))
        return self._numbers[call]

    def enter(self, call: str, place: int | None, encode: Callable[[Thread], Any], finish: Step) -> Step:
        """The step that makes a system call at ``place``; ``finish`` is taken when it has returned."""
        number = self.number(call)
        if number is None:
            return _unknown_call
        if place is None:
            place = self.text + executable.CALLS + (number & 511) * executable.CALL_STEP

        def issue(cpu: Any, thread: Thread, frame: Frame) -> Any:
            self.fetch(thread, place)
            registers = encode(thread)
            self.wait(frame, place + self.call_size, finish)
            frame.calling = True
            self.machine.enter_system_call(cpu, number, registers, frame.expected)
            return IN_KERNEL

        return issue

    def result(self, cpu: Any) -> int:
        """The call's result as a signed number. Raises OSError for an error."""
        result = self._result(cpu)
        if result & self._sign:
            result -= self._sign << 1
            if result >= -4095:
                raise errors.system_error(-result)
        return result

    def arena(self, thread: Thread) -> calls.Arena:
        def load(address: int, size: int) -> bytes:
            return self.tables.read(self.page_table(thread), address, size)

        base = self.text + executable.SCRATCH + thread.slot * executable.SCRATCH_SLOT
        return calls.Arena(self.layout, base, executable.SCRATCH_SLOT - 4096, load)

    # ------------------------------------------------------------ forks and ends

    def fork_place(self) -> int:
        """A place in the text where no other fork is under way."""
        self._forks_since_sweep += 1
        if self._forks_since_sweep > executable.FORK_SITES // 2:
            self._sweep()
        for _ in range(executable.FORK_SITES):
            place = self.text + executable.FORKS + self._next_fork * executable.FORK_STEP
            self._next_fork = (self._next_fork + 1) % executable.FORK_SITES
            if place + self.call_size not in self.forks:
                return place
        raise WorkloadError(f"more than {executable.FORK_SITES} forks at a time")

    def _sweep(self) -> None:
        """Forgets the threads and forks of tasks that were killed."""
        self._forks_since_sweep = 0
        alive = self._alive()
        for address, thread in list(self.threads.items()):
            if (address, thread.pid) not in alive:
                self.forget(thread)
        pids = {pid for _, pid in alive}
        for place, pending in list(self.forks.items()):
            if pending.child_pid is not None and pending.child_pid not in pids:
                del self.forks[place]

    def _alive(self) -> set[tuple[int, int]]:
        """(task, pid) of all threads the kernel knows."""
        found: set[tuple[int, int]] = set()
        for leader in self.kernel.tasks():
            found.update((task.address, task.pid) for task in self.kernel.threads(leader.address))
        return found

    def forget(self, thread: Thread) -> None:
        """The thread will not return to user mode."""
        thread.close()
        thread.process.slots.discard(thread.slot)
        if self.threads.get(thread.task) is thread:
            del self.threads[thread.task]

    def close(self) -> None:
        """Ends all processes: the generators are closed."""
        for thread in self.threads.values():
            thread.close()
        self.threads.clear()
        self.forks.clear()


def _ended(value: Any) -> Generator[Any, Any, Any]:
    return value
    yield  # a generator that ends at once


def _report(name: str, failure: OSError) -> Generator[Any, Any, int]:
    """What a process does about an error it does not catch: says so on its standard error, and exits 1."""
    text = failure.strerror or str(failure)
    subject = f"{failure.filename}: " if failure.filename else ""
    try:
        yield Call("write", (2, f"{name}: {subject}{text}\n"))
    except OSError:
        return 1
    return 1


def _unknown_call(_cpu: Any, _thread: Thread, _frame: Frame) -> Any:
    raise errors.system_error(errors.ENOSYS)


def _exit_code(value: Any) -> int:
    if value is None:
        return 0
    return value if isinstance(value, int) else 1


def _is_ours(path: str) -> bool:
    """Whether a workload's code came with stapy: its place tells a user nothing."""
    return Path(path).parent.name == "workloads" and Path(path).parent.parent.name == "stapy"


def _place_of(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    if code is not None and _is_ours(code.co_filename):
        return f"workload {function.__name__}"
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _place_of_generator(generator: Any) -> str:
    """File and line where ``generator``, or the innermost one it delegates to, stands."""
    while getattr(generator, "gi_yieldfrom", None) is not None and hasattr(generator.gi_yieldfrom, "gi_frame"):
        generator = generator.gi_yieldfrom
    frame = generator.gi_frame
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "workload"
