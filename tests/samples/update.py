"""Writes what the samples print beside them: ``python -m tests.samples.update [NAME...]``; look at the difference
before it is committed."""

from __future__ import annotations

import sys

from tests.samples.test_samples import ARCHITECTURES, SAMPLES, run_sample


def main(names: list[str]) -> None:
    for sample in SAMPLES:
        if names and sample.name not in names:
            continue
        printed = {a: run_sample(sample, a).out for a in ARCHITECTURES}
        for old in sample.parent.glob(f"{sample.name}*.out"):
            old.unlink()
        if len(set(printed.values())) == 1:
            sample.with_name(f"{sample.name}.out").write_text(printed[ARCHITECTURES[0]], "latin-1")
        else:
            for architecture, text in printed.items():
                sample.with_name(f"{sample.name}.{architecture}.out").write_text(text, "latin-1")
        print(sample.name, "the same everywhere" if len(set(printed.values())) == 1 else "differs")


if __name__ == "__main__":
    main(sys.argv[1:])
