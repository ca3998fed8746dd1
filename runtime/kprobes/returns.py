"""Return probes: the trampoline that probed functions return to, and the instances that know the true way
back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stapy.runtime.kprobes.errors import KprobeError
from stapy.runtime.kprobes.probes import KRETPROBE_MAX_DATA_SIZE, Kprobe, Kretprobe, KretprobeInstance, check_handler
from stapy.runtime.kprobes.site import Status
from stapy.runtime.machine.cpu import MachineError

if TYPE_CHECKING:
    from stapy.runtime.kprobes.registry import Kprobes
    from stapy.runtime.machine.cpu import Cpu

MAX_ACTIVE = 1 << 20
# What the kernel calls, with the task, when one is gone for good and the calls it was in will never return.
TASK_IS_GONE = ("kprobe_flush_task", "__put_task_struct", "free_task")
BLACKLIST = frozenset({"__switch_to", "switch_stack"})  # they return on another stack


class ReturnProbes:
    """The return probes of one machine. Instances are listed by task, the newest first."""

    def __init__(self, kprobes: Kprobes) -> None:
        self._kprobes = kprobes
        self._arch = kprobes.arch
        self._machine = kprobes.machine
        self._instances: dict[int, list[KretprobeInstance]] = {}
        self._registered = 0
        self._flush: Kprobe | None = None
        self.trampoline = 0

    def is_internal(self, p: Kprobe) -> bool:
        return p is self._flush

    # ------------------------------------------------------------ registration

    def _local_entry(self, start: int) -> int:
        """How far behind ``start``, a function's, calls within the program enter it: PowerPC's ELFv2 has such."""
        starting = getattr(self._kprobes.description.symbols, "symbol_starting", None)  # a plain dict knows none
        symbol = starting(start) if starting is not None else None
        return symbol.local_entry if symbol is not None else 0

    def register(self, rp: Kretprobe) -> int:
        if not isinstance(rp, Kretprobe):
            raise KprobeError("EINVAL", f"{rp!r} is no Kretprobe")
        if rp.registered:
            raise KprobeError("EINVAL", f"{rp!r} is registered already")
        address = self._kprobes.resolve(rp.kp)
        place = self._kprobes.description.symbol_at(address)
        if place is None or (place[1] and place[1] != self._local_entry(address - place[1])):
            raise KprobeError("EINVAL", f"{address:#x} is not the start of a function")
        if place[0] in BLACKLIST:
            raise KprobeError("EINVAL", f"{place[0]} may not have a return probe")
        for name in ("handler", "entry_handler"):
            check_handler(rp, name)
        if not isinstance(rp.maxactive, int) or not isinstance(rp.data_size, int) or rp.data_size < 0:
            raise KprobeError("EINVAL", f"the maxactive and data_size of {rp!r} are to be integers")
        if rp.data_size > KRETPROBE_MAX_DATA_SIZE:
            raise KprobeError("E2BIG", f"{rp.data_size} bytes of data, {KRETPROBE_MAX_DATA_SIZE} are allowed")
        if rp.maxactive > MAX_ACTIVE:
            raise KprobeError("ENOMEM", f"{rp.maxactive} instances")
        if rp.maxactive <= 0:
            rp.maxactive = max(10, 2 * self._machine.nr_cpus)
        self._set_up()
        rp.kp.pre_handler = lambda p, regs: self._entered(rp, regs)
        rp.kp.post_handler = rp.kp.fault_handler = rp.kp.break_handler = None
        self._kprobes.register_kprobe(rp.kp)
        rp.nmissed = rp.active = 0
        rp.registered = True
        self._registered += 1
        return 0

    def unregister(self, rp: Kretprobe) -> None:
        if not rp.registered:
            raise KprobeError("EINVAL", f"{rp!r} is not registered")
        rp.registered = False
        self._registered -= 1
        for instances in self._instances.values():
            for instance in instances:
                if instance.rp is rp:
                    instance.rp = None  # it still knows the way back
        rp.active = 0
        self._kprobes.unregister_kprobe(rp.kp)
        if not self._registered and self._flush is not None:
            self._kprobes.unregister_kprobe(self._flush)
            self._flush = None

    def _set_up(self) -> None:
        if not self.trampoline:
            code = self._arch.return_trampoline.data
            self.trampoline = self._machine.code_area.allocate(len(code))
            self._machine.memory.write_code(self.trampoline, code)
            self._machine.breakpoints[self.trampoline + self._arch.breakpoint_pc] = self._returned
        address = next(filter(None, map(self._kprobes.kallsyms_lookup_name, TASK_IS_GONE)), 0)
        if address and self._flush is None:
            self._flush = Kprobe(pre_handler=self._task_is_gone)
            self._kprobes.add(self._flush, address, internal=True)

    def _task_is_gone(self, _p: Kprobe, regs: Any) -> int:
        place = self._arch.argument(0)
        if place.register is not None:
            task = regs.get(place.register)
        else:
            task = self._machine.memory.word(regs.get(self._arch.sp) + place.offset)
        for instance in self._instances.pop(task, ()):
            self._recycle(instance)
        return 0

    # ------------------------------------------------------------ at the call

    def _entered(self, rp: Kretprobe, regs: Any) -> int:
        arch, cpu = self._arch, regs.cpu
        task, frame = self._kprobes.current(cpu), arch.frame_of_entry(cpu)
        instances = self._instances.setdefault(task, [])
        back = arch.return_address(self._machine, cpu, frame)
        while instances and self._is_stale(instances[0], frame, back):
            self._recycle(instances.pop(0))
        if rp.active >= rp.maxactive:
            self._sweep()
            if rp.active >= rp.maxactive:
                rp.nmissed += 1
                return 0
            instances = self._instances.setdefault(task, [])
        instance = KretprobeInstance(rp, task, frame, back)
        if rp.entry_handler is not None and rp.entry_handler(instance, regs):
            return 0
        rp.active += 1
        instances.insert(0, instance)
        arch.set_return_address(self._machine, cpu, frame, self.trampoline)
        return 0

    def _is_stale(self, instance: KretprobeInstance, frame: int, back: int) -> bool:
        """Whether a call ended without returning: a newer one lies where it was (and is no tail call from it, for
        that would go back to the trampoline), or its stack has been reused."""
        if instance.fp < frame or (instance.fp == frame and back != self.trampoline):
            return True
        return not self._arch.frame_returns_to(self._machine, instance.fp, self.trampoline)

    def _sweep(self) -> None:
        """Takes back instances of calls that will not return, wherever that can be told."""
        for task, instances in list(self._instances.items()):
            kept = []
            for instance in instances:
                if self._arch.frame_returns_to(self._machine, instance.fp, self.trampoline):
                    kept.append(instance)
                else:
                    self._recycle(instance)
            if kept:
                self._instances[task] = kept
            else:
                del self._instances[task]

    def _recycle(self, instance: KretprobeInstance) -> None:
        if instance.rp is not None:
            instance.rp.active -= 1

    # ------------------------------------------------------------ at the return

    def _returned(self, cpu: Cpu) -> None:
        """The trampoline: runs the handlers of the call that returned, and goes where it should have."""
        task, frame = self._kprobes.current(cpu), self._arch.frame_of_return(cpu)
        instances = self._instances.get(task, [])
        while instances and instances[0].fp < frame - self._arch.return_slack:
            self._recycle(instances.pop(0))
        if instances and instances[0].fp < frame:
            frame = instances[0].fp
        returned: list[KretprobeInstance] = []
        while instances and instances[0].fp == frame:
            instance = instances.pop(0)
            returned.append(instance)
            if instance.ret_addr != self.trampoline:
                break
        if not returned or returned[-1].ret_addr == self.trampoline:
            raise MachineError(
                f"a function with a return probe returned, and nothing is known of its call (task {task:#x})"
            )
        if not instances:
            self._instances.pop(task, None)
        back = returned[-1].ret_addr
        try:
            self._run_handlers(cpu, returned, back)
        finally:
            cpu.write_pc(back)

    def _run_handlers(self, cpu: Cpu, returned: list[KretprobeInstance], back: int) -> None:
        block = cpu.kprobe
        for instance in returned:
            self._recycle(instance)
            rp = instance.rp
            instance.ret_addr = back
            if rp is None or rp.handler is None or rp.kp.disabled:
                continue
            if block.running is not None:  # the function was called by a handler
                rp.nmissed += 1
                continue
            block.running, block.status, block.instance = rp.kp.site, Status.HIT_ACTIVE, rp.kp
            block.returning = back
            try:
                rp.handler(instance, block.regs)
            finally:
                block.running = block.instance = block.returning = None

    def find(self, task: int, frame: int) -> int | None:
        for instance in self._instances.get(task, ()):
            if instance.fp == frame and instance.ret_addr != self.trampoline:
                return instance.ret_addr
        return None
