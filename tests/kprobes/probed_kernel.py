"""A machine with kprobes and a few functions to probe."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[1] / "machine"))

from tiny_kernel import Tiny

from stapy.runtime import kprobes


class Probed(Tiny):
    """The tiny machine with kprobes. Functions take their arguments as C functions do."""

    def __init__(self, arch: str) -> None:
        super().__init__(arch)
        self.kprobes = kprobes.Kprobes(self.machine)
        self.kernel = SimpleNamespace(machine=self.machine, kprobes=self.kprobes)
        self.wide = self.arch.bits == 64

    def c_function(self, name: str, wide: str, narrow: str) -> int:
        """A function from its x86_64 and its i386 source."""
        return self.function(name, wide if self.wide else narrow)

    def code(self, name: str) -> bytes:
        symbol = self.machine.symbols[name]
        return self.machine.memory.read(symbol.address, symbol.size)


FUNCTIONS = {
    # long add(long a, long b)
    "add": (
        "push rbp; mov rbp, rsp; lea rax, [rdi + rsi]; pop rbp; ret",
        "push ebp; mov ebp, esp; mov eax, [ebp + 8]; add eax, [ebp + 12]; pop ebp; ret",
    ),
    # long factorial(long n), recursive
    "factorial": (
        "factorial: push rbx; mov rbx, rdi; mov eax, 1; cmp rdi, 1; jbe done; "
        "lea rdi, [rbx - 1]; call factorial; imul rax, rbx; done: pop rbx; ret",
        "factorial: push ebx; mov ebx, [esp + 8]; mov eax, 1; cmp ebx, 1; jbe done; "
        "lea ecx, [ebx - 1]; push ecx; call factorial; add esp, 4; imul eax, ebx; done: pop ebx; ret",
    ),
    # long last(long a, long b): add by a tail call
    "last": ("jmp {add}", "jmp {add}"),
    # long peek(long *p)
    "peek": ("nop; mov rax, [rdi]; nop; ret", "mov ecx, [esp + 4]; mov eax, [ecx]; nop; ret"),
}
