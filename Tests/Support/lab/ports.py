#!/usr/bin/env python3
"""Ports for servers under test: neighbouring, free, and given to nobody else while their owner is there.

    ports.py SIZE OWNER     prints the first of SIZE ports; OWNER is a path, a server's folder or /proc/PID

They lie below the range from which the system takes the near ends of outgoing connections, so that no connection can
take one between the look and the start. What is given is written down with its owner, one file a port: two runs on one
machine get different ports even while a server is stopped and meant to come back. A server may still find its port in
use, by a program that knows nothing of this: whoever starts it then asks again.
"""
import contextlib, fcntl, os, pathlib, random, socket, sys, tempfile

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


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(reserve(int(sys.argv[1]), sys.argv[2]))
