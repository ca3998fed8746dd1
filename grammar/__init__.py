"""The grammar of the SystemTap language, for Lark: stap.lark, and nothing else."""
