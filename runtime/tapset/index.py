"""Which module of the tapset has which functions, so that only those a script calls are loaded."""

MODULES: dict[str, str] = {}
