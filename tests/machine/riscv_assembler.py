"""A small assembler for riscv64, which Keystone lacks: the instructions that the tests are written in."""

from __future__ import annotations

import re

from stapy.arch.riscv64_instructions import GENERAL

_REGISTERS = {name: n for n, name in enumerate(GENERAL)}
_ALU = {"add": (0, 0), "sub": (0, 32), "mul": (0, 1), "and": (7, 0), "or": (6, 0)}
_IMMEDIATE = {"addi": (0x13, 0), "andi": (0x13, 7), "ld": (0x03, 3), "lw": (0x03, 2), "jalr": (0x67, 0)}
_STORES = {"sw": 2, "sd": 3}
_BRANCHES = {"beq": 0, "bne": 1, "blt": 4, "bge": 5, "bltu": 6, "bgeu": 7}
_FIXED = {"ecall": 0x73, "ebreak": 0x100073, "uret": 0x200073, "fence": 0x0FF0000F, "wfi": 0x10500073}
_COMPRESSED = {"c.nop": 0x0001, "c.unimp": 0x0000, "c.ebreak": 0x9002}
_CONTROL = {"csrrw": 1, "csrrs": 2, "csrsi": 6, "csrci": 7}
_CONTROL_REGISTERS = {"sstatus": 0x100, "sepc": 0x141, "scause": 0x142}
_SHORT = {  # what others are written for
    "nop": "addi zero, zero, 0",
    "li": "addi {0}, zero, {1}",
    "mv": "addi {0}, {1}, 0",
    "ret": "jalr zero, 0(ra)",
    "jr": "jalr zero, 0({0})",
    "j": "jal zero, {0}",
    "call": "jal ra, {0}",
    "beqz": "beq {0}, zero, {1}",
    "bnez": "bne {0}, zero, {1}",
    "csrr": "csrrs {0}, {1}, zero",
    "csrw": "csrrw zero, {0}, {1}",
}
_LITERAL_SIZE = 20


class Assembler:
    """As much of Keystone's interface as the tests use. Instructions are separated by semicolons; labels end in
    a colon. ``lit REGISTER, VALUE`` loads a word that it has put behind a jump."""

    def asm(self, source: str, address: int = 0) -> tuple[bytes, int]:
        lines, labels, at = [], {}, address
        for line in source.replace("\n", " ").split(";"):
            label, _, rest = line.rpartition(":")
            if label:
                labels[label.strip()] = at
            rest = rest.strip()
            if rest:
                lines.append((at, rest))
                at += 2 if rest.startswith("c.") else _LITERAL_SIZE if rest.startswith("lit ") else 4
        return b"".join(_encode(line, at, labels) for at, line in lines), len(lines)


def _encode(line: str, at: int, labels: dict[str, int]) -> bytes:
    name, _, rest = line.partition(" ")
    operands = [operand for operand in re.split(r"[,()\s]+", rest) if operand]
    if name in _SHORT:
        return _encode(_SHORT[name].format(*operands), at, labels)
    if name == "lit":
        register, value = operands
        code = f"auipc {register}, 0; ld {register}, 12({register}); j {at + _LITERAL_SIZE}"
        return Assembler().asm(code, at)[0] + (int(value, 0) & (1 << 64) - 1).to_bytes(8, "little")
    if name.startswith("c."):
        return _compressed(name, operands).to_bytes(2, "little")
    return _word(name, operands, at, labels).to_bytes(4, "little")


def _compressed(name: str, operands: list[str]) -> int:
    if name in ("c.jr", "c.jalr"):
        return (0x8002 if name == "c.jr" else 0x9002) | _REGISTERS[operands[0]] << 7
    if name == "c.mv":
        return 0x8002 | _REGISTERS[operands[0]] << 7 | _REGISTERS[operands[1]] << 2
    if name in ("c.addi", "c.li"):
        value = int(operands[1], 0)
        kind = 0x0001 if name == "c.addi" else 0x4001
        return kind | _REGISTERS[operands[0]] << 7 | (value & 31) << 2 | (value >> 5 & 1) << 12
    return _COMPRESSED[name]


def _word(name: str, operands: list[str], at: int, labels: dict[str, int]) -> int:
    registers = [_REGISTERS.get(operand, 0) for operand in operands]
    if name in _FIXED:
        return _FIXED[name]
    if name in _ALU:
        function, upper = _ALU[name]
        return 0x33 | registers[0] << 7 | function << 12 | registers[1] << 15 | registers[2] << 20 | upper << 25
    if name in _IMMEDIATE:
        opcode, function = _IMMEDIATE[name]
        base, value = (1, 2) if name in ("addi", "andi") else (2, 1)
        immediate = int(operands[value], 0) & 0xFFF
        return opcode | registers[0] << 7 | function << 12 | registers[base] << 15 | immediate << 20
    if name in _STORES:
        value = int(operands[1], 0)
        upper = registers[2] << 15 | registers[0] << 20 | (value >> 5 & 127) << 25
        return 0x23 | (value & 31) << 7 | _STORES[name] << 12 | upper
    if name == "auipc":
        return 0x17 | registers[0] << 7 | (int(operands[1], 0) & 0xFFFFF) << 12
    if name in _CONTROL:
        return _control(name, operands)
    if name in ("lr.w", "sc.w"):  # lr.w rd, (rs); sc.w rd, value, (rs)
        kind, value = (2, 0) if name == "lr.w" else (3, registers[1])
        return 0x202F | registers[0] << 7 | registers[-1] << 15 | value << 20 | kind << 27
    return _jump(name, operands, at, labels)


def _control(name: str, operands: list[str]) -> int:
    """csrrw and csrrs: destination, control register, source; csrsi and csrci: control register, constant."""
    if name in ("csrsi", "csrci"):
        register, source = operands[0], int(operands[1], 0)
        destination = 0
    else:
        destination, register, source = _REGISTERS[operands[0]], operands[1], _REGISTERS[operands[2]]
    return 0x73 | destination << 7 | _CONTROL[name] << 12 | source << 15 | _CONTROL_REGISTERS[register] << 20


def _jump(name: str, operands: list[str], at: int, labels: dict[str, int]) -> int:
    registers = [_REGISTERS.get(operand, 0) for operand in operands]
    target = operands[-1]
    o = (labels[target] if target in labels else int(target, 0)) - at
    if name == "jal":
        spread = (o >> 12 & 0xFF) | (o >> 11 & 1) << 8 | (o >> 1 & 0x3FF) << 9 | (o >> 20 & 1) << 19
        return 0x6F | registers[0] << 7 | spread << 12
    low, high = (o >> 11 & 1) | (o >> 1 & 15) << 1, (o >> 5 & 63) | (o >> 12 & 1) << 6
    return 0x63 | low << 7 | _BRANCHES[name] << 12 | registers[0] << 15 | registers[1] << 20 | high << 25
