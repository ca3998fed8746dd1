"""What a start, a parse, a loop, a hit and a run cost."""
