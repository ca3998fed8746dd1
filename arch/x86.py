"""What i386 and x86_64 share: traps, the flags register, decoding, instructions out of line."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from stapy.arch.architecture import Architecture, Assembly

CF, TF, IF, DF = 0x1, 0x100, 0x200, 0x400

# Exceptions for which the processor pushes an error code.
ERROR_CODE_VECTORS = frozenset({8, 10, 11, 12, 13, 14, 17})


class X86(Architecture):
    endian = "little"
    breakpoint = b"\xcc"
    breakpoint_trap = 3
    breakpoint_pc = 1
    step_trap = 1
    machine_call_trap = 0x7F
    return_trap = 0x7E
    pc = "ip"
    sp = "sp"
    max_slot_size = 32
    min_stack_size = 64
    return_trampoline = Assembly("int3; nop", b"\xcc\x90")
    jprobe_stub = Assembly("int3; int3; nop", b"\xcc\xcc\x90")

    kernel_cs: int
    kernel_ss: int
    user_cs: int
    user_ss: int

    def unicorn_register(self, name: str) -> int:
        from unicorn import x86_const

        return getattr(x86_const, f"UC_X86_REG_{self.registers[name]}")

    @cached_property
    def _capstone(self) -> Any:
        import capstone

        return capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64 if self.bits == 64 else capstone.CS_MODE_32)

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(keystone.KS_ARCH_X86, keystone.KS_MODE_64 if self.bits == 64 else keystone.KS_MODE_32)

    # -- traps

    def interrupts_enabled(self, cpu: Any) -> bool:
        return bool(cpu.read("flags") & IF)

    def set_interrupts(self, cpu: Any, enabled: bool) -> None:
        flags = cpu.read("flags")
        cpu.write("flags", flags | IF if enabled else flags & ~IF)

    def interrupt_vector(self, irq: int) -> int:
        return 0x30 + irq

    def fault_vector(self, kind: str) -> int:
        return {"page": 14, "opcode": 6}[kind]

    def page_fault_error(self, access: str, user: bool) -> int:
        return {"read": 0, "write": 2, "fetch": 16}[access] | (4 if user else 0)

    def push_words(self, machine: Any, cpu: Any, stack: int, words: list[int]) -> None:
        """Pushes ``words``, the first one first, below ``stack``, which is where SP then points under."""
        data = b"".join(word.to_bytes(self.word, "little") for word in reversed(words))
        machine.memory.write(stack - len(data), data)
        cpu.write("sp", stack - len(data))

    def read_words(self, machine: Any, address: int, count: int) -> list[int]:
        data = machine.memory.read(address, count * self.word)
        return [int.from_bytes(data[i : i + self.word], "little") for i in range(0, len(data), self.word)]
