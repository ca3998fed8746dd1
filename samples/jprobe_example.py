"""The founding document's jprobe example: the arguments of do_fork(), by a mirror of its prototype.

Run it as a kernel module: ``stapy samples/jprobe_example.py``, or ``python samples/jprobe_example.py``.
"""

from stapy.kprobes import (
    Jprobe,
    KprobeError,
    insmod,
    jprobe_return,
    kallsyms_lookup_name,
    printk,
    register_jprobe,
    unregister_jprobe,
)


def jdo_fork(clone_flags, stack_start, regs, stack_size, parent_tidptr, child_tidptr):
    """Has the same arguments as do_fork() itself."""
    printk("jprobe: clone_flags=0x%x, stack_size=0x%x, regs=0x%p\n", clone_flags, stack_size, regs)
    # A jprobe handler ends with jprobe_return().
    jprobe_return()


my_jprobe = Jprobe(entry=jdo_fork)


def init_module():
    my_jprobe.kp.addr = kallsyms_lookup_name("do_fork")
    if not my_jprobe.kp.addr:
        printk("couldn't find %s to plant jprobe\n", "do_fork")
        return -1
    try:
        register_jprobe(my_jprobe)
    except KprobeError as error:
        printk("register_jprobe failed, returned %d\n", -error.errno)
        return -error.errno
    printk("plant jprobe at %p\n", my_jprobe.kp.addr)
    return 0


def cleanup_module():
    unregister_jprobe(my_jprobe)
    printk("jprobe unregistered\n")


if __name__ == "__main__":
    insmod(__file__, command="fork 2")
