"""ppc64le: little-endian 64-bit PowerPC with the ELFv2 ABI, which has no function descriptors."""

from __future__ import annotations

from stapy.arch import powerpc_instructions as instructions
from stapy.arch.powerpc import PowerPC, make_trampolines


def _words(*words: int) -> bytes:
    return b"".join(word.to_bytes(4, "little") for word in words)


class PPC64LE(PowerPC):
    name = "ppc64le"
    aliases = ("powerpc64le", "ppc64el")
    endian = "little"
    parameter_area = 32
    system_call_instruction = _words(0x44000002)  # sc
    breakpoint = _words(instructions.TRAP)
    return_trampoline, jprobe_stub = make_trampolines(_words)


ARCHITECTURE = PPC64LE()
