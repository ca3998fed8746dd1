"""What the .stp files of the tapset define, so that none is read before it is asked for: functions, globals,
aliases.

stapy.compiler.library.write_index() writes this file.
"""

FILES: dict[str, tuple[str, str, str]] = {
    "argv.stp": (
        "",
        "argc argv",
        "",
    ),
    "oneshot.stp": (
        "",
        "",
        "oneshot",
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
}

# Aliases made from a table: see system_call_table.
SYSTEM_CALLS = ("syscall", "nd_syscall")
