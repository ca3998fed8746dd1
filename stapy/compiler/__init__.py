"""The compiler: script text to a runnable Program, one module a stage."""
