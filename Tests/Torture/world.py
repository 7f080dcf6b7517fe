"""The world around a tortured desk: a mail server and a PBX that can be silent, slow or gone, and programs that remember."""
import pathlib, random, socket, socketserver, sys, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))
import desk as lab, nodes  # noqa: E402


class Mail:
    """An SMTP server that counts what it accepted, by recipient and Message-ID; `mood` is well, silent, slow or gone."""

    def __init__(self):
        self.accepted, self.mood, mail = [], "well", self

        class Session(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self):
                try:
                    self.talk()
                except OSError:
                    pass

            def say(self, line):
                while mail.mood == "silent":
                    time.sleep(0.1)
                if mail.mood == "slow":
                    time.sleep(0.5)
                if mail.mood == "gone":
                    raise OSError("gone")
                self.wfile.write((line + "\r\n").encode())

            def talk(self):
                self.say("220 torture")
                recipients = []
                while line := self.rfile.readline(4096):
                    verb = line[:4].upper()
                    if verb == b"RCPT":
                        recipients.append(line.decode().strip())
                    if verb == b"DATA":
                        self.say("354 go on")
                        text = b""
                        while (part := self.rfile.readline(65536)) not in (b".\r\n", b""):
                            text += part
                        name = next((l for l in text.split(b"\r\n") if l.lower().startswith(b"message-id:")), b"")
                        # Ours from here on, whether or not the desk hears it.
                        mail.accepted.append((tuple(recipients), name, text))
                        recipients = []
                        self.say("250 kept")
                    elif verb == b"QUIT":
                        return self.say("221 bye")
                    else:
                        self.say("250 torture")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address, request_queue_size = True, True, 128

        self.server = Server(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class PBX:
    """Speaks the manager interface and plays one recorded call after the other, each with identifiers of its own."""

    RECORDED = ROOT / "Tests" / "Fixtures" / "ami" / "16-a-direct.min.txt"

    def __init__(self):
        packets = self.RECORDED.read_text().split("\n\n")
        self.packets = [packet for packet in packets if packet.startswith("Event:")]
        self.links, self.dead, self.count = [], False, 0
        # key -> when its last event was written to a link that still stands
        self.told = {}
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            link, _ = self.listener.accept()
            if self.dead:
                link.close()
                continue
            threading.Thread(target=self.serve, args=(link,), daemon=True).start()

    def serve(self, link):
        try:
            link.sendall(b"Asterisk Call Manager/5.0.4\r\n")
            for block in self.blocks(link):
                fields = dict(line.split(": ", 1) for line in block.split("\r\n") if ": " in line)
                action, name = fields.get("Action", ""), fields.get("ActionID", "")
                answer = "Response: Success\r\nActionID: %s\r\n" % name
                if action in ("CoreShowChannels", "QueueStatus"):
                    event = action + "Complete"
                    answer += "EventList: start\r\n\r\nEvent: %s\r\nActionID: %s\r\nEventList: Complete\r\nListItems: 0\r\n" % (event, name)
                link.sendall((answer + "\r\n").encode())
                if action == "QueueStatus" and link not in self.links:
                    with self.lock:
                        self.links.append(link)
        except OSError:
            pass
        with self.lock:
            if link in self.links:
                self.links.remove(link)
        link.close()

    @staticmethod
    def blocks(link):
        waiting = b""
        while data := link.recv(65536):
            waiting += data
            while b"\r\n\r\n" in waiting:
                block, waiting = waiting.split(b"\r\n\r\n", 1)
                yield block.decode(errors="replace")

    def call(self):
        """One whole call; remembered when it went out over one link from its first event to its last."""
        with self.lock:
            self.count += 1
            number = self.count
            links = list(self.links)
        if not links:
            return
        key = "%d.%d" % (2_000_000_000 + number, 10)
        try:
            for packet in self.packets:
                text = packet.replace("1795236570.480", key).replace("1795236570.481", key + "1")
                text = text.replace("000001e0", "%08x" % (2 * number)).replace("000001e1", "%08x" % (2 * number + 1))
                links[0].sendall((text.replace("\n", "\r\n") + "\r\n\r\n").encode())
                time.sleep(0.002)
        except OSError:
            return
        with self.lock:
            if links[0] in self.links:
                self.told[key] = time.monotonic()

    def kill(self):
        """Every connection breaks in the middle, and nobody gets in."""
        self.dead = True
        with self.lock:
            links, self.links = self.links, []
        for link in links:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            link.close()

    def restart(self):
        self.dead = False


class Clock:
    """The service's own clock, which can be set: Debian's libfaketime reads the offset from a file at every look.

    Only the time of day jumps; what counts seconds goes on, as when somebody sets a real clock.
    """

    def __init__(self, file):
        self.file = file
        libraries = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        self.is_ours = bool(libraries)
        self.before, self.environment = [], {}
        if self.is_ours:
            self.set("+0")
            # libfaketime adds to the environment before the program begins, and Swift finds its arguments beside it: a
            # program that becomes the service has it done already.
            self.before = ["/usr/bin/env"]
            self.environment = {"LD_PRELOAD": str(libraries[0]), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                                # Files have the machine's own dates: it writes wrong ones.
                                "NO_FAKE_STAT": "1", "FAKE_UTIME": "1"}

    def set(self, offset):
        """Such as `+400d`, `-2h`, `+0`; in one step, for a half-written file would be a clock nobody set."""
        draft = self.file.with_name(self.file.name + ".new")
        draft.write_text(offset + "\n")
        draft.replace(self.file)

    def clear(self):
        """What libfaketime leaves in memory of services that were killed."""
        for part in pathlib.Path("/dev/shm").glob("*faketime_s*_*"):
            if not pathlib.Path("/proc", part.name.rsplit("_", 1)[1]).exists():
                part.unlink(missing_ok=True)


class Client(nodes.Writers):
    """Programs that open tickets and remember every acknowledgement, and the longest time that nobody got one."""

    def __init__(self, desks, customer, count):
        self.last, self.silence, self.tried, self.guard = time.monotonic(), 0.0, 0, threading.Lock()
        super().__init__(desks, customer, count)

    def open(self, key, number):
        with self.guard:
            self.tried += 1
        before = len(self.acknowledged)
        super().open(key, number)
        if len(self.acknowledged) > before:
            with self.guard:
                now = time.monotonic()
                self.silence, self.last = max(self.silence, now - self.last), now


def trickle(port, count, ending):
    """Slow and silent peers: heads and bodies that come a byte at a time, or not at all."""
    links = []
    for n in range(count):
        try:
            link = socket.create_connection(("127.0.0.1", port), timeout=2)
            link.sendall(b"POST /api/v1/tickets HTTP/1.1\r\nHost: x\r\n" + (b"Content-Length: 9999\r\n\r\n" if n % 2 else b""))
            links.append(link)
        except OSError:
            pass
    while not ending.wait(0.5) and links:
        for link in list(links):
            try:
                link.sendall(b"x")
            except OSError:
                links.remove(link)
    for link in links:
        link.close()
