"""Kprobes, jprobes and kretprobes on an emulated kernel."""
