"""What the .stp files of the tapset define, so that none is read before it is asked for: functions, globals,
aliases.

stapy.compiler.library.write_index() writes this file.
"""

FILES: dict[str, tuple[str, str, str]] = {
    "argv.stp": (
        "",
        """
        argc argv argv_1 argv_10 argv_11 argv_12 argv_13 argv_14 argv_15 argv_16 argv_17 argv_18 argv_19 argv_2
        argv_20 argv_21 argv_22 argv_23 argv_24 argv_25 argv_26 argv_27 argv_28 argv_29 argv_3 argv_30 argv_31 argv_32
        argv_4 argv_5 argv_6 argv_7 argv_8 argv_9
        """,
        "",
    ),
    "input.stp": (
        "",
        "__input_line",
        "input.char input.line",
    ),
    "irq.stp": (
        "",
        "",
        """
        irq_handler.entry irq_handler.exit softirq.entry softirq.exit workqueue.create workqueue.destroy
        workqueue.execute workqueue.insert
        """,
    ),
    "kprocess.stp": (
        "",
        "",
        "kprocess.create kprocess.exec kprocess.exec_complete kprocess.exit kprocess.release kprocess.start",
    ),
    "oneshot.stp": (
        "",
        "",
        "oneshot",
    ),
    "prometheus.stp": (
        "",
        "",
        "prometheus",
    ),
    "scheduler.stp": (
        "",
        "",
        """
        scheduler.balance scheduler.cpu_off scheduler.cpu_on scheduler.ctxswitch scheduler.kthread_stop
        scheduler.kthread_stop.return scheduler.migrate scheduler.process_exit scheduler.process_fork
        scheduler.process_free scheduler.process_wait scheduler.signal_send scheduler.tick scheduler.wait_task
        scheduler.wakeup scheduler.wakeup_new
        """,
    ),
    "signal.stp": (
        "",
        "",
        """
        signal.check_ignored signal.check_ignored.return signal.checkperm signal.checkperm.return signal.do_action
        signal.do_action.return signal.flush signal.force_segv signal.force_segv.return signal.handle
        signal.handle.return signal.pending signal.pending.return signal.procmask signal.procmask.return signal.send
        signal.send.return signal.send_sig_queue signal.send_sig_queue.return signal.syskill signal.syskill.return
        signal.systgkill signal.systgkill.return signal.systkill signal.systkill.return signal.wakeup
        """,
    ),
    "syscall_any.stp": (
        "",
        "",
        "syscall_any syscall_any.return",
    ),
    "system_calls.stp": (
        "",
        "syscall_string_trunc",
        "",
    ),
    "target_set.stp": (
        "target_set_pid target_set_report",
        "target_set",
        "",
    ),
    "this.stp": (
        "",
        "__this1 __this2 __this3 __this4 __this5 __this6 __this7 __this8",
        "",
    ),
    "vfs.stp": (
        "__file_dev __file_filename __file_ino __file_inode __find_bdevname",
        "",
        """
        generic.fop.aio_read generic.fop.aio_read.return generic.fop.aio_write generic.fop.aio_write.return
        generic.fop.llseek generic.fop.mmap generic.fop.open vfs.add_to_page_cache vfs.llseek vfs.llseek.return
        vfs.open vfs.open.return vfs.read vfs.read.return vfs.readv vfs.readv.return vfs.remove_from_page_cache
        vfs.write vfs.write.return vfs.writev vfs.writev.return
        """,
    ),
    "vm.stp": (
        "addr_to_node",
        "VM_FAULT_MAJOR VM_FAULT_MINOR VM_FAULT_OOM VM_FAULT_SIGBUS",
        """
        vm.brk vm.kfree vm.kmalloc vm.kmalloc_node vm.kmem_cache_alloc vm.kmem_cache_alloc_node vm.kmem_cache_free
        vm.mmap vm.munmap vm.oom_kill vm.pagefault vm.pagefault.return vm.write_shared vm.write_shared.return
        """,
    ),
}

# Aliases made from a table: see system_call_table.
SYSTEM_CALLS = ("syscall", "nd_syscall")
