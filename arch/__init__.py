"""Architectures: everything that differs between them, and nothing that does not."""
