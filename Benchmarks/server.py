"""A server under measurement: started on a free port, sampled from /proc, and stopped. Linux only.

The other programs in this folder import it.
"""
import os
import re
import socket
import subprocess
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, process):
    """Waits until the server listens; at most a minute, because valgrind starts slowly."""
    for _ in range(600):
        assert process.poll() is None, "the server has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"no server listens on port {port}")


class Server:
    """A server that takes the option --port, as a context: it is stopped at the end."""

    def __init__(self, command, core=None, folder=None):
        self.port = free_port()
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        self.arguments = command
        started = time.monotonic()
        self.process = subprocess.Popen([*pinned, *self.command(self.port)], cwd=folder, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        try:
            wait_for(self.port, self.process)
        except BaseException:
            self.process.kill()
            raise
        self.start_seconds = time.monotonic() - started

    def command(self, port):
        """The command that starts the server on a port."""
        return [*self.arguments, "--port", str(port)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu(self):
        """The CPU time of all threads so far, in seconds: the clock of clock_getcpuclockid(3)."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory(self):
        """The anonymous memory in bytes: heap and stacks, without the program's file."""
        with open(f"/proc/{self.pid}/smaps_rollup") as file:
            return int(re.search(r"^Anonymous: +(\d+) kB", file.read(), re.M)[1]) * 1024

    def peak(self):
        """The largest resident memory so far, in bytes."""
        with open(f"/proc/{self.pid}/status") as file:
            return int(re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.M)[1]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def wait_for_closes(self):
        """Waits until the connections of the last clients are closed: new ones need their descriptors, and are refused while the loop lags."""
        for _ in range(300):
            if self.descriptors() < 50:
                time.sleep(1)
                return
            time.sleep(0.1)
        raise SystemExit(f"the server has still {self.descriptors()} descriptors")
