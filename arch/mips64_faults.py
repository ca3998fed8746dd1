"""Where a store has failed: from a delay slot Unicorn goes on to where the branch leads before it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from stapy.arch.mips64_instructions import branch_target, has_delay_slot, jump_register

_STORES = (40, 41, 42, 43, 44, 45, 46, 56, 60, 63)  # sb, sh, swl, sw, sdl, sdr, swr, sc, scd, sd
_REACH = 0x1000  # how far around to look for the branch, bytes
_RA = 31


def failing_store(pc: int, word: Callable[[int], int], register: Callable[[int], int], address: int) -> int:
    """The place of the store to ``address`` that has failed, when the CPU stands at ``pc``; ``pc`` itself where no
    other is found. ``word`` reads an instruction, 0 where there is none; ``address`` has as many bits as are known."""

    def stores(at: int) -> bool:
        instruction = word(at)
        if instruction >> 26 not in _STORES:
            return False
        base, offset = register(instruction >> 21 & 31), instruction & 0xFFFF
        return (base + (offset ^ 0x8000) - 0x8000 ^ address) & 0x1FFFFFF8 == 0

    if stores(pc):
        return pc
    return next((at for at in _delay_slots(pc, word, register) if stores(at)), pc)


def _delay_slots(pc: int, word: Callable[[int], int], register: Callable[[int], int]) -> Iterator[int]:
    """Those behind branches that lead to ``pc``, the likeliest first."""
    if has_delay_slot(word(pc - 8)):
        yield pc - 4  # not taken
    link = register(_RA)
    if link != pc and has_delay_slot(word(link - 8)):
        yield link - 4  # a call
    for at in range(pc - _REACH, pc + _REACH, 4):
        if branch_target(word(at), at) == pc:
            yield at + 4
    if link != pc:
        return
    called = branch_target(word(pc - 8), pc - 8)
    for at in range(called, called + _REACH, 4) if called is not None else ():
        if jump_register(word(at)) == _RA:  # a return
            yield at + 4
