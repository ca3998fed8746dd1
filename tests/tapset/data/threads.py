"""A workload of one process with two threads."""

from stapy.workload import Procedure, System


def threads(sys: System) -> Procedure:
    for number in range(2):
        yield sys.thread(one, number)
    yield sys.sleep(0.01)
    return 0


def one(sys: System, number: int) -> Procedure:
    yield sys.compute(us=10 * number)
    return 0
