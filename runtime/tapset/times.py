"""Time: the machine's virtual clock as dates, counters and durations."""

from __future__ import annotations

from stapy.runtime.context import Context
from stapy.runtime.program import ScriptError
from stapy.runtime.tapset.declare import tapset_function
from stapy.runtime.values import strings

TICKS_A_SECOND = 1000


def nanoseconds(c: Context) -> int:
    """Virtual time at this moment on this CPU, in nanoseconds since the machine started."""
    return c.session.time(c.cpu)


@tapset_function(pure=True)
def gettimeofday_ns(c: Context) -> int:
    """The date in nanoseconds since 1970."""
    session = c.session
    return session.epoch_ns + session.time(c.cpu)


@tapset_function(pure=True)
def gettimeofday_us(c: Context) -> int:
    """The date in microseconds since 1970."""
    session = c.session
    return (session.epoch_ns + session.time(c.cpu)) // 1000


@tapset_function(pure=True)
def gettimeofday_ms(c: Context) -> int:
    """The date in milliseconds since 1970."""
    session = c.session
    return (session.epoch_ns + session.time(c.cpu)) // 1000000


@tapset_function(pure=True)
def gettimeofday_s(c: Context) -> int:
    """The date in seconds since 1970."""
    session = c.session
    return (session.epoch_ns + session.time(c.cpu)) // 1000000000


@tapset_function("local_clock_ns", "ktime_get_ns", pure=True)
def local_clock_ns(c: Context) -> int:
    """Nanoseconds since the machine started."""
    return c.session.time(c.cpu)


@tapset_function(pure=True)
def local_clock_us(c: Context) -> int:
    """Microseconds since the machine started."""
    return nanoseconds(c) // 1000


@tapset_function(pure=True)
def local_clock_ms(c: Context) -> int:
    """Milliseconds since the machine started."""
    return nanoseconds(c) // 1000000


@tapset_function(pure=True)
def local_clock_s(c: Context) -> int:
    """Seconds since the machine started."""
    return nanoseconds(c) // 1000000000


@tapset_function(pure=True, needs_kernel=True)
def cpu_clock_ns(c: Context, cpu: int) -> int:
    """The clock of ``cpu`` in nanoseconds. A CPU that is not there is an error."""
    cpus = c.kernel.cpus if c.kernel is not None else [None]
    if not 0 <= cpu < len(cpus):
        raise ScriptError(f"cpu {cpu} is not online")
    return c.session.time(cpus[cpu])


@tapset_function(pure=True, needs_kernel=True)
def cpu_clock_us(c: Context, cpu: int) -> int:
    """The clock of ``cpu`` in microseconds."""
    return cpu_clock_ns(c, cpu) // 1000


@tapset_function(pure=True, needs_kernel=True)
def cpu_clock_ms(c: Context, cpu: int) -> int:
    """The clock of ``cpu`` in milliseconds."""
    return cpu_clock_ns(c, cpu) // 1000000


@tapset_function(pure=True, needs_kernel=True)
def cpu_clock_s(c: Context, cpu: int) -> int:
    """The clock of ``cpu`` in seconds."""
    return cpu_clock_ns(c, cpu) // 1000000000


@tapset_function(pure=True)
def get_cycles(c: Context) -> int:
    """The CPU's cycle counter: one a nanosecond."""
    return nanoseconds(c)


@tapset_function(pure=True)
def jiffies(c: Context) -> int:
    """The kernel's count of timer ticks."""
    if c.kernel is not None:
        found = c.kernel.description.symbols.get("jiffies")
        if found:
            address = found if isinstance(found, int) else found[0]
            size = c.kernel.description.pointer_size
            return strings.to_signed(c.kernel.memory.u64(address) if size == 8 else c.kernel.memory.u32(address))
    return nanoseconds(c) // (1000000000 // TICKS_A_SECOND)


@tapset_function("HZ", pure=True)
def ticks_a_second() -> int:
    """Timer ticks a second."""
    return TICKS_A_SECOND


# ---------------------------------------------------------------- dates as text

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _date(seconds: int) -> str:
    if seconds > 0x7FFFFFFF:
        raise ScriptError("Time too far in the future to be converted")
    if seconds < -0x80000000:
        raise ScriptError("Time too far in the past to be converted")
    days, second = divmod(seconds, 86400)
    # Days since 0000-03-01: a year that begins in March has its leap day last, so arithmetic finds the date.
    era, day = divmod(days + 719468, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    shifted = (5 * day + 2) // 153
    day = day - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year += era * 400 + (month <= 2)
    return (f"{_DAYS[(days + 4) % 7]} {_MONTHS[month - 1]}{day:3} "
            f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} {year}")


@tapset_function(pure=True)
def ctime(epochsecs: int) -> str:
    """A date in seconds since 1970 as ``Thu Dec  3 03:51:21 2009``, in UTC. Beyond 32 bits an error."""
    return _date(epochsecs)


@tapset_function("ctime", pure=True)
def ctime_now(c: Context) -> str:
    """The date of now as text."""
    return _date(gettimeofday_s(c))


@tapset_function(pure=True)
def tz_gmtoff() -> int:
    """The local time zone in seconds west of UTC: 0, so that every run prints the same."""
    return 0


@tapset_function(pure=True)
def tz_name() -> str:
    """The local time zone's name."""
    return "UTC"


@tapset_function(pure=True)
def tz_ctime(epochsecs: int) -> str:
    """A date in seconds since 1970 as local time, with the zone's name behind."""
    return f"{_date(epochsecs - tz_gmtoff())} {tz_name()}"


# ---------------------------------------------------------------- durations


def cputime_nanoseconds(c: Context, cputime: int) -> int:
    """A cputime_t of the kernel in nanoseconds; a tick each where no kernel says otherwise."""
    if c.kernel is not None:
        return c.kernel.cputime_to_ns(cputime)
    return cputime * (1000000000 // TICKS_A_SECOND)


@tapset_function(pure=True)
def cputime_to_msecs(c: Context, cputime: int) -> int:
    """CPU time as task_utime() gives it, in milliseconds."""
    return cputime_nanoseconds(c, cputime) // 1000000


@tapset_function(pure=True)
def cputime_to_usecs(c: Context, cputime: int) -> int:
    """CPU time as task_utime() gives it, in microseconds."""
    return cputime_nanoseconds(c, cputime) // 1000


@tapset_function(pure=True)
def cputime_to_string(c: Context, cputime: int) -> str:
    """CPU time as task_utime() gives it, as ``1m2.345s``."""
    return msecs_to_string(cputime_to_msecs(c, cputime))


def _duration(amount: int, digits: int) -> str:
    """Minutes, seconds and a fraction, each truncated towards zero and with its own sign."""
    sign = -1 if amount < 0 else 1
    seconds, fraction = divmod(abs(amount), 10 ** digits)
    minutes, seconds = divmod(seconds, 60)
    fraction_text = f"{'-' if sign < 0 and fraction else ''}{fraction:0{digits}}"
    return f"{sign * minutes}m{sign * seconds}.{fraction_text}s"


@tapset_function(pure=True)
def msecs_to_string(msecs: int) -> str:
    """Milliseconds as ``1m1.500s``."""
    return _duration(msecs, 3)


@tapset_function(pure=True)
def usecs_to_string(usecs: int) -> str:
    """Microseconds as ``0m0.001500s``."""
    return _duration(usecs, 6)


@tapset_function(pure=True)
def nsecs_to_string(nsecs: int) -> str:
    """Nanoseconds as ``0m0.000000005s``."""
    return _duration(nsecs, 9)


@tapset_function("mdelay", guru=True)
def delay_milliseconds(ms: int) -> None:
    """Busy waiting in the kernel. Virtual time stands still while a handler runs, so this does nothing."""


@tapset_function("udelay", guru=True)
def delay_microseconds(us: int) -> None:
    """Busy waiting in the kernel. Virtual time stands still while a handler runs, so this does nothing."""
