"""The example that the founding document leaves to be written: what do_fork() returns, and how long it took.

Run it as a kernel module: ``stapy samples/kretprobe_example.py``, or ``python samples/kretprobe_example.py``.
"""

from stapy.kprobes import (
    Kprobe,
    KprobeError,
    Kretprobe,
    insmod,
    ktime_get,
    printk,
    register_kretprobe,
    regs_return_value,
    unregister_kretprobe,
)


def entry_handler(ri, regs):
    """Keeps the time of the call in the instance, where the return handler finds it."""
    ri.data = ktime_get()
    return 0


def ret_handler(ri, regs):
    printk("do_fork returned %ld and took %ld ns to execute\n", regs_return_value(regs), ktime_get() - ri.data)
    return 0


my_kretprobe = Kretprobe(
    kp=Kprobe(symbol_name="do_fork"),
    handler=ret_handler,
    entry_handler=entry_handler,
    maxactive=20,  # probe up to 20 instances at once
)


def init_module():
    try:
        register_kretprobe(my_kretprobe)
    except KprobeError as error:
        printk("register_kretprobe failed, returned %d\n", -error.errno)
        return -error.errno
    printk("planted return probe at %p\n", my_kretprobe.kp.addr)
    return 0


def cleanup_module():
    unregister_kretprobe(my_kretprobe)
    # nmissed above 0 says that maxactive was too low.
    printk("missed probing %d instances of do_fork\n", my_kretprobe.nmissed)


if __name__ == "__main__":
    insmod(__file__, command="fork 2")
