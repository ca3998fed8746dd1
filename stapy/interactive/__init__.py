"""``stapy -i``: writing and running scripts at a prompt."""
