"""Futexes, epoll, eventfd, timerfd, select, timers and locks on the built-in kernel."""

from __future__ import annotations

import pytest

from stapy.workload import (
    EPOLL_CTL_ADD,
    EPOLL_CTL_DEL,
    EPOLL_CTL_MOD,
    EPOLLET,
    EPOLLIN,
    EPOLLONESHOT,
    F_RDLCK,
    F_UNLCK,
    F_WRLCK,
    FUTEX_PRIVATE,
    FUTEX_WAIT,
    FUTEX_WAKE,
    ITIMER_VIRTUAL,
    LOCK_EX,
    LOCK_NB,
    LOCK_SH,
    LOCK_UN,
    MAP_ANONYMOUS,
    MAP_SHARED,
    O_CREAT,
    O_NONBLOCK,
    O_RDWR,
    PROT_READ,
    PROT_WRITE,
    SIG_BLOCK,
    SIGALRM,
    SIGUSR1,
    SIGVTALRM,
)

ONES = int.from_bytes(b"\1" * 4, "little")


def test_futex(run, fails):
    def waiter(sys, word, woken):
        yield sys.futex(word, FUTEX_WAIT | FUTEX_PRIVATE, ONES)
        woken.append(1)
        return 0

    def main(sys):
        word = yield sys.mmap(4096)
        yield sys.poke(word, b"\1" * 4)
        woken: list[int] = []
        for _ in range(3):
            yield sys.thread(waiter, word, woken)
        yield sys.sleep(0.001)
        assert (yield sys.futex(word, FUTEX_WAKE | FUTEX_PRIVATE, 2)) == 2
        yield sys.sleep(0.001)
        assert len(woken) == 2
        assert (yield sys.futex(word, FUTEX_WAKE | FUTEX_PRIVATE, 9)) == 1
        assert (yield sys.futex(word, FUTEX_WAKE | FUTEX_PRIVATE, 9)) == 0
        yield sys.sleep(0.001)
        with fails("EAGAIN"):
            yield sys.futex(word, FUTEX_WAIT, 5)
        before = yield sys.clock_gettime()
        with fails("ETIMEDOUT"):
            yield sys.futex(word, FUTEX_WAIT, ONES, 0.01)
        assert 10_000_000 <= (yield sys.clock_gettime()) - before < 10_200_000
        with fails("EINVAL"):
            yield sys.futex(word + 1, FUTEX_WAIT, ONES)
        with fails("EFAULT"):
            yield sys.futex(8, FUTEX_WAIT, ONES)
        with fails("ENOSYS"):
            yield sys.futex(word, 77, 0)

    run(main)


def test_a_futex_in_shared_memory(run):
    def waiter(sys, word):
        yield sys.futex(word, FUTEX_WAIT, ONES)
        return 7

    def main(sys):
        word = yield sys.mmap(4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS)
        yield sys.poke(word, b"\1" * 4)
        yield sys.fork(waiter, word)
        yield sys.sleep(0.001)
        assert (yield sys.futex(word, FUTEX_WAKE | FUTEX_PRIVATE, 1)) == 0
        assert (yield sys.futex(word, FUTEX_WAKE, 1)) == 1
        assert (yield sys.wait())[1] == 7 << 8

    run(main)


def test_epoll(run, fails):
    def main(sys):
        reader, writer = yield sys.pipe()
        epfd = yield sys.epoll_create()
        yield sys.epoll_ctl(epfd, EPOLL_CTL_ADD, reader, EPOLLIN)
        with fails("EEXIST"):
            yield sys.epoll_ctl(epfd, EPOLL_CTL_ADD, reader, EPOLLIN)
        with fails("EPERM"):
            fd = yield sys.open("/etc/passwd")
            yield sys.epoll_ctl(epfd, EPOLL_CTL_ADD, fd, EPOLLIN)
        with fails("EINVAL"):
            yield sys.epoll_ctl(epfd, EPOLL_CTL_ADD, epfd, EPOLLIN)
        with fails("ENOENT"):
            yield sys.epoll_ctl(epfd, EPOLL_CTL_DEL, writer)
        with fails("EINVAL"):
            yield sys.epoll_wait(reader)
        assert (yield sys.epoll_wait(epfd, timeout_ms=2)) == {}
        yield sys.write(writer, "x")
        for _ in range(2):  # as long as there is something
            assert (yield sys.epoll_wait(epfd)) == {reader: EPOLLIN}
        yield sys.epoll_ctl(epfd, EPOLL_CTL_MOD, reader, EPOLLIN | EPOLLET)
        assert (yield sys.epoll_wait(epfd)) == {reader: EPOLLIN}
        assert (yield sys.epoll_wait(epfd, timeout_ms=1)) == {}
        yield sys.write(writer, "y")
        assert (yield sys.epoll_wait(epfd)) == {reader: EPOLLIN}
        yield sys.epoll_ctl(epfd, EPOLL_CTL_MOD, reader, EPOLLIN | EPOLLONESHOT)
        assert (yield sys.epoll_wait(epfd)) == {reader: EPOLLIN}
        yield sys.write(writer, "z")
        assert (yield sys.epoll_wait(epfd, timeout_ms=1)) == {}
        yield sys.close(reader)
        assert (yield sys.epoll_wait(epfd, timeout_ms=1)) == {}

    run(main)


def test_epoll_sleeps_until_woken(run):
    def later(sys, fd):
        yield sys.sleep(0.005)
        yield sys.write(fd, b"\1" * 8)

    def main(sys):
        fd = yield sys.eventfd()
        epfd = yield sys.epoll_create()
        yield sys.epoll_ctl(epfd, EPOLL_CTL_ADD, fd, EPOLLIN)
        yield sys.fork(later, fd)
        before = yield sys.clock_gettime()
        assert (yield sys.epoll_wait(epfd)) == {fd: EPOLLIN}
        assert (yield sys.clock_gettime()) - before >= 5_000_000
        assert (yield sys.read(fd, 8)) == b"\1" * 8

    run(main)


def test_eventfd_and_timerfd(run, fails):
    def main(sys):
        fd = yield sys.eventfd(0, O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            yield sys.read(fd, 8)
        with fails("EINVAL"):
            yield sys.read(fd, 7)
        with fails("EINVAL"):
            yield sys.write(fd, b"\xff" * 8)
        timer = yield sys.timerfd()
        yield sys.timerfd_settime(timer, 0.002, 0.001)
        before = yield sys.clock_gettime()
        assert (yield sys.timerfd_read(timer)) == 1
        assert 2_000_000 <= (yield sys.clock_gettime()) - before < 2_100_000
        yield sys.sleep(0.0035)
        assert (yield sys.timerfd_read(timer)) == 3
        with fails("EINVAL"):
            yield sys.timerfd_settime(fd, 1)
        with fails("EINVAL"):
            yield sys.timerfd(3)

    run(main)


def test_posix_timers(run, fails):
    def main(sys):
        received: list[int] = []
        yield sys.signal(SIGALRM, lambda sys, number: received.append(number))
        timer = yield sys.timer_create(SIGALRM)
        assert timer == 0 and (yield sys.timer_create(SIGUSR1)) == 1
        yield sys.timer_settime(timer, 0.001, 0.001)
        while len(received) < 3:
            with pytest.raises(InterruptedError):
                yield sys.pause()
        yield sys.sigprocmask(SIG_BLOCK, 1 << SIGALRM - 1)
        yield sys.sleep(0.0045)
        assert (yield sys.sigtimedwait(1 << SIGALRM - 1)) == SIGALRM
        yield sys.timer_delete(timer)
        with fails("EINVAL"):
            yield sys.timer_settime(timer, 1)
        with fails("EINVAL"):
            yield sys.timer_create(99)

    run(main)


def test_virtual_timer_counts_user_time_only(run):
    def main(sys):
        received: list[int] = []
        yield sys.signal(SIGVTALRM, lambda sys, number: received.append(number))
        yield sys.setitimer(ITIMER_VIRTUAL, 0.005)
        yield sys.sleep(0.05)
        assert not received
        yield sys.compute(ms=20)
        yield sys.getpid()
        assert received == [SIGVTALRM]

    run(main)


def test_sigtimedwait_and_sigqueue(run):
    def main(sys):
        yield sys.sigprocmask(SIG_BLOCK, 1 << SIGUSR1 - 1)
        with pytest.raises(BlockingIOError):
            yield sys.sigtimedwait(1 << SIGUSR1 - 1, 0.001)
        yield sys.sigqueue((yield sys.getpid()), SIGUSR1, 5)
        assert (yield sys.sigtimedwait(1 << SIGUSR1 - 1)) == SIGUSR1

    run(main)


def test_select(run, fails):
    def main(sys):
        reader, writer = yield sys.pipe()
        assert (yield sys.select([reader], [writer])) == ([], [writer], [])
        before = yield sys.clock_gettime()
        assert (yield sys.select([reader], timeout=0.003)) == ([], [], [])
        assert (yield sys.clock_gettime()) - before >= 3_000_000
        with fails("EBADF"):
            yield sys.select([30])

    run(main)


def test_ppoll_with_a_mask(run):
    def main(sys):
        received: list[int] = []
        yield sys.signal(SIGUSR1, lambda sys, number: received.append(number), flags=0)
        yield sys.sigprocmask(SIG_BLOCK, 1 << SIGUSR1 - 1)
        yield sys.kill((yield sys.getpid()), SIGUSR1)
        assert (yield sys.ppoll([], 0.001)) == {} and not received
        with pytest.raises(InterruptedError):
            yield sys.ppoll([], 1.0, 0)
        assert received == [SIGUSR1]

    run(main)


def test_flock(run):
    def main(sys):
        fd = yield sys.open("/tmp/f", O_RDWR | O_CREAT)
        other = yield sys.open("/tmp/f", O_RDWR)
        yield sys.flock(fd, LOCK_SH)
        yield sys.flock(other, LOCK_SH | LOCK_NB)
        with pytest.raises(BlockingIOError):
            yield sys.flock(other, LOCK_EX | LOCK_NB)
        yield sys.flock(fd, LOCK_UN)
        yield sys.flock(other, LOCK_EX | LOCK_NB)

        def waiter(sys):
            third = yield sys.open("/tmp/f", O_RDWR)
            yield sys.close(other)
            yield sys.flock(third, LOCK_EX)
            return 3

        yield sys.fork(waiter)
        before = yield sys.clock_gettime()
        yield sys.sleep(0.004)
        yield sys.close(other)
        assert (yield sys.wait())[1] == 3 << 8
        assert (yield sys.clock_gettime()) - before >= 4_000_000

    run(main)


def test_locks_on_ranges(run, fails):
    def main(sys):
        fd = yield sys.open("/tmp/f", O_RDWR | O_CREAT)
        yield sys.lock(fd, F_WRLCK, 0, 100)
        yield sys.lock(fd, F_UNLCK, 40, 20)
        parent = yield sys.getpid()

        def child(sys):
            assert (yield sys.lock_test(fd, F_WRLCK, 30, 5)) == parent
            assert (yield sys.lock_test(fd, F_WRLCK, 40, 20)) == 0
            with fails("EAGAIN"):
                yield sys.lock(fd, F_RDLCK, 55, 6, wait=False)
            yield sys.lock(fd, F_RDLCK, 40, 20, wait=False)
            before = yield sys.clock_gettime()
            yield sys.lock(fd, F_WRLCK, 90, 50)
            assert (yield sys.clock_gettime()) - before >= 4_000_000
            return 4

        yield sys.fork(child)
        yield sys.sleep(0.005)
        with pytest.raises(OSError, match="deadlock"):
            yield sys.lock(fd, F_WRLCK, 40, 1)
        yield sys.lock(fd, F_UNLCK)
        assert (yield sys.wait())[1] == 4 << 8
        with fails("EINVAL"):
            yield sys.lock(fd, 9)

    run(main)


def test_closing_a_file_gives_its_locks_up(run):
    def main(sys):
        fd = yield sys.open("/tmp/f", O_RDWR | O_CREAT)
        yield sys.lock(fd, F_WRLCK)

        def child(sys):
            yield sys.lock(fd, F_WRLCK)
            return 5

        yield sys.fork(child)
        yield sys.sleep(0.001)
        yield sys.close((yield sys.dup(fd)))
        assert (yield sys.wait())[1] == 5 << 8

    run(main)
