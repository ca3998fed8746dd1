"""A program's own Unicorn instance under probes: ``python attach.py [ARCH]``.

The instance is made, loaded and run here as any program would; stapy.attach() adds the script's probes to it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import unicorn
from elftools.elf.elffile import ELFFile
from unicorn import arm64_const, arm_const, mips_const, ppc_const, riscv_const, x86_const

import stapy

STACK, STOP = 0x800000, 0x700000
# Of each CPU: how it is made, its stack pointer, and its link register (None where calls push return addresses).
CPUS: dict[str, tuple[int, int, int, int | None]] = {
    "x86_64": (unicorn.UC_ARCH_X86, unicorn.UC_MODE_64, x86_const.UC_X86_REG_RSP, None),
    "i386": (unicorn.UC_ARCH_X86, unicorn.UC_MODE_32, x86_const.UC_X86_REG_ESP, None),
    "arm": (unicorn.UC_ARCH_ARM, unicorn.UC_MODE_ARM, arm_const.UC_ARM_REG_SP, arm_const.UC_ARM_REG_LR),
    "arm64": (unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM, arm64_const.UC_ARM64_REG_SP, arm64_const.UC_ARM64_REG_LR),
    "riscv64": (unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64, riscv_const.UC_RISCV_REG_SP,
                riscv_const.UC_RISCV_REG_RA),
    "mips64": (unicorn.UC_ARCH_MIPS, unicorn.UC_MODE_MIPS64 | unicorn.UC_MODE_BIG_ENDIAN, mips_const.UC_MIPS_REG_SP,
               mips_const.UC_MIPS_REG_RA),
    "ppc64le": (unicorn.UC_ARCH_PPC, unicorn.UC_MODE_PPC64 | unicorn.UC_MODE_BIG_ENDIAN, ppc_const.UC_PPC_REG_1,
                ppc_const.UC_PPC_REG_LR),
}
SF, LE = 1 << 63, 1  # of PowerPC's machine state: 64 bits, little endian

SCRIPT = """
probe process("checksum").function("mix") {
	printf("%s: %d bytes, seed %u\\n", user_string($packet->name), $packet->length, $seed)
}
probe process.function("walk").return { printf("walk gives %u\\n", $return) }
probe process.statement("mix@checksum.c:18") { rounds++ }
global rounds
"""


def load(arch: str, path: Path) -> tuple[Any, int]:
    """An instance with the program in its memory, and the program's entry."""
    kind, mode, stack_pointer, link = CPUS[arch]
    uc: Any = unicorn.Uc(kind, mode)
    if arch == "mips64":
        uc.ctl_set_cpu_model(mips_const.UC_CPU_MIPS64_MIPS64R2_GENERIC)
    elif arch == "ppc64le":
        uc.ctl_set_tlb_mode(unicorn.UC_TLB_VIRTUAL)
        uc.reg_write(ppc_const.UC_PPC_REG_MSR, SF | LE)
    uc.mem_map(0x400000, 0x100000)
    uc.mem_map(STACK - 0x10000, 0x10000)
    uc.mem_map(STOP, 0x1000)
    with path.open("rb") as file:
        elf = ELFFile(file)
        for segment in elf.iter_segments("PT_LOAD"):
            uc.mem_write(segment["p_vaddr"], segment.data())
        entry = elf["e_entry"]
    sp = STACK - 0x100
    if link is None:
        uc.mem_write(sp, STOP.to_bytes(8, "little"))
    else:
        uc.reg_write(link, STOP)
    uc.reg_write(stack_pointer, sp)
    return uc, entry


def main(arch: str) -> stapy.Result:
    """Run the program under the script, on ``arch``."""
    path = Path(__file__).with_name(f"checksum.{arch}.elf")
    uc, entry = load(arch, path)
    with stapy.attach(uc, SCRIPT, elf=path) as attached:
        uc.emu_start(entry, STOP)
    assert attached.result is not None
    return attached.result


if __name__ == "__main__":
    print(main(sys.argv[1] if len(sys.argv) > 1 else "arm64").stdout, end="")
