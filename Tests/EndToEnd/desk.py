"""A CallDesk service under test with the real servers around it, each in a temporary folder on loopback."""
import contextlib, email, json, os, pathlib, random, re, shutil, signal, socket, subprocess, sys, tempfile, time, unittest, urllib.error, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = ROOT / "Tests" / "Support" / "lab"
BINARY = os.environ.get("CALLDESK_TEST_BINARY", str(ROOT / ".build" / "debug" / "calldesk"))
sys.path.insert(0, str(LAB))
import sipphone  # noqa: E402


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def free_block(size):
    """The first of `size` neighbouring ports nobody uses, below those the system gives to outgoing connections.

    Fixed ports let two runs on one machine take each other's messages.
    """
    for _ in range(200):
        base = random.randrange(20000, 32000 - size)
        if all(bindable(base + n, kind) for n in range(size) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            return base
    raise AssertionError("no %d neighbouring ports are free" % size)


def bindable(port, kind):
    with socket.socket(type=kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            tried.bind(("", port))
            return True
    return False


def wait_for(what, condition, seconds=20.0, detail=None):
    """Polls until condition() gives something true, and returns it; fails by name when the time is up.

    `detail()` is asked then for what was found instead.
    """
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            found = "\n%s" % (detail(),) if detail else ""
            raise AssertionError("not in %.0f s: %s%s" % (seconds, what, found))
        time.sleep(0.05)


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body

    def __getitem__(self, name):
        return self.body[name]


class Desk:
    """One `calldesk serve` with its folder, settings and an API token."""

    def __init__(self, folder, **settings):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.process = self.token = None
        base = {
            "desk": {"name": "Suporte de Teste", "url": "http://127.0.0.1:%d" % self.port, "data": str(self.folder / "data")},
            "http": {"host": "127.0.0.1", "port": self.port},
            "database": "sqlite:%s" % (self.folder / "desk.sqlite"),
        }
        base.update(settings)
        self.config = self.folder / "calldesk.yaml"
        self.config.write_text(json.dumps(base, ensure_ascii=False, indent=1))  # JSON is YAML

    def command(self, *arguments, check=True, stdin=None):
        done = subprocess.run(
            [BINARY, *arguments, "--config", str(self.config)], input=stdin, capture_output=True, text=True, timeout=60
        )
        if check and done.returncode != 0:
            raise AssertionError("%s: %d\n%s%s" % (arguments, done.returncode, done.stdout, done.stderr))
        return done

    def start(self):
        if self.token is None:
            # The last word printed is the token; it is shown once.
            self.token = self.command("token", "add", "teste", "--scope", "admin").stdout.split()[-1]
        self.log = open(self.folder / "service.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", str(self.config)], stdout=self.log, stderr=subprocess.STDOUT
        )
        wait_for("the service to be alive", lambda: self.alive())
        return self

    def alive(self):
        if self.process.poll() is not None:
            raise AssertionError("the service ended:\n" + self.tail())
        with contextlib.suppress(OSError):
            return urllib.request.urlopen("http://127.0.0.1:%d/health" % self.port, timeout=2).status == 200
        return False

    def tail(self):
        return "\n".join((self.folder / "service.log").read_text(errors="replace").splitlines()[-30:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def stop(self, seconds=30):
        """Ends the service as systemd would and returns its exit code."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError("the service did not stop in %d s" % seconds)
            self.log.close()
        return self.process.returncode if self.process else None

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(
            "http://127.0.0.1:%d%s" % (self.port, path),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.token, "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                data = reply.read()
                return Answer(reply.status, json.loads(data) if data[:1] in (b"{", b"[") else data)
        except urllib.error.HTTPError as problem:
            data = problem.read()
            return Answer(problem.code, json.loads(data) if data[:1] in (b"{", b"[") else data)

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)


class Asterisk:
    """A real PBX with two phones and a trunk."""

    def __init__(self, folder, suite):
        self.folder, self.suite, self.base = str(folder), suite, free_block(74)
        self.ami = self.base + 38

    @staticmethod
    def can_be_had(suite):
        trees = os.environ.get("ASTERISK_LAB_TREES", "/opt")
        return os.geteuid() == 0 and os.path.exists("%s/asterisk-%s/usr/sbin/asterisk" % (trees, suite))

    def start(self):
        subprocess.run([LAB / "asterisk-lab", "start", self.folder, self.suite, str(self.base)], check=True, capture_output=True)
        server = ("127.0.0.1", self.base + 60)
        self.heard = []
        self.phones = {
            "1001": sipphone.Phone("1001", ("127.0.0.1", self.base + 61), server, self.note),
            "1002": sipphone.Phone("1002", ("127.0.0.1", self.base + 62), server, self.note),
        }
        self.outside = sipphone.Phone("outside", ("127.0.0.2", self.base + 70), server, self.note)
        return self

    def note(self, who, what):
        self.heard.append((who, what))

    def ring(self, number, to, name='"Maria Silva"'):
        """Somebody outside calls `to`."""
        return self.outside.call(to, user=number, name=name)

    def stop_only(self):
        subprocess.run([LAB / "asterisk-lab", "stop", self.folder], check=True, capture_output=True)

    def restart(self):
        subprocess.run([LAB / "asterisk-lab", "start", self.folder, self.suite, str(self.base)], check=True, capture_output=True)

    def stop(self):
        for phone in [*self.phones.values(), self.outside]:
            phone.close()
        self.stop_only()


class MailSink:
    """Postfix's smtp-sink: keeps each mail as a file."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.process = None

    @staticmethod
    def program():
        return shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin")

    def start(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        os.chmod(self.folder, 0o777)
        self.process = subprocess.Popen(
            [self.program(), *user, "-d", "mail.%M%S.", "127.0.0.1:%d" % self.port, "100"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        wait_for("smtp-sink", lambda: reachable(self.port))
        return self

    def mails(self):
        found = []
        for path in sorted(self.folder.glob("mail.*")):
            with contextlib.suppress(OSError):
                found.append(path.read_bytes())
        return [mail for mail in found if self.is_whole(mail)]

    @staticmethod
    def is_whole(mail):
        """The sink writes as it receives; every mail of ours ends with its last boundary."""
        boundary = email.message_from_bytes(mail).get_boundary()
        return boundary is not None and ("--%s--" % boundary).encode() in mail

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None


class Kannel:
    """Kannel with its fake SMS centre."""

    def __init__(self, folder):
        self.folder, self.base = pathlib.Path(folder), free_block(4)
        self.url = "http://127.0.0.1:%d" % (self.base + 2)

    @staticmethod
    def can_be_had():
        return subprocess.run([LAB / "kannel-lab", "check"], capture_output=True).returncode == 0

    def start(self):
        subprocess.run([LAB / "kannel-lab", "start", str(self.folder), str(self.base)], check=True, capture_output=True)
        return self

    def delivered(self):
        path = self.folder / "delivered.log"
        return path.read_text(errors="replace").splitlines() if path.exists() else []

    def stop(self):
        subprocess.run([LAB / "kannel-lab", "stop", str(self.folder)], capture_output=True)


def reachable(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


def scratch(test):
    """A folder that goes with its test; kept for looking at when CALLDESK_TEST_KEEP is set."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="calldesk-"))
    os.chmod(folder, 0o755)
    if not os.environ.get("CALLDESK_TEST_KEEP"):
        test.addCleanup(shutil.rmtree, folder, True)
    return folder
