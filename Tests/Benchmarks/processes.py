"""Processes that a benchmark starts: pinned, measured through /proc, and gone when the benchmark is gone."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PR_SET_PDEATHSIG = 1
WANTED_FILES = 65_536
_libc = ctypes.CDLL(None, use_errno=True)


def cores():
    """The proxy's core, and the one for everything else; (None, None) on a machine with a single core."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else (None, None)


def raise_file_limit():
    """Lifts the limit of open files to what the system allows; children inherit it. Returns the limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for limit in (max(hard, WANTED_FILES), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            return limit
        except (ValueError, OSError):
            pass    # Only the administrator lifts the hard limit.
    return hard


def free_port():
    """A loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts_connections(port):
    """Whether somebody listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def busy_share(seconds=1.0):
    """How much of the processors' time others use right now, 0 to 1 (proc(5), /proc/stat)."""
    def times():
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]    # all, and idle with waiting for disks

    all_before, idle_before = times()
    time.sleep(seconds)
    all_after, idle_after = times()
    return 1 - (idle_after - idle_before) / max(1, all_after - all_before)


class Process:
    """A child process, pinned to a core, with its output in a file. Ends with `stop`, or with its parent."""

    def __init__(self, command, log, core=None):
        def prepare():
            # A benchmark that is killed leaves nothing behind.
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if core is not None:
                os.sched_setaffinity(0, {core})

        self.log = Path(log)
        with open(log, "wb") as output:
            self._child = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                preexec_fn=prepare, cwd=self.log.parent)

    def wait_for(self, port, seconds=20):
        """Waits until the port accepts connections. Raises RuntimeError with the log's end when it does not."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._child.poll() is not None:
                break
            if accepts_connections(port):
                return self
            time.sleep(0.02)
        tail = self.log.read_text(errors="replace").strip().splitlines()[-5:]
        self.stop()
        raise RuntimeError(" / ".join(tail) or f"nothing listens on port {port}")

    def pids(self):
        """This process and those that it forked."""
        found, queue = [], [self._child.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            try:
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    queue += [int(child) for child in children.read_text().split()]
            except OSError:
                pass  # It ended between two reads.
        return found

    def cpu_seconds(self):
        """User and system time so far, of all threads of all its processes."""
        return sum(_stat_cpu_seconds(pid) for pid in self.pids())

    def resident_bytes(self):
        """Resident memory now."""
        return sum(_status_bytes(pid, "VmRSS:") for pid in self.pids())

    def peak_resident_bytes(self):
        """The most resident memory since the start, or since `forget_peak`."""
        return sum(_status_bytes(pid, "VmHWM:") for pid in self.pids())

    def forget_peak(self):
        """Lets the peak begin anew from what is resident now (proc(5), clear_refs)."""
        for pid in self.pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def is_running(self):
        """Whether the process has not ended."""
        return self._child.poll() is None

    def stop(self):
        """Ends the process and waits for it."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                for pid in reversed(self.pids()):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
        self._child.wait()


def _stat_cpu_seconds(pid):
    # proc(5): the name stands in parentheses and may hold blanks; utime and stime are fields 14 and 15.
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def _status_bytes(pid, name):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
