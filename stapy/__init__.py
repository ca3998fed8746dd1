"""stapy: SystemTap scripts on emulated kernels, as a command and as a library."""

__version__ = "0.1.0"
