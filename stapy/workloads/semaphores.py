"""The named workload of semaphores: producers and consumers with System V's semaphores, shared memory, messages."""

from __future__ import annotations

from typing import Any

from stapy.workload import IPC_NOWAIT, IPC_PRIVATE, IPC_RMID, SEM_UNDO, SETVAL, Procedure, System

EMPTY, FULL, MUTEX = range(3)
SLOTS = 4


def semaphores(sys: System, consumers: Any = 2, items: Any = 12) -> Procedure:
    """semaphores [CONSUMERS [ITEMS]]: ITEMS (12) pass through a ring in shared memory to CONSUMERS (2), who report
    through a message queue."""
    count, total = int(consumers), int(items)
    ring = yield sys.shmget(IPC_PRIVATE, 4096)
    place = yield sys.shmat(ring)
    sems = yield sys.semget(IPC_PRIVATE, 3)
    for number, value in ((EMPTY, SLOTS), (FULL, 0), (MUTEX, 1)):
        yield sys.semctl(sems, number, SETVAL, value)
    queue = yield sys.msgget(IPC_PRIVATE)
    for number in range(count):
        yield sys.fork(_consumer, sems, place, queue, number + 1)
    for item in range(total + count):  # the last ones are told to stop
        yield sys.semop(sems, (EMPTY, -1), (MUTEX, -1, SEM_UNDO))
        yield sys.poke(place + 1 + item % SLOTS, bytes([item + 1 if item < total else 255]))
        yield sys.semop(sems, (MUTEX, 1, SEM_UNDO), (FULL, 1))
        yield sys.compute(us=40)
    eaten = 0
    for _ in range(count):
        _, status = yield sys.wait()
        assert status == 0
    try:
        while True:
            kind, text = yield sys.msgrcv(queue, 64, 0, IPC_NOWAIT)
            eaten += int(text)
            assert 1 <= kind <= count
    except OSError:  # no message
        assert eaten == total
    yield sys.shmdt(place)
    yield sys.shmctl(ring, IPC_RMID)
    yield sys.semctl(sems, 0, IPC_RMID)
    yield sys.msgctl(queue, IPC_RMID)
    return 0


def _consumer(sys: System, sems: int, place: int, queue: int, number: int) -> Procedure:
    eaten = 0
    while True:
        yield sys.semop(sems, (FULL, -1), (MUTEX, -1, SEM_UNDO))
        turn = (yield sys.peek(place, 1))[0]
        item = (yield sys.peek(place + 1 + turn, 1))[0]
        yield sys.poke(place, bytes([(turn + 1) % SLOTS]))
        yield sys.semop(sems, (MUTEX, 1, SEM_UNDO), (EMPTY, 1))
        if item == 255:
            break
        eaten += 1
        yield sys.compute(us=150)
    yield sys.msgsnd(queue, number, str(eaten))
    return 0
