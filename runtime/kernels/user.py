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
from typing import Any

from stapy.runtime.kernels import calls, errors, executable
from stapy.runtime.kernels.layout import Layout, reader
from stapy.runtime.kernels.mmu import FROM_USER, INSTRUCTION, PageFault, PageTables
from stapy.runtime.kernels.operations import (
    Access,
    Call,
    Compute,
    Execute,
    Exit,
    Finish,
    Fork,
    Program,
    Ready,
    Signal,
    Workload,
    WorkloadError,
)

Step = Callable[[Any, "Thread", "Frame"], Any]

CLONE_VM, CLONE_SIGHAND, CLONE_THREAD = 0x100, 0x800, 0x10000
SA_SIGINFO, SA_RESTORER = 0x4, 0x04000000
SIG_DFL, SIG_IGN = 0, 1

IN_KERNEL = object()  # a step's result: the kernel was entered, the rest follows when it returns


class Frame:
    """A generator that runs, and where in user text it waits: the program itself, or a signal handler over
    it."""

    __slots__ = ("calling", "expected", "generator", "is_handler", "then")

    def __init__(self, generator: Any, is_handler: bool = False) -> None:
        self.generator = generator
        self.is_handler = is_handler
        self.expected = 0  # the user ip at which `then` goes on
        self.then: Step | None = None
        self.calling = False  # a system call is under way: it may have to be made again


class Process:
    """What the threads of one address space share."""

    __slots__ = ("argv", "environment", "handlers", "name", "pages", "slots", "system")

    def __init__(self, name: str, argv: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.argv = argv
        self.environment = environment
        self.handlers: dict[int, Callable[..., Any]] = {}  # by signal
        self.pages: set[int] = set()  # text pages known to be mapped
        self.slots: set[int] = {0}  # scratch slots in use
        self.system: Any = None


class Thread:
    """One task of the kernel, as far as user mode goes."""

    __slots__ = ("frames", "is_clone", "pid", "process", "slot", "task")

    def __init__(self, task: int, pid: int, process: Process, slot: int = 0, is_clone: bool = False) -> None:
        self.task = task
        self.pid = pid
        self.process = process
        self.slot = slot
        self.is_clone = is_clone  # shares its memory: it ends alone
        self.frames: list[Frame] = []

    def close(self) -> None:
        """Ends the generators of a dead thread: `finally` runs, but can ask nothing of the kernel."""
        for frame in reversed(self.frames):
            try:
                frame.generator.close()
            except Exception:
                continue  # it yielded or failed while being closed: the process is gone all the same
        self.frames.clear()


class _PendingFork:
    """A fork between its call and the first instructions of parent and child."""

    __slots__ = ("child_pid", "operation", "parent", "seen_by_child")

    def __init__(self, parent: Thread, operation: Fork) -> None:
        self.parent = parent
        self.operation = operation
        self.child_pid: int | None = None
        self.seen_by_child = False


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
        self.forks: dict[int, _PendingFork] = {}
        self.target_pid = 0
        self.ready = False
        self.finished: int | None = None
        self._next_fork = 0
        self._forks_since_sweep = 0
        self._call_size = len(target.syscall)
        self._current = kernel.user_task
        self._result_register = kernel.arch.return_registers[0]
        self._fault_vector = kernel.arch.fault_vector("page")
        self._pid = reader(self.layout, self.memory, "task_struct", "pid", signed=True)
        self._mm = reader(self.layout, self.memory, "task_struct", "mm")
        self._pgd = reader(self.layout, self.memory, "mm_struct", "pgd")
        self._sign = 1 << (target.bits - 1)
        self._numbers: dict[str, int | None] = {}
        self._perform: dict[type, Callable[..., Any]] = {
            Call: self._call,
            Fork: self._fork,
            Execute: self._execute,
            Exit: self._exit,
            Compute: self._compute,
            Access: self._access,
            Signal: self._signal,
            Ready: self._ready,
            Finish: self._finish,
        }

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
        elif frame.calling and ip == frame.expected - self._call_size:
            # The kernel put the number back: that of the call, or of restart_syscall.
            self.machine.enter_system_call(cpu, cpu.read(self._result_register), (), frame.expected)
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
            raise WorkloadError(
                f"process {thread.process.name}[{thread.pid}] is at {ip:#x}, where it never waited"
            )

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

    def _fork_of(self, ip: int, pid: int) -> tuple[int, _PendingFork] | None:
        """The fork that ``pid`` came from: by the place it returns to, or by its pid when a signal came
        first."""
        pending = self.forks.get(ip)
        if pending is not None and not pending.seen_by_child:
            return ip, pending
        for place, pending in self.forks.items():
            if not pending.seen_by_child and pending.child_pid in (None, pid):
                return place, pending
        return None

    def _child(self, found: tuple[int, _PendingFork], task: int, pid: int) -> Thread:
        place, pending = found
        operation, parent = pending.operation, pending.parent
        pending.seen_by_child = True
        if pending.child_pid is not None:
            del self.forks[place]
        shares = bool(operation.flags & CLONE_VM) and operation.call == "clone"
        if shares:
            process = parent.process
            slot = min(set(range(len(process.slots) + 1)) - process.slots)
            process.slots.add(slot)
        else:
            process = Process(parent.process.name, parent.process.argv, parent.process.environment)
            process.handlers = dict(parent.process.handlers)
            process.system = self._system(process)
            slot = parent.slot
            process.slots = {slot}
        thread = Thread(task, pid, process, slot, shares)
        frame = Frame(self._generator(operation.function, process, operation.arguments))
        frame.expected, frame.then = place, self._begin_at(place)
        thread.frames.append(frame)
        return thread

    def _begin_at(self, ip: int) -> Step:
        def begin(_cpu: Any, thread: Thread, _frame: Frame) -> None:
            self._fetch(thread, ip)

        return begin

    def _begin_program(self, program: Program) -> Step:
        """Reads argv and the environment from the new stack, as a C library's start code would."""

        def begin(cpu: Any, thread: Thread, frame: Frame) -> None:
            self._fetch(thread, cpu.pc)
            pgd = self._pgd(self._mm(thread.task))
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
        found, size = [], self.layout.word
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
        try:
            result = function(process.system, *arguments)
        except SystemExit as leave:
            result = leave.code
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                raise WorkloadError(f"{_place_of(function)}: {error}") from error
            raise self._mistake(function.__name__, error) from error
        except Exception as error:
            raise self._mistake(function.__name__, error) from error
        return result if isinstance(result, Generator) else _ended(result)

    # ------------------------------------------------------------ running

    def _run(self, cpu: Any, thread: Thread, frame: Frame, step: Step) -> None:
        """Takes one step of an operation, then the generator's next ones until the kernel is entered."""
        value, error = None, None
        try:
            value = step(cpu, thread, frame)
        except PageFault as fault:
            self._page_fault(cpu, thread, frame, step, fault)
            return
        except OSError as failure:
            error = failure
        if value is not IN_KERNEL:
            self._advance(cpu, thread, frame, value, error)

    def _advance(self, cpu: Any, thread: Thread, frame: Frame, value: Any, error: OSError | None) -> None:
        while True:
            operation = self._next(thread, frame, value, error)
            value = error = None
            step = self._step_of(thread, frame, operation)
            try:
                value = step(cpu, thread, frame)
            except PageFault as fault:
                self._page_fault(cpu, thread, frame, step, fault)
                return
            except OSError as failure:
                error = failure
            if value is IN_KERNEL:
                return

    def _next(self, thread: Thread, frame: Frame, value: Any, error: OSError | None) -> Any:
        """What the generator asks for next."""
        generator = frame.generator
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
        except Exception as mistake:
            raise self._mistake(f"{thread.process.name}[{thread.pid}]", mistake) from mistake

    def _step_of(self, thread: Thread, frame: Frame, operation: Any) -> Step:
        perform = self._perform.get(type(operation))
        if perform is None:
            place = _place_of_generator(frame.generator)
            who = f"{thread.process.name}[{thread.pid}]"
            what = f"{type(operation).__name__} {operation!r}"[:80]
            hint = "; write `yield from`" if isinstance(operation, Generator) else ""
            raise WorkloadError(
                f"{place}: process {who} yielded {what}, which is no system call{hint}"
            )
        try:
            return perform(thread, frame, operation)
        except (TypeError, ValueError, KeyError) as mistake:
            place = _place_of_generator(frame.generator)
            raise WorkloadError(f"{place}: {operation!r}: {mistake}") from mistake

    def _mistake(self, who: str, mistake: BaseException) -> WorkloadError:
        """The error for an exception in a workload's own code, with the place it happened."""
        frames = traceback.extract_tb(mistake.__traceback__)
        own = [f for f in frames if f.filename != __file__] or list(frames)
        where = f"{own[-1].filename}:{own[-1].lineno}: in {own[-1].name}: " if own else ""
        return WorkloadError(f"{where}{type(mistake).__name__}: {mistake} (process {who})")

    # ------------------------------------------------------------ entering the kernel

    def _wait(self, frame: Frame, ip: int, then: Step) -> None:
        frame.expected = ip
        frame.then = then
        frame.calling = False

    def _page_fault(self, cpu: Any, thread: Thread, frame: Frame, step: Step, fault: PageFault) -> None:
        """Enters the kernel for a page that is not there; the step is taken again afterwards."""
        fetch = fault.error_code & INSTRUCTION
        ip = fault.address if fetch else self.text + executable.ACCESS
        self._wait(frame, ip, step)
        self.machine.enter_exception(cpu, self._fault_vector, fault.error_code, fault.address, ip)

    def _fetch(self, thread: Thread, ip: int) -> None:
        """What fetching an instruction at ``ip`` takes: its page has to be there. Raises PageFault."""
        page = ip >> 12
        if page not in thread.process.pages:
            self.tables.translate(self._pgd(self._mm(thread.task)), ip, FROM_USER | INSTRUCTION)
            thread.process.pages.add(page)

    def _number(self, call: str) -> int | None:
        if call not in self._numbers:
            self._numbers[call] = self.kernel.system_call_number(calls.kernel_names(call))
        return self._numbers[call]

    def _enter(self, call: str, place: int | None, encode: Callable[[Thread], Any], finish: Step) -> Step:
        """The step that makes a system call at ``place``; ``finish`` is taken when it has returned."""
        number = self._number(call)
        if number is None:
            return _unknown_call
        if place is None:
            place = self.text + executable.CALLS + (number & 511) * executable.CALL_STEP

        def issue(cpu: Any, thread: Thread, frame: Frame) -> Any:
            self._fetch(thread, place)
            registers = encode(thread)
            self._wait(frame, place + self._call_size, finish)
            frame.calling = True
            self.machine.enter_system_call(cpu, number, registers, frame.expected)
            return IN_KERNEL

        return issue

    def _result(self, cpu: Any) -> int:
        """The call's result as a signed number. Raises OSError for an error."""
        result = cpu.read(self._result_register)
        if result & self._sign:
            result -= self._sign << 1
            if result >= -4095:
                raise errors.system_error(-result)
        return result

    def _arena(self, thread: Thread) -> calls.Arena:
        def load(address: int, size: int) -> bytes:
            return self.tables.read(self._pgd(self._mm(thread.task)), address, size)

        base = self.text + executable.SCRATCH + thread.slot * executable.SCRATCH_SLOT
        return calls.Arena(self.layout, base, executable.SCRATCH_SLOT - 4096, load)

    def _store(self, thread: Thread, arena: calls.Arena) -> None:
        if arena.stores:
            pgd = self._pgd(self._mm(thread.task))
            for address, data in arena.stores:
                self.tables.write(pgd, address, data)

    # ------------------------------------------------------------ operations

    def _call(self, thread: Thread, frame: Frame, operation: Call) -> Step:
        name = operation.name
        if name == "rt_sigreturn":
            return self._return_from_handler(thread)
        if name == "mmap" and self._number("mmap_pgoff") is not None:
            name = "mmap_pgoff"
        arena = self._arena(thread)
        registers, decode = calls.encoder(name)(arena, *operation.arguments)

        def encode(thread: Thread) -> tuple[int, ...]:
            self._store(thread, arena)
            return registers

        def finish(cpu: Any, thread: Thread, frame: Frame) -> Any:
            try:
                result = self._result(cpu)
            except OSError as failure:
                raise _with_path(failure, operation) from None
            if decode is None:
                return result
            return self._decoded(cpu, thread, frame, decode, result)

        return self._enter(name, None, encode, finish)

    def _decoded(self, cpu: Any, thread: Thread, frame: Frame, decode: calls.Decoder, result: int) -> Any:
        """Decodes what the kernel left in user memory; again when that takes a page fault."""

        def step(_cpu: Any, _thread: Thread, _frame: Frame) -> Any:
            return decode(result)

        try:
            return decode(result)
        except PageFault as fault:
            self._page_fault(cpu, thread, frame, step, fault)
            return IN_KERNEL

    def _fork(self, thread: Thread, frame: Frame, operation: Fork) -> Step:
        place = self._fork_place()
        shares = operation.flags & CLONE_VM
        stack = 0
        if operation.call == "clone" and shares:
            process = thread.process
            slot = min(set(range(len(process.slots) + 1)) - process.slots)
            stack = self.text + executable.SCRATCH + (slot + 1) * executable.SCRATCH_SLOT - 64
        registers = (operation.flags, stack, 0, 0, 0) if operation.call == "clone" else ()
        pending = _PendingFork(thread, operation)
        key = place + self._call_size

        def encode(_thread: Thread) -> tuple[int, ...]:
            self.forks[key] = pending
            return registers

        def finish(cpu: Any, thread: Thread, frame: Frame) -> int:
            try:
                pending.child_pid = self._result(cpu)
            except OSError:
                self.forks.pop(key, None)
                raise
            if pending.seen_by_child:
                self.forks.pop(key, None)
            return pending.child_pid

        return self._enter(operation.call, place, encode, finish)

    def _fork_place(self) -> int:
        """A place in the text where no other fork is under way."""
        self._forks_since_sweep += 1
        if self._forks_since_sweep > executable.FORK_SITES // 2:
            self._sweep()
        for _ in range(executable.FORK_SITES):
            place = self.text + executable.FORKS + self._next_fork * executable.FORK_STEP
            self._next_fork = (self._next_fork + 1) % executable.FORK_SITES
            if place + self._call_size not in self.forks:
                return place
        raise WorkloadError(f"more than {executable.FORK_SITES} forks at a time")

    def _sweep(self) -> None:
        """Forgets the threads and forks of tasks that were killed."""
        self._forks_since_sweep = 0
        alive = {task.address: task.pid for task in self.kernel.tasks()}
        for address, thread in list(self.threads.items()):
            if alive.get(address) != thread.pid:
                del self.threads[address]
                thread.close()
        pids = set(alive.values())
        for place, pending in list(self.forks.items()):
            if pending.child_pid is not None and pending.child_pid not in pids:
                del self.forks[place]

    def _execute(self, thread: Thread, frame: Frame, operation: Execute) -> Step:
        environment = operation.environment
        if environment is None:
            environment = thread.process.environment
        pairs = tuple(f"{name}={value}" for name, value in environment.items())
        arguments = (operation.path, operation.argv, pairs)
        return self._call(thread, frame, Call("execve", arguments))

    def _exit(self, thread: Thread, frame: Frame, operation: Exit) -> Step:
        call = "exit_group" if operation.group and self._number("exit_group") is not None else "exit"

        def encode(thread: Thread) -> tuple[int, ...]:
            thread.close()
            self.threads.pop(thread.task, None)
            thread.process.slots.discard(thread.slot)
            return (operation.code & 0xFF,)

        return self._enter(call, None, encode, _came_back)

    def _compute(self, thread: Thread, frame: Frame, operation: Compute) -> Step:
        ip = self.text + executable.COMPUTE
        left = operation.ns

        def work(cpu: Any, thread: Thread, frame: Frame) -> Any:
            nonlocal left
            self._fetch(thread, ip)
            if not left:
                return None
            self._wait(frame, ip, work)
            cpu.pc = ip
            left = self.machine.user_time(cpu, left)
            # Left in user mode with time to go: the machine was stopped, and calls again for the rest.
            return IN_KERNEL if left or not cpu.user_mode else None

        return work

    def _access(self, thread: Thread, frame: Frame, operation: Access) -> Step:
        address, size, data = operation.address, operation.size, operation.data
        ip = self.text + executable.ACCESS

        def access(_cpu: Any, thread: Thread, _frame: Frame) -> Any:
            self._fetch(thread, ip)
            pgd = self._pgd(self._mm(thread.task))
            if data is not None:
                return self.tables.write(pgd, address, data)
            return self.tables.read(pgd, address, size)

        return access

    def _signal(self, thread: Thread, frame: Frame, operation: Signal) -> Step:
        """Sets a handler: the kernel gets an address that stands for the Python function."""
        number, handler = operation.number, operation.handler
        handlers = thread.process.handlers
        if callable(handler):
            address = self.text + executable.HANDLERS + number * executable.HANDLER_STEP
            previous = handlers.get(number)
            handlers[number] = handler  # before the call: the signal may come with its return
        else:
            address, previous = handler, None
        flags = operation.flags | SA_SIGINFO | SA_RESTORER
        arena = self._arena(thread)
        restorer = self.text + executable.RESTORER
        registers, _ = calls.encoder("rt_sigaction")(arena, number, address, flags, restorer)

        def encode(thread: Thread) -> tuple[int, ...]:
            self._store(thread, arena)
            return registers

        def finish(cpu: Any, _thread: Thread, _frame: Frame) -> int:
            try:
                return self._result(cpu)
            except OSError:
                if previous is not None:
                    handlers[number] = previous
                raise

        return self._enter("rt_sigaction", None, encode, finish)

    def _return_from_handler(self, thread: Thread) -> Step:
        """The handler's end: its frame goes, and sigreturn brings the thread back to where the signal caught
        it."""
        place = self.text + executable.RESTORER
        number = self._number("rt_sigreturn")

        def issue(cpu: Any, thread: Thread, _frame: Frame) -> Any:
            self._fetch(thread, place)
            thread.frames.pop()
            # The handler's return has taken the address of this place off the stack.
            self.machine.enter_system_call(
                cpu, number, (), place + self._call_size, cpu.sp + self.layout.word
            )
            return IN_KERNEL

        return issue

    def _ready(self, thread: Thread, frame: Frame, operation: Ready) -> Step:
        """Leaves the emulation just after the process has entered the kernel for a harmless call."""
        step = self._call(thread, frame, Call("getppid"))

        def gate(cpu: Any, thread: Thread, frame: Frame) -> Any:
            if operation.target:
                self.target_pid = thread.pid
            result = step(cpu, thread, frame)
            self.ready = True
            self.machine.stop("ready")
            return result

        return gate

    def _finish(self, thread: Thread, frame: Frame, operation: Finish) -> Step:
        step = self._call(thread, frame, Call("getppid"))

        def end(cpu: Any, thread: Thread, frame: Frame) -> Any:
            result = step(cpu, thread, frame)
            self.finished = operation.status
            self.machine.stop("finished")
            return result

        return end

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


def _with_path(failure: OSError, operation: Call) -> OSError:
    """The error with the path of the call's first argument, if that is one."""
    first = operation.arguments[0] if operation.arguments else None
    if isinstance(first, (str, bytes)) and failure.filename is None:
        failure.filename = calls.as_text(first) if isinstance(first, bytes) else first
    return failure


def _unknown_call(_cpu: Any, _thread: Thread, _frame: Frame) -> Any:
    raise errors.system_error(errors.ENOSYS)


def _came_back(_cpu: Any, thread: Thread, _frame: Frame) -> Any:
    raise WorkloadError(f"process {thread.process.name}[{thread.pid}] came back from exit")


def _exit_code(value: Any) -> int:
    if value is None:
        return 0
    return value if isinstance(value, int) else 1


def _place_of(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(function)


def _place_of_generator(generator: Any) -> str:
    """File and line where ``generator``, or the innermost one it delegates to, stands."""
    while getattr(generator, "gi_yieldfrom", None) is not None and hasattr(
        generator.gi_yieldfrom, "gi_frame"
    ):
        generator = generator.gi_yieldfrom
    frame = generator.gi_frame
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "workload"
