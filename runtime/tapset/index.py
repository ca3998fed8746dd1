"""Which module of the tapset has which functions, so that only those a script calls are loaded.

declare.write_index() writes this file.
"""

MODULES: dict[str, str] = {
    "addresses": """
        AF_INET AF_INET6 format_ipaddr ip_ntop
    """,
    "ansi": """
        ansi_clear_screen ansi_cursor_hide ansi_cursor_move ansi_cursor_restore ansi_cursor_save
        ansi_cursor_show ansi_new_line ansi_reset_color ansi_set_color ansi_set_color2 ansi_set_color3
    """,
    "byteorder": """
        MAJOR MINOR MKDEV big_endian2 big_endian4 big_endian8 htonl htonll htons little_endian2
        little_endian4 little_endian8 ntohl ntohll ntohs usrdev2kerndev
    """,
    "command_lines": """
        cmdline_arg cmdline_args cmdline_str env_var
    """,
    "control": """
        abort assert error exit is_return log module_name module_size pn pnlabel pp ppfunc probe_type
        randint remote_id remote_uri stp_pid switch_file system target warn
    """,
    "errno": """
        errno_p errno_str return_str returnstr returnval
    """,
    "files": """
        current_exe_file d_name d_path fullpath_struct_file fullpath_struct_nameidata fullpath_struct_path
        inode_name inode_path reverse_path_walk task_cwd_path task_dentry_path task_fd_lookup
        task_max_file_handles task_open_file_handles
    """,
    "floating": """
        fp32_to_fp64 fp_add fp_div fp_eq fp_le fp_lt fp_mul fp_rem fp_sqrt fp_sub fp_to_long fp_to_string
        long_to_fp string_to_fp
    """,
    "indent": """
        indent indent_depth thread_indent thread_indent_depth
    """,
    "json": """
        json_add_array json_add_array_numeric_metric json_add_array_string_metric json_add_numeric_metric
        json_add_string_metric json_set_prefix
    """,
    "kernel_log": """
        dump_stack ftrace panic printk
    """,
    "memory": """
        atomic_long_read atomic_read kernel_buffer_quoted kernel_buffer_quoted_error kernel_char kernel_int
        kernel_long kernel_or_user_string_quoted kernel_or_user_string_quoted_utf16
        kernel_or_user_string_quoted_utf32 kernel_pointer kernel_short kernel_string kernel_string2
        kernel_string2_utf16 kernel_string2_utf32 kernel_string_n kernel_string_quoted
        kernel_string_quoted_utf16 kernel_string_quoted_utf32 kernel_string_utf16 kernel_string_utf32
        set_kernel_char set_kernel_int set_kernel_long set_kernel_pointer set_kernel_short set_kernel_string
        set_kernel_string_n set_user_char set_user_int set_user_long set_user_pointer set_user_short
        set_user_string set_user_string_arg set_user_string_n user_buffer_quoted user_buffer_quoted_error
        user_char user_char_error user_char_warn user_int user_int16 user_int16_error user_int32
        user_int32_error user_int64 user_int64_error user_int8 user_int8_error user_int_error user_int_warn
        user_long user_long_error user_long_warn user_short user_short_error user_short_warn user_string
        user_string2 user_string2_n_warn user_string2_utf16 user_string2_utf32 user_string2_warn
        user_string_n user_string_n2 user_string_n2_quoted user_string_n_nofault user_string_n_quoted
        user_string_n_warn user_string_nofault user_string_quoted user_string_quoted_utf16
        user_string_quoted_utf32 user_string_utf16 user_string_utf32 user_string_warn user_uint16
        user_uint16_error user_uint32 user_uint32_error user_uint64 user_uint64_error user_uint8
        user_uint8_error user_ulong user_ulong_error user_ulong_warn user_ushort user_ushort_error
        user_ushort_warn
    """,
    "processes": """
        _in_target _is_process _is_thread _process_begins _runs_program _system_call_argument
        _system_call_number
    """,
    "procfs": """
        _procfs_append _procfs_set _procfs_value
    """,
    "queues": """
        qs_done qs_run qs_time qs_wait qsq_blocked qsq_print qsq_service_time qsq_start qsq_throughput
        qsq_utilization qsq_wait_queue_length qsq_wait_time
    """,
    "registers": """
        arch_bytes asmlinkage fastcall int_arg long_arg longlong_arg pointer_arg print_regs
        probing_32bit_app register registers_valid regparm s32_arg s64_arg set_int_arg set_long_arg
        set_longlong_arg set_pointer_arg set_s32_arg set_s64_arg set_u32_arg set_u64_arg set_uint_arg
        set_ulong_arg set_ulonglong_arg u32_arg u64_arg u_register uarch_bytes uint_arg ulong_arg
        ulonglong_arg
    """,
    "resources": """
        get_loadavg_index proc_mem_data proc_mem_data_pid proc_mem_rss proc_mem_rss_pid proc_mem_shr
        proc_mem_shr_pid proc_mem_size proc_mem_size_pid proc_mem_string proc_mem_string_pid proc_mem_txt
        proc_mem_txt_pid rlimit_from_str sprint_loadavg task_rlimit task_rlimit_as task_rlimit_core
        task_rlimit_cpu task_rlimit_data task_rlimit_fsize task_rlimit_locks task_rlimit_memlock
        task_rlimit_msgqueue task_rlimit_nice task_rlimit_nofile task_rlimit_nproc task_rlimit_rss
        task_rlimit_rtprio task_rlimit_rttime task_rlimit_sigpending task_rlimit_stack vm_fault_contains
    """,
    "signals": """
        WEXITSTATUS WIFEXITED WTERMSIG _signal_name get_sa_flags get_sa_handler get_sigaction_mask
        get_sigset is_sig_blocked raise sa_flags_str sa_handler_str signal_str sigset_mask_str
    """,
    "sizes": """
        bytes_to_string mem_page_size pages_to_string
    """,
    "speculation": """
        commit discard speculate speculation
    """,
    "stopwatches": """
        delete_stopwatch read_stopwatch_ms read_stopwatch_ns read_stopwatch_s read_stopwatch_us
        start_stopwatch stop_stopwatch
    """,
    "symbols": """
        addr backtrace caller caller_addr callers modname print_backtrace print_backtrace_fileline
        print_stack print_syms print_ubacktrace print_ubacktrace_brief print_ubacktrace_fileline
        print_ustack print_usyms probefunc probemod sprint_backtrace sprint_stack sprint_syms
        sprint_ubacktrace sprint_ustack sprint_usyms stack stack_size stack_unused stack_used symdata
        symfile symfileline symline symname uaddr ubacktrace ucallers umodname ustack usymdata usymfile
        usymfileline usymline usymname
    """,
    "system_call_strings": """
        __fork_flags __get_argv _access_mode_str _at_flag_str _clone_flags_str _dfd_str _dup3_flag_str
        _epoll_create1_flag_str _eventfd2_flag_str _fadvice_advice_str _fcntl_cmd_str _flock_cmd_str
        _futex_op_str _get_wc_str _gfp_bits_str _gfp_flag_str _in_other_system_call _inotify_init1_flag_str
        _inotify_watch_mask_str _ipc_cmd_str _itimer_which_str _madvice_advice_str _mknod_mode_str
        _mlockall_flags_str _mmap_flags _mountflags_str _mprotect_prot_str _mremap_flags _msg_flags_str
        _msync_flag_str _opoll_op_str _prctl_option_str _priority_which_str _ptrace_request_str
        _reboot_flag_str _reboot_magic_str _recvflags_str _rlimit_resource_str _rusage_who_str
        _sched_policy_str _seek_whence_str _sendflags_str _shutdown_how_str _sighandler_str
        _signal_or_number_str _signal_sender_str _sigprocmask_how_str _sock_family_str _sock_flags_str
        _sock_type_str _sockopt_level_str _sockopt_optname_str _stp_clock_nanosleep_flags_str _stp_sigset_u
        _stp_xattr_flags_str _struct_itimerspec_u _struct_itimerval_u _struct_rlimit_u _struct_sigaction_u
        _struct_sockaddr_u _struct_timespec_u _struct_timeval_u _sys_open_creates _sys_open_flag_str
        _sys_pipe2_flag_str _umountflags_str _wait4_opt_str _waitid_opt_str _waitid_which_str irqflags_str
    """,
    "system_calls": """
        syscall_name syscall_num
    """,
    "tasks": """
        cpu cpuid egid euid execname gid is_myproc ns_egid ns_euid ns_gid ns_pgrp ns_pid ns_ppid ns_sid
        ns_tid ns_uid pexecname pgrp pid pid2execname pid2task ppid pstrace sid task_ancestry task_cpu
        task_current task_egid task_euid task_execname task_gid task_nice task_ns_egid task_ns_euid
        task_ns_gid task_ns_pid task_ns_tid task_ns_uid task_parent task_pid task_prio task_start_time
        task_state task_stime task_stime_tid task_tid task_time_string task_time_string_tid task_uid
        task_utime task_utime_tid tid uid user_mode
    """,
    "text": """
        isdigit isinstr matched matched_str ngroups str_replace string_quoted stringat strlen strpos strtol
        substr text_str text_strn tokenize
    """,
    "times": """
        HZ cpu_clock_ms cpu_clock_ns cpu_clock_s cpu_clock_us cputime_to_msecs cputime_to_string
        cputime_to_usecs ctime get_cycles gettimeofday_ms gettimeofday_ns gettimeofday_s gettimeofday_us
        jiffies ktime_get_ns local_clock_ms local_clock_ns local_clock_s local_clock_us mdelay
        msecs_to_string nsecs_to_string tz_ctime tz_gmtoff tz_name udelay usecs_to_string
    """,
}
