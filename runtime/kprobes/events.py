"""Probe events: kprobes and kretprobes by a line of text, as Linux's tracing/kprobe_events takes it.

    p[:[GROUP/]EVENT] SYMBOL[+OFFSET]|ADDRESS [ARGUMENT...]
    r[MAXACTIVE][:[GROUP/]EVENT] SYMBOL|ADDRESS [ARGUMENT...]
    -:[GROUP/]EVENT

Arguments: %REGISTER, $argN, $retval, $comm, $stack, $stackN, @ADDRESS, @SYMBOL[+-OFFSET], \\CONSTANT and
+-OFFSET(ARGUMENT). A name may stand in front (``name=``), a type behind: ``:u8`` to ``:s64``, ``:x8`` to ``:x64``,
``:char``, ``:string``, ``:symbol``, ``:bWIDTH@OFFSET/SIZE``, ``:TYPE[COUNT]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stapy.runtime.kprobes.errors import KprobeError
from stapy.runtime.kprobes.event_arguments import Argument, Arguments, EventError, Wrong
from stapy.runtime.kprobes.probes import KPROBE_FLAG_DISABLED, Kprobe, Kretprobe, KretprobeInstance

GROUP = "kprobes"
MAX_ACTIVE, MAX_NAME = 4096, 63
_NAME = re.compile(r"[A-Za-z_]\w*")
_HEAD = re.compile(r"([pr])(\d*)(?::(.*))?")


@dataclass
class _Probe:
    """One line's probe: an event may have several."""

    line: str  # as read() gives it
    is_return: bool
    arguments: list[Argument]
    probe: Any  # a Kprobe or Kretprobe

    @property
    def kp(self) -> Kprobe:
        return self.probe.kp if isinstance(self.probe, Kretprobe) else self.probe

    @property
    def shape(self) -> list[tuple[str, str]]:
        return [(argument.name, argument.type) for argument in self.arguments]


@dataclass
class _Event:
    group: str
    name: str
    enabled: bool = False
    probes: list[_Probe] = field(default_factory=list)


class KprobeEvents:
    """The probe events of one kernel. ``trace`` has a line a hit of what is enabled."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self._kprobes = kernel.kprobes
        self._arguments = Arguments(kernel)
        self._events: dict[tuple[str, str], _Event] = {}
        self.trace: list[str] = []

    # ------------------------------------------------------------ the file kprobe_events

    def write(self, text: str) -> None:
        """Defines events, removes those behind ``-:``. Raises EventError, KprobeError (ENOENT, EBUSY, and what a probe
        is refused with); the lines before the one that failed stay."""
        for line in text.splitlines():
            command = line.partition("#")[0].rstrip()
            if command.strip():
                self._command(command)

    def clear(self) -> None:
        """Removes all events. Raises KprobeError (EBUSY) where one is enabled, and removes none."""
        for event in self._events.values():
            self._check_not_busy(event)
        for key in list(self._events):
            self._remove(key)

    def read(self) -> list[str]:
        """The events' definitions."""
        return [probe.line for event in self._events.values() for probe in event.probes]

    def profile(self) -> list[str]:
        """The file kprobe_profile: each event's name, hits and misses."""
        lines = []
        for event in self._events.values():
            missed = sum(p.kp.nmissed + (p.probe.nmissed if p.is_return else 0) for p in event.probes)
            lines.append(f"  {event.name:<44} {sum(p.kp.hits for p in event.probes):15} {missed:15}")
        return lines

    def enable(self, name: str, on: bool = True) -> None:
        """Switches an event, ``[GROUP/]EVENT``, on or off. Raises KprobeError (ENOENT)."""
        event = self._find(name)
        event.enabled = on
        for probe in event.probes:
            (self._kprobes.enable_kprobe if on else self._kprobes.disable_kprobe)(probe.kp)

    # ------------------------------------------------------------ a command

    def _command(self, command: str) -> None:
        try:
            if command.lstrip().startswith("-:"):
                self._find(command.strip()[2:])
                self._remove(self._key(command.strip()[2:]))
            else:
                self._define(command)
        except Wrong as wrong:
            raise EventError(wrong.code, wrong.message, command, wrong.at, wrong.errno) from None

    def _define(self, command: str) -> None:
        words = [(found.start(), found[0]) for found in re.finditer(r"\S+", command)]
        head_at, head = words[0]
        kind = _HEAD.fullmatch(head)
        if kind is None:
            if re.match(r"[pr][^:\d]|r\d", head):
                raise Wrong("BAD_MAXACT", "behind 'r' comes a number", head_at + 1)
            raise Wrong("BAD_COMMAND", "a definition begins with p, r or -:", head_at)
        if len(words) < 2:
            raise Wrong("NO_PROBE_ADDR", "where to probe is missing", len(command))
        place_at, place = words[1]
        is_return = kind[1] == "r"
        if place.endswith("%return"):
            place, is_return = place.removesuffix("%return"), True
        maximum = self._maximum(kind[2], is_return, head_at + 1)
        kp = self._place(place, place_at, is_return)
        group, name = self._name(kind[3], head_at + head.find(":") + 1, place, is_return)
        arguments = self._arguments.parse(words[2:], is_return)
        described = f"{group}/{name} {place}" + "".join(f" {a.name}={a.source}" for a in arguments)
        line = f"{'r' if is_return else 'p'}{maximum or ''}:{described}"
        event = self._events.get((group, name)) or _Event(group, name)
        self._check_alike(event, is_return, arguments, line, head_at)
        made = _Probe(line, is_return, arguments, None)
        made.probe = self._make(event, made, kp, maximum)
        self._register(made, place_at)
        event.probes.append(made)
        self._events[group, name] = event
        if event.enabled:
            self._kprobes.enable_kprobe(made.kp)

    @staticmethod
    def _maximum(digits: str, is_return: bool, at: int) -> int:
        if not digits:
            return 0
        if not is_return:
            raise Wrong("MAXACT_NO_KPROBE", "only return probes have a number of instances", at)
        if int(digits) > MAX_ACTIVE:
            raise Wrong("MAXACT_TOO_BIG", f"a return probe has up to {MAX_ACTIVE} instances", at, "E2BIG")
        return int(digits)

    def _place(self, text: str, at: int, is_return: bool) -> Kprobe:
        if text[:1].isdigit():
            try:
                return Kprobe(addr=int(text, 0))
            except ValueError:
                raise Wrong("BAD_PROBE_ADDR", f"'{text}' is no address", at) from None
        if ":" in text:
            raise Wrong("NO_MODULE", f"there is no module '{text.partition(':')[0]}'", at, "ENOENT")
        found = re.fullmatch(r"([A-Za-z_.][\w.$]*)(?:\+(0x[0-9a-fA-F]+|\d+))?", text)
        if found is None:
            raise Wrong("BAD_PROBE_ADDR", f"'{text}' is no symbol and offset", at)
        offset = int(found[2] or "0", 0)
        if not self._kprobes.kallsyms_lookup_name(found[1]):
            raise Wrong("BAD_PROBE_ADDR", f"the kernel has no symbol '{found[1]}'", at, "ENOENT")
        if self._count(found[1]) > 1:
            raise Wrong("NON_UNIQ_SYMBOL", f"there are several '{found[1]}'", at, "EADDRNOTAVAIL")
        if is_return and offset:
            raise Wrong("BAD_RETPROBE", "a return probe is at a function's start", at)
        return Kprobe(found[1], offset)

    def _count(self, name: str) -> int:
        """How many functions have that name."""
        table = getattr(self._kprobes.description, "symbols", None)
        symbols = getattr(table, "symbols", None)
        return 1 if symbols is None else sum(1 for s in symbols() if s.name == name and s.is_function)

    @staticmethod
    def _name(text: str | None, at: int, place: str, is_return: bool) -> tuple[str, str]:
        if text is None:
            symbol, _, offset = place.partition("+")
            plain = re.sub(r"\W", "_", symbol)
            return GROUP, f"{'r' if is_return else 'p'}_{plain}_{offset or '0'}"
        group, slash, name = text.rpartition("/")
        parts = [("EVENT", name, at + len(group) + len(slash))]
        if slash:
            parts.insert(0, ("GROUP", group, at))
        for what, part, column in parts:
            if not part:
                raise Wrong(f"NO_{what}_NAME", f"the {what.lower()}'s name is missing", column)
            if len(part) > MAX_NAME:
                raise Wrong(f"{what}_TOO_LONG", f"a name has up to {MAX_NAME} characters", column)
            if not _NAME.fullmatch(part):
                raise Wrong(f"BAD_{what}_NAME", f"'{part}' is no name", column)
        return group or GROUP, name

    @staticmethod
    def _check_alike(event: _Event, is_return: bool, arguments: list[Argument], line: str, at: int) -> None:
        """Probes of one event are of one kind, and have the same arguments."""
        for other in event.probes:
            if other.line == line:
                raise Wrong("SAME_PROBE", "that probe is defined already", at, "EEXIST")
            if other.is_return != is_return:
                raise Wrong("DIFF_PROBE_TYPE", f"'{event.name}' is of the other kind", at, "EEXIST")
            if other.shape != [(argument.name, argument.type) for argument in arguments]:
                raise Wrong("DIFF_ARG_TYPE", f"'{event.name}' has other arguments", at, "EEXIST")

    def _make(self, event: _Event, made: _Probe, kp: Kprobe, maximum: int) -> Kprobe | Kretprobe:
        kp.flags = KPROBE_FLAG_DISABLED
        if not made.is_return:
            kp.pre_handler = self._handler(event, made)
            return kp
        return Kretprobe(kp=kp, handler=self._return_handler(event, made), maxactive=maximum)

    def _register(self, made: _Probe, at: int) -> None:
        register = self._kprobes.register_kretprobe if made.is_return else self._kprobes.register_kprobe
        try:
            register(made.probe)
        except KprobeError as error:
            code = "BAD_INSN_BNDRY" if error.name == "EILSEQ" else "BAD_RETPROBE" if made.is_return else "BAD_PROBE"
            raise Wrong(code, str(error).partition(": ")[2], at, error.name) from None

    # ------------------------------------------------------------ events by name

    def _key(self, name: str) -> tuple[str, str]:
        group, _, event = name.rpartition("/")
        return group or GROUP, event

    def _find(self, name: str) -> _Event:
        event = self._events.get(self._key(name))
        if event is None:
            raise KprobeError("ENOENT", f"there is no event '{name}'")
        return event

    @staticmethod
    def _check_not_busy(event: _Event) -> None:
        if event.enabled:
            raise KprobeError("EBUSY", f"the event '{event.name}' is enabled")

    def _remove(self, key: tuple[str, str]) -> None:
        event = self._events[key]
        self._check_not_busy(event)
        for made in event.probes:
            (self._kprobes.unregister_kretprobe if made.is_return else self._kprobes.unregister_kprobe)(made.probe)
        del self._events[key]

    # ------------------------------------------------------------ hits

    def _handler(self, event: _Event, made: _Probe) -> Callable[[Kprobe, Any], int]:
        def hit(p: Kprobe, regs: Any) -> int:
            assert p.addr is not None
            self._log(event, made, regs, self._symbolic(p.addr))
            return 0

        return hit

    def _return_handler(self, event: _Event, made: _Probe) -> Callable[[KretprobeInstance, Any], None]:
        def returned(instance: KretprobeInstance, regs: Any) -> None:
            assert made.kp.addr is not None
            function = self._symbolic(made.kp.addr).partition("+")[0]
            self._log(event, made, regs, f"{self._symbolic(instance.ret_addr)} <- {function}")

        return returned

    def _symbolic(self, address: int) -> str:
        place = self._kprobes.description.symbol_at(address)
        return f"{address:#x}" if place is None else f"{place[0]}+{place[1]:#x}/{place[2]:#x}"

    def _log(self, event: _Event, made: _Probe, regs: Any, place: str) -> None:
        values = "".join(f" {argument.name}={argument.show(regs)}" for argument in made.arguments)
        microseconds = self._kernel.machine.clock.now(regs.cpu) // 1000
        when = f"{microseconds // 1000000:5}.{microseconds % 1000000:06}"
        self.trace.append(f"{self._who(regs):>22} [{regs.cpu.number:03}] {when}: {event.name}: ({place}){values}")

    def _who(self, regs: Any) -> str:
        if not hasattr(self._kprobes.description, "frames"):  # no debug information: it cannot be told
            return "<...>-0"
        from stapy.runtime.kernels.base import Task

        task = Task(self._kernel, self._kprobes.current(regs.cpu))
        return f"{task.comm}-{task.pid}"
