"""``python -m stapy``: the command."""

import sys

from stapy.cli import main

if __name__ == "__main__":
    sys.exit(main())
