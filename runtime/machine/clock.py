"""Virtual time: what the kernel's clock words say, and the timers that scripts and devices set on them."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stapy.runtime.machine.cpu import Cpu
    from stapy.runtime.machine.memory import Memory

NEVER = 0xFFFFFFFFFFFFFFFF
_SIZE = 24  # struct { u64 now, event, deadline; }, nanoseconds since boot

TimerFunction = Callable[["Cpu"], None]


class Timer:
    """A timer set by Clock.at or Clock.every; cancel() is safe at any time."""

    __slots__ = ("cancelled", "cpu", "function", "period", "randomize", "when")

    def __init__(self, when: int, function: TimerFunction, period: int, randomize: int, cpu: int) -> None:
        self.when = when
        self.function = function
        self.period = period
        self.randomize = randomize
        self.cpu = cpu
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """The clock words of each CPU (``cpu_clock`` in the kernel), and the queue of timers of each.

    The kernel advances ``now`` by itself and traps when it reaches ``deadline``; the deadline is kept here,
    the nearest of the kernel's own ``event`` and the first timer.
    """

    def __init__(self, memory: Memory, address: int, cpus: int = 1, seed: int = 0) -> None:
        self._memory = memory
        self._queues: list[list[tuple[int, int, Timer]]] = [[] for _ in range(cpus)]
        self._sequence = itertools.count()
        self._random = random.Random(seed)
        self.place(address)

    def place(self, address: int) -> None:
        """Says where the clock words are; starts them: time 0, no event."""
        self._address = address
        for cpu in range(len(self._queues)):
            self._memory.write_u64(address + cpu * _SIZE, 0)
            self.set_event(cpu, NEVER)

    def now(self, cpu: Cpu | int = 0) -> int:
        """Nanoseconds since boot, as a CPU has them."""
        number = cpu if isinstance(cpu, int) else cpu.number
        return self._memory.u64(self._address + number * _SIZE)

    def set_now(self, cpu: int, now: int) -> None:
        self._memory.write_u64(self._address + cpu * _SIZE, now)

    def event(self, cpu: int) -> int:
        """When the kernel wants its next timer interrupt; NEVER for not at all."""
        return self._memory.u64(self._address + cpu * _SIZE + 8)

    def set_event(self, cpu: int, when: int) -> None:
        self._memory.write_u64(self._address + cpu * _SIZE + 8, when)
        self.update_deadline(cpu)

    def deadline(self, cpu: int) -> int:
        return self._memory.u64(self._address + cpu * _SIZE + 16)

    def expired(self, cpu: int) -> bool:
        """Whether the deadline has passed (or an interrupt was made pending)."""
        u64, at = self._memory.u64, self._address + cpu * _SIZE
        return u64(at) >= u64(at + 16)

    def expire(self, cpu: int) -> None:
        """Makes the kernel trap at its next look at the clock."""
        self._memory.write_u64(self._address + cpu * _SIZE + 16, 0)

    def update_deadline(self, cpu: int) -> None:
        self._memory.write_u64(self._address + cpu * _SIZE + 16, min(self.event(cpu), self._next_timer(cpu)))

    def next_event(self, cpu: int) -> int:
        """The nearest time anything happens on a CPU; NEVER if nothing will."""
        return min(self.event(cpu), self._next_timer(cpu))

    # -- timers

    def at(self, when: int, function: TimerFunction, cpu: int = 0) -> Timer:
        """Calls ``function(cpu)`` once, when the time is ``when`` ns, as an interrupt of what runs then."""
        return self._push(Timer(when, function, 0, 0, cpu))

    def every(self, period: int, function: TimerFunction, randomize: int = 0, cpu: int = 0) -> Timer:
        """Calls ``function(cpu)`` every ``period`` ns, give or take up to ``randomize`` ns (the same in each
        run)."""
        if period <= 0:
            raise ValueError(f"a period of {period} ns")
        timer = Timer(0, function, period, randomize, cpu)
        timer.when = self._following(timer, self.now(cpu))
        return self._push(timer)

    def _following(self, timer: Timer, after: int) -> int:
        spread = timer.randomize
        return after + max(1, timer.period + (self._random.randint(-spread, spread) if spread else 0))

    def _push(self, timer: Timer) -> Timer:
        heapq.heappush(self._queues[timer.cpu], (timer.when, next(self._sequence), timer))
        self.update_deadline(timer.cpu)
        return timer

    def _next_timer(self, cpu: int) -> int:
        queue = self._queues[cpu]
        while queue and queue[0][2].cancelled:
            heapq.heappop(queue)
        return queue[0][0] if queue else NEVER

    def fire(self, cpu: Cpu, until: int) -> None:
        """Calls the functions of the timers due at ``until``, in order. The deadline is left to
        update_deadline."""
        queue = self._queues[cpu.number]
        while self._next_timer(cpu.number) <= until:
            timer = heapq.heappop(queue)[2]
            if timer.period:
                timer.when = self._following(timer, timer.when)
                heapq.heappush(queue, (timer.when, next(self._sequence), timer))
            timer.function(cpu)
