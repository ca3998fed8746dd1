"""The kernels a script can probe: the built-in one first."""
