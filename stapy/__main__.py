"""``stapy`` and ``python -m stapy``: the command."""

import signal
import sys


def main() -> int:
    """Run the command. Returns the exit status."""
    # Until something looks after ^C, it ends the process wherever that is, and without a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from stapy import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
