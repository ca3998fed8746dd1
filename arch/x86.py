"""What i386 and x86_64 share: traps, the flags register, decoding, instructions out of line."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from stapy.arch.architecture import Architecture, Assembly, InstructionError, Slot

CF, TF, IF, DF = 0x1, 0x100, 0x200, 0x400

# Exceptions for which the processor pushes an error code.
ERROR_CODE_VECTORS = frozenset({8, 10, 11, 12, 13, 14, 17})

_PREFIXES = frozenset(b"\x26\x2e\x36\x3e\x64\x65\x66\x67\xf0\xf2\xf3")
_REPEAT = frozenset(b"\xf2\xf3")
_STRING_INSTRUCTIONS = frozenset(b"\x6c\x6d\x6e\x6f\xa4\xa5\xa6\xa7\xaa\xab\xac\xad\xae\xaf")
_PUSHF, _POPF = (b"\x9c", b"\x66\x9c"), (b"\x9d", b"\x66\x9d")
_MAX_INSTRUCTION = 15


def _ranges(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(op for first, last in ranges for op in range(first, last + 1))


# Opcodes of the one-byte map that have a ModRM byte, and of the 0f map that have none.
_MODRM = frozenset(op for op in range(0x40) if op & 7 < 4) | _ranges(
    (0x62, 0x63), (0x69, 0x69), (0x6B, 0x6B), (0x80, 0x8F), (0xC0, 0xC1), (0xC4, 0xC7),
    (0xD0, 0xD3), (0xD8, 0xDF), (0xF6, 0xF7), (0xFE, 0xFF),
)  # fmt: skip
_NO_MODRM_0F = _ranges(
    (0x05, 0x0C), (0x0E, 0x0E), (0x30, 0x37), (0x77, 0x77), (0x80, 0x8F),
    (0xA0, 0xA2), (0xA8, 0xAA), (0xC8, 0xCF),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """As much of an instruction as out-of-line execution has to know."""

    size: int
    opcode: int  # 0x0f00 + the second byte for the two-byte map; 0x3800 and 0x3a00 likewise; 0xc500 for VEX
    modrm: int | None  # the byte
    modrm_at: int
    repeated: bool

    @property
    def extension(self) -> int:
        """The opcode's extension in the ModRM byte."""
        return 0 if self.modrm is None else self.modrm >> 3 & 7


@lru_cache
def _words(size: int, count: int) -> struct.Struct:
    return struct.Struct(f"<{count}{'Q' if size == 8 else 'I'}")


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

        return capstone.Cs(
            capstone.CS_ARCH_X86, capstone.CS_MODE_64 if self.bits == 64 else capstone.CS_MODE_32
        )

    def capstone(self) -> Any:
        return self._capstone

    def keystone(self) -> Any:
        import keystone

        return keystone.Ks(
            keystone.KS_ARCH_X86, keystone.KS_MODE_64 if self.bits == 64 else keystone.KS_MODE_32
        )

    # -- traps

    def saved_user_mode(self, field: Callable[[str], int]) -> bool:
        return field("cs") & 3 == 3

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
        data = _words(self.word, len(words)).pack(*reversed(words))
        machine.memory.write(stack - len(data), data)
        cpu.sp = stack - len(data)

    def read_words(self, machine: Any, address: int, count: int) -> tuple[int, ...]:
        return _words(self.word, count).unpack(machine.memory.read(address, count * self.word))

    # -- the calling convention

    def return_address(self, machine: Any, cpu: Any, frame: int) -> int:
        return machine.memory.word(frame)

    def set_return_address(self, machine: Any, cpu: Any, frame: int, address: int) -> None:
        machine.memory.write_word(frame, address)

    # A call is known by where its return address lies.

    def frame_of_entry(self, cpu: Any) -> int:
        return cpu.sp

    def frame_of_return(self, cpu: Any) -> int:
        return cpu.sp - self.word

    def frame_of_cfa(self, cfa: int) -> int:
        return cfa - self.word

    def frame_returns_to(self, machine: Any, frame: int, address: int) -> bool:
        return machine.memory.word(frame) == address

    # -- instructions out of line

    def decode(self, code: bytes, address: int) -> Decoded:
        """The instruction that ``code`` begins with. Raises InstructionError."""
        size = next(
            (size for _, size, _, _ in self._capstone.disasm_lite(code[:_MAX_INSTRUCTION], address, 1)), 0
        )
        if not size:
            raise InstructionError("EILSEQ", f"no instruction at {address:#x}")
        at, repeated = 0, False
        while code[at] in _PREFIXES:
            repeated |= code[at] in _REPEAT
            at += 1
        if self.bits == 64 and code[at] & 0xF0 == 0x40:
            at += 1
        opcode, modrm_at = self._opcode(code, at)
        modrm = code[modrm_at] if modrm_at else None
        return Decoded(size, opcode, modrm, modrm_at, repeated and opcode in _STRING_INSTRUCTIONS)

    def _opcode(self, code: bytes, at: int) -> tuple[int, int]:
        """The opcode at ``at``, and where the ModRM byte is (0: there is none)."""
        first = code[at]
        if first in (0xC4, 0xC5) and (self.bits == 64 or code[at + 1] >= 0xC0):
            return 0xC500, at + (3 if first == 0xC5 else 4)
        if first != 0x0F:
            return first, at + 1 if first in _MODRM else 0
        second = code[at + 1]
        if second in (0x38, 0x3A):
            return second << 8 | code[at + 2], at + 3
        return 0x0F00 | second, 0 if second in _NO_MODRM_0F else at + 2

    def prepare(self, code: bytes, address: int, slot: int) -> Slot:
        found = self.decode(code, address)
        self._refuse(found, code, address)
        data = self._move(found, code[: found.size], address, slot)
        kind = self._kind(found)
        boosted: bytes | None = data if kind == "absolute" else None
        if kind == "plain":
            jump = address - slot - 5  # from behind the jump to behind the original
            boosted = data + b"\xe9" + jump.to_bytes(4, "little", signed=True)
        return Slot(slot, address, found.size, data, boosted, "repeated" if found.repeated else kind)

    def _refuse(self, found: Decoded, code: bytes, address: int) -> None:
        opcode, extension = found.opcode, found.extension
        if opcode == 0xCC:
            raise InstructionError("EILSEQ", f"a breakpoint that is not ours at {address:#x}")
        if opcode == 0x17 or (opcode == 0x8E and extension == 2):
            raise InstructionError("EINVAL", f"loading the stack segment at {address:#x} hides the step")
        if opcode == 0x0F0B:
            raise InstructionError("EINVAL", f"a BUG() at {address:#x}")
        if opcode in (0xCD, 0xCE, 0xCF, 0xF1, 0xF4, 0x9A, 0xEA, 0x0F05, 0x0F07, 0x0F34, 0x0F35) or (
            opcode == 0xFF and extension in (3, 5)
        ):
            name = str(next(self.disassemble(code[: found.size], address)))
            raise InstructionError("EOPNOTSUPP", f"'{name}' at {address:#x} cannot be run out of line")

    def _kind(self, found: Decoded) -> str:
        """What resume_execution has to do, and with it whether the copy can be left to itself.

        plain: continues behind the original. absolute: goes where it says. relative: a jump by a distance.
        call and call_indirect: the return address is the copy's. pushf: what it pushed shows the step.

        Linux boosts fewer instructions, because a fault in a boosted copy is reported at the copy. Here it is
        not.
        """
        opcode, extension = found.opcode, found.extension
        if (
            0x70 <= opcode <= 0x7F
            or 0xE0 <= opcode <= 0xE3
            or 0x0F80 <= opcode <= 0x0F8F
            or opcode in (0xE9, 0xEB)
        ):
            return "relative"
        if opcode == 0xE8:
            return "call"
        if opcode == 0xFF and extension in (2, 4):
            return "call_indirect" if extension == 2 else "absolute"
        if opcode in (0xC2, 0xC3, 0xCA, 0xCB):
            return "absolute"
        return "plain"

    def _move(self, found: Decoded, data: bytes, address: int, slot: int) -> bytes:
        """The instruction's bytes with a displacement from the instruction pointer made right for the
        slot."""
        if self.bits != 64 or found.modrm is None or found.modrm & 0xC7 != 0x05:
            return data
        at = found.modrm_at + 1
        distance = int.from_bytes(data[at : at + 4], "little", signed=True) + address - slot
        if not -(1 << 31) <= distance < 1 << 31:
            raise InstructionError(
                "EINVAL", f"what the instruction at {address:#x} refers to is out of the slot's reach"
            )
        return data[:at] + distance.to_bytes(4, "little", signed=True) + data[at + 4 :]

    def single_step(self, cpu: Any, slot: Slot) -> int:
        flags = cpu.read("flags")
        cpu.write("flags", flags | TF)
        cpu.write("ip", slot.address)
        return flags

    def resume_execution(self, machine: Any, cpu: Any, slot: Slot, saved: int) -> bool:
        ip, kind = cpu.read("ip"), slot.kind
        if kind == "repeated" and ip == slot.address:
            return False
        distance = slot.original - slot.address
        if kind in ("call", "call_indirect"):
            top = cpu.sp
            machine.memory.write_word(top, slot.original + slot.size)
        elif slot.data in _PUSHF:
            top = cpu.sp
            pushed = machine.memory.u16(top)
            machine.memory.write(top, (pushed & ~TF | saved & TF).to_bytes(2, "little"))
        if kind not in ("absolute", "call_indirect"):
            cpu.write("ip", ip + distance & self.mask)
        if slot.data not in _POPF:  # which has set its own flags
            cpu.write("flags", cpu.read("flags") & ~TF | saved & TF)
        return True

    def cancel_step(self, cpu: Any, slot: Slot, saved: int) -> None:
        cpu.write("flags", cpu.read("flags") & ~TF | saved & TF)
        cpu.write("ip", slot.original)
