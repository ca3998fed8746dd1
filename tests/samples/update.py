"""Writes what the samples print beside them: ``python -m tests.samples.update [NAME...]``; look at the difference
before it is committed."""

from __future__ import annotations

import sys
from collections import Counter

from tests.samples.test_samples import ARCHITECTURES, SAMPLES, run_sample


def main(names: list[str]) -> None:
    for sample in SAMPLES:
        if names and sample.name not in names:
            continue
        results = {a: run_sample(sample, a) for a in ARCHITECTURES}
        printed = {a: result.out for a, result in results.items()}
        for old in [*sample.parent.glob(f"{sample.name}*.out"), *sample.parent.glob(f"{sample.name}.err")]:
            old.unlink()
        if warning := results["x86_64"].err:
            sample.with_name(f"{sample.name}.err").write_text(warning, "latin-1")
        usual, count = Counter(printed.values()).most_common(1)[0]
        if count > 1:
            sample.with_name(f"{sample.name}.out").write_text(usual, "latin-1")
        else:  # addresses: each has its own
            usual = ""
        others = [architecture for architecture, text in printed.items() if text != usual]
        for architecture in others:
            sample.with_name(f"{sample.name}.{architecture}.out").write_text(printed[architecture], "latin-1")
        print(sample.name, f"differs on {', '.join(others)}" if others else "is the same everywhere", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
