"""A CallDesk service under test with the real servers around it, each in a temporary folder on loopback."""
import contextlib, email, html, http.cookiejar, json, os, pathlib, re, shutil, signal, socket, subprocess, sys, tempfile, time, unittest, urllib.error, urllib.parse, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAB = ROOT / "Tests" / "Support" / "lab"
BINARY = os.environ.get("CALLDESK_TEST_BINARY", str(ROOT / ".build" / "debug" / "calldesk"))
sys.path.insert(0, str(LAB))
import described, ports, sipphone  # noqa: E402


def in_lab(program, *arguments, **more):
    """Runs a program of the lab and returns what it prints; its own words are in the failure."""
    # Files and not pipes: a server that it leaves running would keep a pipe open.
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        status = subprocess.run([LAB / program, *arguments], stdin=subprocess.DEVNULL, stdout=told, stderr=said, **more).returncode
        told.seek(0), said.seek(0)
        if status != 0:
            raise AssertionError("%s %s: %d\n%s" % (program, " ".join(arguments), status, said.read().decode(errors="replace")))
        return told.read().decode(errors="replace")


def wait_for(what, condition, seconds=60.0, detail=None):
    """Polls until condition() gives something true, and returns it; fails by name when the time is up.

    A minute means a hang: the machine may be busy with something else. `detail()` is asked then for what was found instead.
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
        self.port = ports.reserve(1)
        self.process = self.token = self.description = None
        # Of the service alone: what stands before its command, and its environment beside this process's own.
        self.before, self.environment = [], {}
        base = {
            "desk": {"name": "Suporte de Teste", "url": "http://127.0.0.1:%d" % self.port, "data": str(self.folder / "data")},
            # The labs measure what the desk can do, not what a program may ask of it.
            "http": {"host": "127.0.0.1", "port": self.port, "token_rate": 0, "session_rate": 0},
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
        self.log = open(self.folder / "service.log", "ab")
        self.process = subprocess.Popen(
            [*self.before, BINARY, "serve", "--config", str(self.config)], stdout=self.log, stderr=subprocess.STDOUT,
            env={**os.environ, **self.environment}
        )
        wait_for("the service to be alive", lambda: self.alive())
        if self.token is None:
            # The last word printed is the token; it is shown once.
            self.token = self.command("token", "add", "teste", "--scope", "admin").stdout.split()[-1]
        if self.description is None:
            self.description = described.Description(self._ask("GET", "/api/v1/openapi.json")[2])
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
        """Asks the API and returns its answer, which must be one that the service describes."""
        status, kind, data = self._ask(method, path, body, **headers)
        if self.description is not None and path.startswith("/api/v1/"):
            self.description.check(method, path, status, kind, data)
        return Answer(status, data)

    def _ask(self, method, path, body=None, **headers):
        request = urllib.request.Request(
            "http://127.0.0.1:%d%s" % (self.port, path),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.token, "Content-Type": "application/json", **headers},
        )
        try:
            reply = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as problem:
            reply = problem
        with reply:
            data, kind = reply.read(), reply.headers.get_content_type()
        return reply.status, kind, json.loads(data) if kind.endswith("json") else data

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)


class Browser:
    """Pages without scripts: fills forms in as they stand, and asks the API as a page of the desk does."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    def __init__(self, desk):
        self.base = "http://127.0.0.1:%d" % desk.port
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), self.Stay)

    def open(self, path, data=None, **headers):
        """Status and text of an answer, a redirect's own too."""
        request = urllib.request.Request(self.base + path, data, {"Origin": self.base, **headers})
        try:
            answer = self.opener.open(request, timeout=40)
        except urllib.error.HTTPError as problem:
            answer = problem
        with answer:
            return answer.status, answer.read().decode()

    def form(self, path, **fields):
        """Sends a page's form with what is hidden in it, and returns the status of the answer."""
        hidden = {}
        for tag in re.findall(r"<input[^>]*type=\"?hidden[^>]*>", self.open(path)[1]):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                hidden[name.group(1)] = html.unescape(value.group(1)) if value else ""
        return self.open(path, urllib.parse.urlencode({**hidden, **fields}).encode())[0]

    def post(self, path, body):
        csrf = re.search(r'<meta name="csrf" content="([^"]*)"', self.open("/desk")[1]).group(1)
        status, text = self.open(path, json.dumps(body).encode(), **{"Content-Type": "application/json", "X-CSRF-Token": csrf})
        return Answer(status, json.loads(text))


class Asterisk:
    """A real PBX with two phones and a trunk."""

    def __init__(self, folder, suite):
        self.folder, self.suite = str(folder), suite

    @property
    def base(self):
        """Its first port, chosen when it is first asked for."""
        return int(in_lab("asterisk-lab", "ports", self.folder))

    @property
    def ami(self):
        return self.base + 38

    @staticmethod
    def can_be_had(suite):
        trees = os.environ.get("ASTERISK_LAB_TREES", "/opt")
        return os.geteuid() == 0 and os.path.exists("%s/asterisk-%s/usr/sbin/asterisk" % (trees, suite))

    def start(self):
        self.restart()
        base = self.base
        server = ("127.0.0.1", base + 60)
        self.heard = []
        self.phones = {
            "1001": sipphone.Phone("1001", ("127.0.0.1", base + 61), server, self.note),
            "1002": sipphone.Phone("1002", ("127.0.0.1", base + 62), server, self.note),
        }
        self.outside = sipphone.Phone("outside", ("127.0.0.2", base + 70), server, self.note)
        return self

    def note(self, who, what):
        self.heard.append((who, what))

    def ring(self, number, to, name='"Maria Silva"'):
        """Somebody outside calls `to`."""
        return self.outside.call(to, user=number, name=name)

    def stop_only(self):
        in_lab("asterisk-lab", "stop", self.folder)

    def restart(self):
        in_lab("asterisk-lab", "start", self.folder, self.suite)

    def stop(self):
        for phone in [*self.phones.values(), self.outside]:
            phone.close()
        self.stop_only()


class MailSink:
    """Postfix's smtp-sink: keeps each mail as a file, unless it is only to be fast."""

    def __init__(self, folder, keeps=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.keeps = ["-d", "mail.%M%S."] if keeps else []
        self.told = self.process = None

    @staticmethod
    def program():
        return shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin")

    @property
    def port(self):
        """Where it listens, chosen when it is first asked for and then kept."""
        if self.told is None:
            self.told = ports.reserve(1)
        return self.told

    def start(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        os.chmod(self.folder, 0o777)
        may_change = self.told is None
        for _ in range(5):
            with tempfile.TemporaryFile() as said:
                self.process = subprocess.Popen(
                    [self.program(), *user, *self.keeps, "127.0.0.1:%d" % self.port, "1000"],
                    cwd=self.folder, stdout=subprocess.DEVNULL, stderr=said,
                )
                if ports.wait(self.process.pid, self.port):
                    return self
                self.process.kill()
                self.process.wait()
                said.seek(0)
                words = said.read().decode(errors="replace")
            if "in use" not in words or not may_change:
                break
            self.told = None
        raise AssertionError("smtp-sink ended: " + words)

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
        self.folder = pathlib.Path(folder)

    @property
    def url(self):
        return "http://127.0.0.1:%d" % int(in_lab("kannel-lab", "port", str(self.folder)))

    @staticmethod
    def can_be_had():
        return subprocess.run([LAB / "kannel-lab", "check"], capture_output=True).returncode == 0

    def start(self, *flags):
        in_lab("kannel-lab", "start", str(self.folder), *flags)
        return self

    def delivered(self):
        path = self.folder / "delivered.log"
        return path.read_text(errors="replace").splitlines() if path.exists() else []

    def stop(self):
        in_lab("kannel-lab", "stop", str(self.folder))


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
