"""Writes the index that is shipped beside an image: ``python -m stapy.runtime.debuginfo IMAGE.elf ...``."""

import sys
from pathlib import Path

from stapy.runtime.debuginfo.index import beside, make_index, write


def main(images: list[str]) -> int:
    for image in map(Path, images):
        if not write(beside(image), make_index(image.read_bytes())):
            print(f"{beside(image)}: cannot be written", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
