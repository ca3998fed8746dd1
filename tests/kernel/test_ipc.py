"""System V's semaphores, messages and shared memory on the built-in kernel."""

from __future__ import annotations

import pytest

from stapy.workload import (
    GETNCNT,
    GETVAL,
    IPC_CREAT,
    IPC_EXCL,
    IPC_NOWAIT,
    IPC_PRIVATE,
    IPC_RMID,
    SEM_UNDO,
    SETVAL,
)


def test_semaphores(run, fails):
    def main(sys):
        sems = yield sys.semget(1234, 2)
        assert (yield sys.semget(1234, 2, 0)) == sems
        with fails("EEXIST"):
            yield sys.semget(1234, 1, IPC_CREAT | IPC_EXCL)
        with fails("EINVAL"):
            yield sys.semget(1234, 3, 0)
        with fails("ENOENT"):
            yield sys.semget(77, 1, 0)
        yield sys.semctl(sems, 0, SETVAL, 3)
        yield sys.semop(sems, (0, -2), (1, 5))
        assert (yield sys.semctl(sems, 0, GETVAL)) == 1 and (yield sys.semctl(sems, 1, GETVAL)) == 5
        with fails("EAGAIN"):  # all or nothing
            yield sys.semop(sems, (1, -1), (0, -2, IPC_NOWAIT))
        assert (yield sys.semctl(sems, 1, GETVAL)) == 5
        with fails("EFBIG"):
            yield sys.semop(sems, (2, 1))
        with fails("ERANGE"):
            yield sys.semctl(sems, 0, SETVAL, 40000)

        def waiter(sys):
            yield sys.semop(sems, (0, -2))
            return 1

        yield sys.fork(waiter)
        yield sys.sleep(0.001)
        assert (yield sys.semctl(sems, 0, GETNCNT)) == 1
        yield sys.semop(sems, (0, 1))
        assert (yield sys.wait())[1] == 1 << 8

        def forgetful(sys):
            yield sys.semop(sems, (1, -4, SEM_UNDO))

        yield sys.fork(forgetful)
        yield sys.wait()
        assert (yield sys.semctl(sems, 1, GETVAL)) == 5

        def told(sys):
            with fails("EIDRM"):
                yield sys.semop(sems, (0, -9))
            return 2

        yield sys.fork(told)
        yield sys.sleep(0.001)
        yield sys.semctl(sems, 0, IPC_RMID)
        assert (yield sys.wait())[1] == 2 << 8
        with fails("EINVAL"):
            yield sys.semop(sems, (0, 1))
        yield sys.setuid(1000)

    run(main)


def test_messages(run, fails):
    def main(sys):
        queue = yield sys.msgget(IPC_PRIVATE)
        for kind, text in ((5, "five"), (2, "two"), (7, "seven"), (2, "two again")):
            yield sys.msgsnd(queue, kind, text)
        assert (yield sys.msgrcv(queue, 100, 7)) == (7, b"seven")
        assert (yield sys.msgrcv(queue, 100, -5)) == (2, b"two")
        assert (yield sys.msgrcv(queue, 100)) == (5, b"five")
        with fails("E2BIG"):
            yield sys.msgrcv(queue, 3)
        assert (yield sys.msgrcv(queue)) == (2, b"two again")
        with fails("ENOMSG"):
            yield sys.msgrcv(queue, 100, 0, IPC_NOWAIT)
        with fails("EINVAL"):
            yield sys.msgsnd(queue, 0, "x")

        def later(sys):
            yield sys.sleep(0.002)
            yield sys.msgsnd(queue, 1, "late")

        yield sys.fork(later)
        assert (yield sys.msgrcv(queue)) == (1, b"late")
        with pytest.raises(BlockingIOError):
            while True:
                yield sys.msgsnd(queue, 1, "x" * 4000, IPC_NOWAIT)
        yield sys.msgctl(queue, IPC_RMID)
        with fails("EINVAL"):
            yield sys.msgrcv(queue)

    run(main)


def test_shared_memory(run, fails):
    def main(sys):
        segment = yield sys.shmget(99, 5000)
        address = yield sys.shmat(segment)

        def child(sys):
            assert (yield sys.peek(address, 5)) == b"hello"
            other = yield sys.shmat((yield sys.shmget(99, 0, 0)))
            assert other != address
            yield sys.poke(other + 4096, b"there")
            yield sys.shmdt(other)

        yield sys.poke(address, b"hello")
        yield sys.fork(child)
        assert (yield sys.wait())[1] == 0
        assert (yield sys.peek(address + 4096, 5)) == b"there"
        yield sys.shmctl(segment, IPC_RMID)
        assert (yield sys.peek(address, 5)) == b"hello"
        with fails("EINVAL"):
            yield sys.shmat(segment)
        yield sys.shmdt(address)
        with fails("EINVAL"):
            yield sys.shmdt(address)
        with fails("EINVAL"):
            yield sys.shmget(IPC_PRIVATE, 0)

    run(main)
