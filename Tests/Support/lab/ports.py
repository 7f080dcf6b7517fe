#!/usr/bin/env python3
"""Ports for servers under test: neighbouring, free, and given to nobody else while their owner is there.

    ports.py SIZE OWNER     prints the first of SIZE ports; OWNER is a path, a server's folder or /proc/PID
    ports.py wait PID PORT  returns when the process listens on the port; fails when it has ended, or in two minutes

They lie below the range from which the system takes the near ends of outgoing connections, so that no connection can
take one between the look and the start. What is given is written down with its owner, one file a port: two runs on one
machine get different ports even while a server is stopped and meant to come back. A server may still find its port in
use, by a program that knows nothing of this: whoever starts it then asks again.
"""
import contextlib, fcntl, os, pathlib, random, socket, sys, tempfile, time

LOWEST = 10000  # Below lie the well-known ports of services that may be installed.


def first_outgoing():
    """Where the system's own range begins; ports for tests lie below."""
    with contextlib.suppress(OSError):
        return int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return 32768


def reserve(size, owner=None):
    """The first of `size` neighbouring ports, kept while the path `owner` is there: this process, when none is named."""
    owner = owner or "/proc/%d" % os.getpid()
    folder = pathlib.Path(tempfile.gettempdir()) / ("calldesk-ports-%d" % os.geteuid())
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        highest = first_outgoing() - size
        if highest < LOWEST:
            raise OSError("no ports are left below %d, where outgoing connections begin" % first_outgoing())
        # Every base once, from a place that two runs seldom share.
        begin = random.randrange(LOWEST, highest + 1)
        for base in [*range(begin, highest + 1), *range(LOWEST, begin)]:
            ports = range(base, base + size)
            if not any(is_given(folder, port) for port in ports) and all(map(is_free, ports)):
                for port in ports:
                    (folder / str(port)).write_text(owner)
                return base
    raise OSError("no %d neighbouring ports are free from %d to %d" % (size, LOWEST, first_outgoing()))


def is_given(folder, port):
    with contextlib.suppress(FileNotFoundError):
        return os.path.exists((folder / str(port)).read_text())
    return False


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as tried:
            if kind == socket.SOCK_STREAM:
                # As servers do: connections that have ended do not keep a port.
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("", port))
            except OSError:
                return False
    return True


def wait(pid, port, seconds=120):
    """Whether the process itself comes to listen on the port: somebody else there, whom one could reach, does not count.

    Two minutes mean a hang, not a busy machine.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and not has_ended(pid):
        if sockets(pid) & listening(port):
            return True
        time.sleep(0.02)
    return False


def has_ended(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    return True


def sockets(pid):
    """The sockets a process holds, as `socket:[inode]`."""
    found = set()
    with contextlib.suppress(OSError):
        for number in os.listdir("/proc/%d/fd" % pid):
            with contextlib.suppress(OSError):
                found.add(os.readlink("/proc/%d/fd/%s" % (pid, number)))
    return found


def listening(port):
    found = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in pathlib.Path("/proc/net/" + table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    found.add("socket:[%s]" % fields[9])
    return found


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "wait":
        sys.exit(0 if wait(int(sys.argv[2]), int(sys.argv[3])) else 1)
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(reserve(int(sys.argv[1]), sys.argv[2]))
