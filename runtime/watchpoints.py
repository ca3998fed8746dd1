"""Watchpoints of a session: kernel.data probes, on the memory hooks of the machine's CPUs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stapy.runtime.program import Watchpoint

Hit = Callable[[Any, int], None]  # (cpu, address of the instruction)


def arm(kernel: Any, event: Watchpoint, hit: Hit) -> Callable[[], None]:
    """Have ``hit`` called at each access to the bytes of ``event``; what is written is in memory by then. Calling what
    is given back disarms it."""
    assert kernel.kprobes is not None  # asking makes them, and the view of the registers with them
    memory = kernel.memory
    order = "little" if kernel.description.little_endian else "big"
    end = event.address + event.length
    busy: set[Any] = set()  # CPUs in a handler

    def on(cpu: Any) -> Callable[[int, int, int | None], None]:
        def accessed(address: int, size: int, value: int | None) -> None:
            if address >= end or address + size <= event.address or cpu in busy:
                return
            busy.add(cpu)
            try:
                if value is not None:  # the CPU is about to store just this
                    memory.write(address, value.to_bytes(size, order))  # type: ignore[arg-type]
                hit(cpu, cpu.pc)
            finally:
                busy.discard(cpu)

        return accessed

    ends = [cpu.watch(event.address, event.length, event.reads, on(cpu)) for cpu in kernel.cpus]

    def disarm() -> None:
        for end_watch in ends:
            end_watch()

    return disarm
