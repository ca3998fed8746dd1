"""^C while the machine runs: no KeyboardInterrupt may surface inside a callback from C, where it would be
lost."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def deferred(interrupt: Callable[[], None], wake: Callable[[], None]) -> Iterator[None]:
    """While inside, ^C calls ``interrupt()`` instead of raising; a second ^C raises as always.

    Python runs signal handlers between bytecodes, and emulated code that never traps has none: a thread that
    the C level handler wakes calls ``wake()``, which has to bring the main thread back to Python. A handler
    that the program installed itself stays, and is called soon in the same way. Outside the main thread
    nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        interrupt()

    receiver, sender = socket.socketpair()
    sender.setblocking(False)

    def watch() -> None:
        while receiver.recv(64) not in (b"", b"\0"):
            wake()

    watcher = threading.Thread(target=watch, name="stapy-signals", daemon=True)
    before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    watcher.start()
    if ours:
        signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(before)
        sender.close()
        watcher.join()
        receiver.close()
