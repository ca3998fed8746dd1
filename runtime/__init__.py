"""What a compiled script runs on: probes, values, the tapset, kernels, debug information."""
