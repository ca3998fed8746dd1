"""Tests of scripts: what a test is (cases), what running one gives (trial), and pytest's part (plugin)."""
