"""ppc64: big-endian 64-bit PowerPC with function descriptors, as Linux 2.6 ran on it."""

from __future__ import annotations

from typing import Any

from stapy.arch import powerpc_instructions as instructions
from stapy.arch.powerpc import PowerPC, make_trampolines


def _words(*words: int) -> bytes:
    return b"".join(word.to_bytes(4, "big") for word in words)


class PPC64(PowerPC):
    name = "ppc64"
    aliases = ("powerpc",)
    endian = "big"
    parameter_area = 48
    system_call_instruction = _words(0x44000002)  # sc
    breakpoint = _words(instructions.TRAP)
    return_trampoline, jprobe_stub = make_trampolines(_words)

    def function_address(self, machine: Any, address: int) -> int:
        """The code behind a descriptor; an address of code as it is."""
        descriptors = machine.image.section(".opd") if machine.image is not None else None
        if descriptors is None or not 0 <= address - descriptors.address < descriptors.size:
            return address
        return machine.memory.word(address)


ARCHITECTURE = PPC64()
