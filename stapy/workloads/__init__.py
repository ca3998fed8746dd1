"""The workloads and programs that come with stapy: the default system, the named workloads, a shell and its
commands."""
