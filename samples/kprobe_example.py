"""The founding document's kprobe example: the registers and the stack whenever do_fork() is called.

Run it as a kernel module: ``stapy samples/kprobe_example.py``, or ``python samples/kprobe_example.py``.
"""

from stapy.kprobes import (
    Kprobe,
    KprobeError,
    dump_stack,
    insmod,
    kallsyms_lookup_name,
    printk,
    register_kprobe,
    unregister_kprobe,
)

# For each probe one Kprobe has to be made.
kp = Kprobe()


def handler_pre(p, regs):
    """Called just before the probed instruction is executed."""
    printk("pre_handler: p->addr=0x%p, eflags=0x%lx\n", p.addr, regs.flags)
    dump_stack()
    return 0


def handler_post(p, regs, flags):
    """Called after the probed instruction is executed."""
    printk("post_handler: p->addr=0x%p, eflags=0x%lx\n", p.addr, regs.flags)


def handler_fault(p, regs, trapnr):
    """Called if a handler faults, or the probed instruction does while it is single-stepped."""
    printk("fault_handler: p->addr=0x%p, eflags=0x%lx\n", p.addr, regs.flags)
    return 0


def init_module():
    kp.pre_handler = handler_pre
    kp.post_handler = handler_post
    kp.fault_handler = handler_fault
    kp.addr = kallsyms_lookup_name("do_fork")
    if not kp.addr:
        printk("kprobe not registered\n")
        return -1
    try:
        register_kprobe(kp)
    except KprobeError as error:
        printk("register_kprobe failed, returned %d\n", -error.errno)
        return -error.errno
    printk("kprobe registered\n")
    return 0


def cleanup_module():
    unregister_kprobe(kp)
    printk("kprobe unregistered\n")


if __name__ == "__main__":
    insmod(__file__, command="fork 2")
