"""A run of a compiled script: its probes in their order, its output, its errors, its exit status."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, BinaryIO, TextIO

from stapy.runtime import limits
from stapy.runtime.context import Context
from stapy.runtime.operations import fault_message
from stapy.runtime.program import (
    Begin,
    Breakpoint,
    End,
    Error,
    FunctionReturn,
    Global,
    Handler,
    JprobeEntry,
    NextProbe,
    Probe,
    Procfs,
    Program,
    ScriptError,
    Timer,
    Watchpoint,
)
from stapy.runtime.values import Array, Statistics

SECOND = 1_000_000_000
DEFAULT_LENGTH = 10 * SECOND  # of a run on no machine, in virtual time: as long as the default workload
EPOCH = 1259812281  # the date such a run begins at

_AT_CODE = (Breakpoint, FunctionReturn, JprobeEntry)

# The states a session goes through. Only one kind of probe runs in each.
STARTING, RUNNING, FAILED, STOPPING, STOPPED = range(5)


@dataclass(slots=True)
class SessionOptions:
    """What the command line decides about a run."""

    target: int = 0  # -x: the process the script asks for by target()
    timeout: int | None = None  # -T, in nanoseconds of virtual time
    length: int | None = None  # the run's end where no workload sets it, in nanoseconds of virtual time
    suppress_handler_errors: bool = False
    suppress_warnings: bool = False  # -w
    global_display: bool = True  # print the globals that are written and never read
    guru: bool = False  # -g
    timing: bool = False  # -t: report hits and the time spent in handlers
    counting: bool = False  # count hits in Probe.hits
    color: bool = False
    command: str = ""  # -c
    # Reads (text None) and writes of procfs files: name, text, nanoseconds of virtual time or None
    procfs: list[tuple[str, str | None, int | None]] = field(default_factory=list)
    typing: int | None = None  # the descriptor whose characters input probes get; None for none


class Session:
    """Runs ``program`` on ``kernel`` (started, or None where the program asks for none) and writes to ``output``.

    The script's text goes to ``output`` as latin-1, messages to ``messages`` (standard error by default), the two in
    order. ``run`` gives the exit status. Handlers reach the session through their context: ``emit``, ``exit``,
    ``warn``, ``time``.
    """

    def __init__(self, program: Program, kernel: Any, output: BinaryIO, options: SessionOptions | None = None,
                 messages: TextIO | None = None) -> None:
        self.program = program
        self.kernel = kernel
        self.output = output
        self.messages = messages if messages is not None else sys.stderr
        self.options = options or SessionOptions()
        self.state = STARTING
        self.errors = 0
        self.skipped = 0
        self.failed = False  # an error was shown: the exit status is 1
        self.interrupted = False  # by ^C
        self.last_match: Any = None  # of a regular expression, for matched(): the text of each group
        self.store: dict[str, Any] = {}  # what tapset functions keep between calls, by a name of theirs
        self.random = Randomness(1)
        self.maximum_string = limits.value(program.limits, "MAXSTRINGLEN") - 1
        self._most_errors = limits.value(program.limits, "MAXERRORS")
        self._pending: list[str] = []
        self._eager = output.isatty() if hasattr(output, "isatty") else False
        self._context = Context(self, kernel)
        self._contexts: dict[Any, Context] = {}  # by CPU: one each, filled anew at every hit
        self._armed: list[tuple[Probe, Any]] = []
        self._timers: list[Any] = []
        self._files: Any = None  # of procfs probes
        self._watches: list[Callable[[], None]] = []  # what disarms the watchpoints
        self._conditions = False  # a probe of the machine has one
        self._condition_timer: Any = None
        self._at_stop: list[Callable[[], None]] = []
        self.observers: list[tuple[int, Callable[[Any], None]]] = []  # called every so many ns of virtual time
        self._times: dict[int, Statistics] = {}
        self._idle_clock = IdleClock()
        self.epoch_ns = (kernel.epoch if kernel is not None else EPOCH) * SECOND  # the date at virtual time 0

    # ------------------------------------------------------------ what handlers call

    def emit(self, text: str) -> None:
        """Print ``text``; it is written by and by, in order."""
        pending = self._pending
        pending.append(text)
        if self._eager or len(pending) >= 256:
            self.flush()

    def flush(self) -> None:
        """Write what was printed so far."""
        if not self._pending:
            return
        data = "".join(self._pending).encode("latin-1", "replace")
        self._pending.clear()
        try:
            self.output.write(data)
            self.output.flush()
        except BrokenPipeError:  # nobody reads on: end as stap does, quietly
            self.emit = lambda text: None  # type: ignore[method-assign]
            self.exit()

    def exit(self) -> None:
        """The script's exit(): no further probe but end probes; the handler that called it goes on."""
        if self.state in (STARTING, RUNNING, FAILED):
            self._leave(STOPPING)

    def warn(self, message: str) -> None:
        """``WARNING: message`` on standard error, unless -w."""
        if not self.options.suppress_warnings:
            self._report("WARNING", "33", message)

    def time(self, cpu: Any) -> int:
        """Virtual time in nanoseconds since the machine started, on ``cpu`` (None outside the machine)."""
        kernel = self.kernel
        if kernel is None:
            return self._idle_clock.now
        return kernel.clock.now(cpu if cpu is not None else kernel.cpus[0])

    @property
    def target(self) -> int:
        """What the script's target() gives: -x, or the process of -c; 0 without either."""
        return self.options.target or (self.kernel.target if self.kernel is not None else 0)

    def at_stop(self, action: Callable[[], None]) -> None:
        """Have ``action`` called when the session is over."""
        self._at_stop.append(action)

    # ------------------------------------------------------------ messages

    def _report(self, kind: str, color: str, message: str) -> None:
        self.flush()
        label = f"\033[{color}m{kind}\033[0m" if self.options.color else kind
        text = f"{label}: {message}\n"
        stream = getattr(self.messages, "buffer", None)
        if stream is None:
            self.messages.write(text)
        else:
            stream.write(text.encode("latin-1", "replace"))
        self.messages.flush()

    def error(self, message: str) -> None:
        """``ERROR: message`` on standard error; the exit status will be 1."""
        self.failed = True
        self._report("ERROR", "01;31", message)

    def _handler_failed(self, probe: Probe, exception: BaseException) -> None:
        """Account for what a handler raised: a script's error is shown and counted, anything else is ours."""
        if isinstance(exception, NextProbe):
            return
        error = as_script_error(exception)
        if error is None and self.options.guru:  # the script's embedded Python may be at fault
            error = ScriptError(f"{type(exception).__name__}: {exception}")
        if error is None:
            raise exception
        place = error.place
        if place is None and not error.placeless:
            place = self.program.place_of(exception)
        self.errors += 1
        if self.options.suppress_handler_errors:
            return
        self.error(f"{error.message} near {place}" if place else error.message)
        if self.errors > self._most_errors:
            self._leave(FAILED)

    def _leave(self, state: int) -> None:
        self.state = state
        if self.kernel is not None:
            self.kernel.stop()

    # ------------------------------------------------------------ the run

    def run(self) -> int:
        """Run the script from its begin probes to its end probes. Exit status: 0, or 1 after an error."""
        with self._interrupts():
            try:
                self.open()
                if self.state == RUNNING:
                    self._go()
            except BaseException:
                self.disarm()
                raise
            return self.close()

    def open(self) -> None:
        """Run the begin probes and arm the others: the first part of run(), for programs that run the machine."""
        self._run_in_order(Begin, STARTING)
        if self.state == STARTING:
            self.arm()
            self.state = RUNNING

    def close(self) -> int:
        """Disarm, run the end probes and tell of errors: the last part of run(). Returns the exit status."""
        try:
            if self.state in (RUNNING, STOPPING):
                self._access_files(timed=False)
        finally:
            self.disarm()
        if self.state in (STARTING, RUNNING):
            self.state = STOPPING
        self._run_in_order(End, STOPPING)
        self._run_in_order(Error, FAILED)
        self.state = STOPPED
        for action in self._at_stop:
            action()
        self._summarize()
        self.flush()
        return int(self.failed)

    def _run_in_order(self, kind: type[Begin] | type[End] | type[Error], state: int) -> None:
        """Run the begin, end or error probes, lowest order number first, as long as the session stays in ``state``."""
        probes = [probe for probe in self.program.probes if isinstance(probe.event, kind)]
        calls: list[tuple[int, Callable[[], None]]] = [
            (probe.event.order, lambda probe=probe: self._call(probe)) for probe in probes]  # type: ignore
        if kind is End and self.options.global_display:
            calls += [(0, lambda variable=variable: self._display(variable))  # type: ignore[misc]
                      for variable in self.program.globals if variable.written_never_read]
        for _, call in sorted(calls, key=lambda entry: entry[0]):
            if self.state == state:
                call()

    def _call(self, probe: Probe) -> None:
        """Run a handler outside the machine."""
        if probe.condition is not None and not probe.condition():
            return
        c = self._context
        c.probe = probe
        try:
            self._measured(probe)(c)
        except (Exception, SystemExit) as exception:
            self._handler_failed(probe, exception)

    def _go(self) -> None:
        """Let the machine run until something ends it; without one, only timers happen."""
        deadline = self.options.timeout
        if self.kernel is not None:
            until = None
            if deadline is not None:
                until = self.time(None) + deadline
            self.kernel.run(until)
            return
        if deadline is None:
            deadline = self.options.length or DEFAULT_LENGTH
        self._idle_clock.run(deadline, lambda: self.state == RUNNING)

    @contextmanager
    def _interrupts(self) -> Iterator[None]:
        """While this lasts, the first ^C ends the script in order and the second at once. So do SIGTERM and SIGHUP."""
        def interrupt(number: int, frame: Any) -> None:
            if self.interrupted or self.state in (STOPPING, STOPPED):
                raise KeyboardInterrupt
            self.interrupted = True
            self.exit()

        before: dict[int, Any] = {}
        try:
            before[signal.SIGINT] = signal.signal(signal.SIGINT, interrupt)
        except ValueError:  # not the main thread: whoever owns that looks after ^C
            yield
            return
        for ending in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(ending) is signal.SIG_DFL:  # neither ignored nor somebody else's
                before[ending] = signal.signal(ending, interrupt)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    # ------------------------------------------------------------ arming

    def arm(self) -> None:
        """Set the breakpoints, then start the timers."""
        if self.kernel is not None:
            self._contexts = {cpu: self._context_on(cpu) for cpu in self.kernel.cpus}
        self._conditions = any(probe.condition for probe in self.program.probes if isinstance(probe.event, _AT_CODE))
        for probe in self.program.probes:
            if isinstance(probe.event, _AT_CODE):
                self._arm_or_warn(probe, probe.event)
        self._follow_conditions()
        for probe in self.program.probes:
            if isinstance(probe.event, Watchpoint):
                self._start_watch(probe, probe.event)
        for probe in self.program.probes:
            if isinstance(probe.event, Timer):
                self._start_timer(probe, probe.event)
        clock: Any = self._idle_clock if self.kernel is None else self.kernel.clock
        self._timers += [clock.every(period, observer) for period, observer in self.observers]
        if self.options.procfs or any(isinstance(probe.event, Procfs) for probe in self.program.probes):
            self._serve_files()

    # ------------------------------------------------------------ procfs files

    def _serve_files(self) -> None:
        """Have the files of procfs probes read and written when the options say so, and what is typed handed on."""
        from stapy.runtime.procfs import TYPING, ProcfsFiles, Typing

        self._files = ProcfsFiles(self.program.probes, self.store, self._call)
        self._access_files(timed=True)
        if self._files.takes_typing and self.options.typing is not None:
            clock: Any = self._idle_clock if self.kernel is None else self.kernel.clock
            self._timers.append(clock.every(TYPING, Typing(self._files, self.options.typing)))

    def _access_files(self, timed: bool) -> None:
        """Read or write what the options name: writes at the start, reads at the end, others at their time."""
        for path, text, time in self.options.procfs:
            if self._files is None or path not in self._files.paths():
                if timed:
                    self.warn(f"no procfs probe makes a file '{path}'")
            elif time is not None and timed:
                self._at(time, path, text)
            elif time is None and timed == (text is not None):
                self._access(path, text)

    def _at(self, time: int, path: str, text: str | None) -> None:
        def due(_cpu: Any) -> None:
            if self.state == RUNNING:
                self._access(path, text)

        if self.kernel is not None:
            self._timers.append(self.kernel.clock.at(self.time(None) + time, due))
        else:
            self._timers.append(self._idle_clock.once(time, due))

    def _access(self, path: str, text: str | None) -> None:
        assert self._files is not None
        try:
            if text is None:
                self.emit(self._files.read(path))
            else:
                self._files.write(path, text)
        except KeyError:
            self.warn(f"the procfs file '{path}' is not for {'reading' if text is None else 'writing'}")

    def _start_watch(self, probe: Probe, event: Watchpoint) -> None:
        """Call the handler at each access to some memory, the CPU at the instruction that does it."""
        from stapy.runtime import watchpoints

        handler = self._guarded(probe)

        def hit(cpu: Any, address: int) -> None:
            if self.state != RUNNING:
                return
            c = self._contexts[cpu]
            c.probe = probe
            c.address = address
            c.regs = cpu.kprobe.regs
            c.instance = None
            c.task = 0
            try:
                handler(c)
            except (Exception, SystemExit) as exception:
                self._handler_failed(probe, exception)

        self._watches.append(watchpoints.arm(self.kernel, event, hit))

    def _arm_or_warn(self, probe: Probe, event: Breakpoint | FunctionReturn | JprobeEntry) -> None:
        """Arm one probe; where that is not possible the script runs without it."""
        from stapy.runtime.kprobes import KprobeError

        try:
            self._armed.append((probe, self._arm_kernel_probe(probe, event)))
        except KprobeError as error:
            self.warn(f"probe {probe.point} (address {event.address:#x}) registration error "
                      f"[man warning::pass5] (rc -{abs(error.errno)})")

    def _context_on(self, cpu: Any) -> Context:
        c = Context(self, self.kernel)
        c.cpu = cpu
        return c

    def _arm_kernel_probe(self, probe: Probe, event: Breakpoint | FunctionReturn | JprobeEntry) -> Any:
        from stapy.runtime.kprobes import Jprobe, Kprobe, Kretprobe

        kprobes = self.kernel.kprobes
        handler = self._handler(probe, self._guarded(probe), event.address)
        if isinstance(event, Breakpoint):
            breakpoint = Kprobe(addr=event.address, pre_handler=handler)
            kprobes.register_kprobe(breakpoint)
            return breakpoint
        if isinstance(event, FunctionReturn):
            maximum = event.maxactive or limits.value(self.program.limits, "KRETACTIVE")
            entry = self._handler(probe, probe.entry, event.address, instance=True) if probe.entry else None
            returned = Kretprobe(addr=event.address, maxactive=maximum, entry_handler=entry,
                                 handler=self._handler(probe, self._guarded(probe), event.address, instance=True))
            kprobes.register_kretprobe(returned)
            return returned
        jumped = Jprobe(addr=event.address, entry=handler, mirror=False)
        kprobes.register_jprobe(jumped)
        return jumped

    @property
    def armed(self) -> int:
        """How many probes wait for something to happen on the machine."""
        return len(self._armed) + len(self._timers) - len(self.observers) + len(self._watches)

    def disarm(self) -> None:
        """Take all probes away."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for disarm in self._watches:
            disarm()
        self._watches.clear()
        for probe, armed in reversed(self._armed):
            kprobes = self.kernel.kprobes
            if isinstance(probe.event, Breakpoint):
                kprobes.unregister_kprobe(armed)
                self._missed(probe, "kprobe", armed.nmissed)
            elif isinstance(probe.event, FunctionReturn):
                kprobes.unregister_kretprobe(armed)
                self._missed(probe, "kretprobe/1", armed.nmissed)
                self._missed(probe, "kretprobe/2", armed.kp.nmissed)
            else:
                kprobes.unregister_jprobe(armed)
                self._missed(probe, "jprobe", armed.kp.nmissed)
        self._armed.clear()

    def _missed(self, probe: Probe, kind: str, count: int) -> None:
        """Hits that kprobes could not deliver: a probe hit inside a probe, too few return instances."""
        self.skipped += count
        probe.skipped += count
        if count and self.options.timing:
            self.warn(f"Skipped due to missed {kind} on '{probe.point}': {count}")

    # ------------------------------------------------------------ conditions of probes: ``if (...)``

    def _review(self) -> None:
        """After a handler: have probes armed or disarmed whose conditions changed, as soon as no probe is at work."""
        if self._condition_timer is None and any(
                bool(probe.condition()) is kprobe.disabled  # type: ignore[misc]
                for probe, kprobe in self._conditional()):
            self._condition_timer = self.kernel.clock.at(self.time(None), self._follow_conditions)

    def _conditional(self) -> Iterator[tuple[Probe, Any]]:
        for probe, armed in self._armed:
            if probe.condition is not None:
                yield probe, armed if isinstance(probe.event, Breakpoint) else armed.kp

    def _follow_conditions(self, cpu: Any = None) -> None:
        """Arm the probes whose conditions hold and disarm the others."""
        self._condition_timer = None
        for probe, kprobe in self._conditional():
            assert probe.condition is not None
            wanted = bool(probe.condition())
            if wanted is kprobe.disabled:
                change = self.kernel.kprobes.enable_kprobe if wanted else self.kernel.kprobes.disable_kprobe
                change(kprobe)

    # ------------------------------------------------------------ handlers on the machine: one call from the hit

    def _handler(self, probe: Probe, handler: Handler, address: int,
                 instance: bool = False) -> Callable[[Any, Any], int]:
        """What kprobes calls: ``handler`` in the context of the CPU that was hit, with errors accounted for.

        ``instance`` says that kprobes passes a return probe's instance, which the handler sees; else its kprobe.
        """
        bound = {cpu: self._handler_in(c, probe, handler, address, instance) for cpu, c in self._contexts.items()}
        if len(bound) == 1:
            return next(iter(bound.values()))
        return lambda origin, regs: bound[regs.cpu](origin, regs)

    def _handler_in(self, c: Context, probe: Probe, handler: Handler, address: int,
                    instance: bool) -> Callable[[Any, Any], int]:
        def hit(origin: Any, regs: Any) -> int:
            if self.state == RUNNING:
                c.probe = probe
                c.address = address
                c.regs = regs
                c.task = 0
                c.instance = origin if instance else None
                try:
                    handler(c)
                except (Exception, SystemExit) as exception:
                    self._handler_failed(probe, exception)
            return 0

        return hit

    def _guarded(self, probe: Probe) -> Handler:
        """The probe's handler, behind its condition and under -t's stopwatch where there are such."""
        handler = self._measured(probe)
        condition, reviews = probe.condition, self._conditions
        if condition is None and not reviews:
            return handler

        def guarded(c: Context) -> None:
            if condition is None or condition():
                try:
                    handler(c)
                finally:
                    if reviews:
                        self._review()

        return guarded

    def _measured(self, probe: Probe) -> Handler:
        """The probe's handler, with as much measuring as was asked for."""
        if self.options.timing:
            return self._timed(probe)
        return self._counted(probe) if self.options.counting else probe.handler

    @staticmethod
    def _counted(probe: Probe) -> Handler:
        """The probe's handler, which counts its hits."""
        handler = probe.handler

        def counted(c: Context) -> None:
            probe.hits += 1
            handler(c)

        return counted

    def _timed(self, probe: Probe) -> Handler:
        """The probe's handler with its host time taken, for -t."""
        from time import perf_counter_ns

        times = self._times.setdefault(id(probe), Statistics(variance=True))
        handler = probe.handler

        def timed(c: Context) -> None:
            started = perf_counter_ns()
            try:
                handler(c)
            finally:
                times.add(perf_counter_ns() - started)
                probe.hits += 1

        return timed

    # ------------------------------------------------------------ timers

    def _start_timer(self, probe: Probe, event: Timer) -> None:
        """Call the handler every period of virtual time: on the first CPU, or on each for timer.profile."""
        if event.profile:
            assert self.kernel.kprobes is not None  # asking makes them, and the view of the registers with them
        fire = self._timer(probe, event.profile)
        if self.kernel is None:
            self._timers.append(self._idle_clock.every(event.period, fire, event.randomize))
            return
        for number in range(len(self.kernel.cpus) if event.profile else 1):
            self._timers.append(self.kernel.clock.every(event.period, fire, event.randomize, number))

    def _timer(self, probe: Probe, profile: bool) -> Callable[[Any], None]:
        handler = self._guarded(probe)
        contexts = self._contexts

        def fire(cpu: Any) -> None:
            if self.state != RUNNING:
                return
            c = contexts[cpu] if cpu is not None else self._context
            c.probe = probe
            c.address = cpu.pc if profile and cpu is not None else 0
            c.regs = cpu.kprobe.regs if profile and cpu is not None else None
            c.task = 0
            c.user_mode = cpu is not None and cpu.user_mode
            try:
                handler(c)
            except (Exception, SystemExit) as exception:
                self._handler_failed(probe, exception)
            c.user_mode = False

        return fire

    # ------------------------------------------------------------ the end

    def _display(self, variable: Global) -> None:
        """Print a global that was written and never read, as ``stap`` does at exit."""
        self.emit(display(variable))

    def _summarize(self) -> None:
        """The line that tells of errors and skipped probes, and the report of -t."""
        if self.options.timing:
            self._report_times()
        if self.errors or self.skipped:
            self._report("WARNING", "33", f"Number of errors: {self.errors}, skipped probes: {self.skipped}")

    def _report_times(self) -> None:
        self.emit("----- probe hit report: \n")
        for index, probe in enumerate(self.program.probes):
            times = self._times.get(id(probe))
            if times is not None and times.count:
                self.emit(f"{probe.point}, ({probe.name}), hits: {times.count}, nanoseconds: {times.minimum()}min/"
                          f"{times.average()}avg/{times.maximum()}max, variance: {times.variance()}, index: {index}\n")


def as_script_error(exception: BaseException) -> ScriptError | None:
    """The script's error that ``exception`` amounts to: itself, or a read of memory that is not there; else None."""
    if isinstance(exception, ScriptError):
        return exception
    if type(exception).__name__ == "MemoryFault":
        return ScriptError(fault_message(exception))
    return None


def display(variable: Global) -> str:
    """A global's lines as ``stap`` prints them at exit: arrays by descending value, strings in quotes."""
    value = variable.get()
    if isinstance(value, Array):
        lines = []
        for key in value.ordered(0, -1):
            keys = key if isinstance(key, tuple) else (key,)
            shown = ",".join(f'"{part}"' if isinstance(part, str) else str(part) for part in keys)
            lines.append(_display_value(f"{variable.name}[{shown}]", value[key], variable.pointer))
        return "".join(lines)
    return _display_value(variable.name, value, variable.pointer)


def _display_value(name: str, value: Any, pointer: bool) -> str:
    if isinstance(value, Statistics):
        if not value.count:
            return f"{name} @count=0x0\n"
        return (f"{name} @count={value.count} @min={value.least} @max={value.greatest} @sum={value.sum} "
                f"@avg={value.average()}\n")
    if isinstance(value, str):
        return f'{name}="{value}"\n'
    return f"{name}={value & 0xFFFFFFFFFFFFFFFF:#x}\n" if pointer else f"{name}={value}\n"


class IdleTimer:
    """A timer of IdleClock; cancel() is safe at any time."""

    __slots__ = ("cancelled", "chance", "function", "period", "randomize")

    def __init__(self, function: Callable[[None], None], period: int, randomize: int, seed: int) -> None:
        self.function = function
        self.period = period
        self.randomize = randomize
        self.chance = Randomness(seed)
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def following(self, after: int) -> int:
        """When it is due next."""
        spread = self.chance.below(2 * self.randomize + 1) - self.randomize if self.randomize else 0
        return after + max(1, self.period + spread)


class IdleClock:
    """Virtual time where no machine runs: it jumps from timer to timer."""

    def __init__(self) -> None:
        self.now = 0
        self._due: list[tuple[int, int, IdleTimer]] = []
        self._order = 0

    def every(self, period: int, function: Callable[[None], None], randomize: int = 0) -> IdleTimer:
        """Call ``function(None)`` every ``period`` ns, give or take ``randomize``; the same in each run."""
        timer = IdleTimer(function, period, randomize, seed=len(self._due) + 1)
        self._push(timer)
        return timer

    def once(self, when: int, function: Callable[[None], None]) -> IdleTimer:
        """Call ``function(None)`` at the time ``when``, in ns."""
        timer: IdleTimer

        def fire(_: None) -> None:
            timer.cancel()
            function(None)

        timer = self.every(max(1, when - self.now), fire)
        return timer

    def _push(self, timer: IdleTimer) -> None:
        self._order += 1
        heappush(self._due, (timer.following(self.now), self._order, timer))

    def run(self, until: int, going_on: Callable[[], bool]) -> None:
        """Let time pass up to ``until``, or until ``going_on`` says no."""
        while self._due and going_on():
            when, _, timer = self._due[0]
            if when > until:
                break
            heappop(self._due)
            if timer.cancelled:
                continue
            self.now = when
            self._push(timer)
            timer.function(None)
        if going_on():
            self.now = until


class Randomness:
    """A small repeatable random sequence (xorshift64*): a run prints the same every time."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 0x9E3779B97F4A7C15 + 1) & 0xFFFFFFFFFFFFFFFF

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound`` - 1."""
        state = self._state
        state ^= state >> 12
        state ^= state << 25 & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 27
        self._state = state
        return (state * 0x2545F4914F6CDD1D & 0xFFFFFFFFFFFFFFFF) * bound >> 64
