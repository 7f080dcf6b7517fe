"""Servers that take connections and say nothing, or a byte now and then: everybody else goes on, and the service ends in time."""
import http.client, http.server, os, pathlib, re, shutil, socket, subprocess, threading, time, unittest, urllib.request

import desk as lab
import nodes

CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(11) 98765-4321;C-1;Suporte;sim\n"
)


class Peer:
    """Takes connections, says `first`, and then `byte` once in a while for ever; nothing at all unless told what."""

    def __init__(self, first=b"", byte=b""):
        self.first, self.byte, self.count = first, byte, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with lab.contextlib.suppress(OSError):
            while True:
                link, _ = self.listener.accept()
                self.count += 1
                threading.Thread(target=self.serve, args=(link,), daemon=True).start()

    def serve(self, link):
        with lab.contextlib.suppress(OSError), link:
            link.sendall(self.first)
            while self.byte:
                link.sendall(self.byte)
                time.sleep(0.3)
            while link.recv(4096):
                pass

    def close(self):
        self.listener.close()


class Receiver(http.server.BaseHTTPRequestHandler):
    """A subscriber that is well."""

    got = []

    def do_POST(self):
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class SilentPeers(unittest.TestCase):
    """One desk among peers all of which hang, each in its own way."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(lab.tempfile.mkdtemp(prefix="calldesk-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.peers = {
            "mail": Peer(),
            "mailbox": Peer(b"* OK ", b"x"),
            "ldap": Peer(),
            "sms": Peer(b"HTTP/1.1 202 Accepted\r\nX: ", b"x"),
            "webhook": Peer(b"HTTP/1.1 200 OK\r\n", b"X"),
        }
        for peer in cls.peers.values():
            cls.addClassCleanup(peer.close)
        Receiver.got = []
        cls.well = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        cls.addClassCleanup(cls.well.server_close)
        threading.Thread(target=cls.well.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.well.shutdown)

        def at(name):
            return "127.0.0.1:%d" % cls.peers[name].port

        cls.desk = lab.Desk(
            cls.folder / "desk",
            pbx=[{"line": "nuvem", "kind": "hook-cti", "token": "x" * 20}],
            mail={"url": "smtp://" + at("mail"), "from": "atendimento@exemplo.com.br", "tls": "off"},
            mail_in={"url": "imap://" + at("mailbox"), "user": "x", "password": "x", "address": "desk@exemplo.com.br", "every": 10},
            sms={"gateway": "kannel", "url": "http://" + at("sms"), "user": "lab", "password": "lab"},
            ldap=[{"domain": "empresa.local", "url": "ldap://" + at("ldap"), "tls": "off", "base": "dc=empresa"}],
            hooks={"allow_private": ["127.0.0.0/8"]},
        )
        cls.desk.command("user", "add", "ana", "--name", "Ana", stdin="uma senha longa 1\n")
        (cls.folder / "clientes.csv").write_text(CUSTOMERS)
        cls.desk.command("customer", "import", str(cls.folder / "clientes.csv"))
        cls.resolver()
        cls.desk.start()
        cls.addClassCleanup(cls.desk.stop)

    @classmethod
    def resolver(cls):
        """A name server that hears and says nothing, for the service alone; only root can put one there."""
        cls.names = None
        if os.geteuid() != 0 or not shutil.which("unshare"):
            return
        cls.names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        cls.addClassCleanup(cls.names.close)
        for part in range(2, 250):
            with lab.contextlib.suppress(OSError):
                cls.names.bind(("127.0.%d.53" % part, 53))
                break
        else:
            cls.names = None
            return
        file = cls.folder / "resolv.conf"
        file.write_text("nameserver %s\n" % cls.names.getsockname()[0])
        mounted = 'mount --bind "%s" "$(realpath /etc/resolv.conf)" && exec "$@"' % file
        if subprocess.run(["unshare", "-m", "sh", "-c", mounted, "_", "true"], capture_output=True).returncode == 0:
            cls.desk.before = ["unshare", "-m", "sh", "-c", mounted, "_"]
        else:
            cls.names = None

    def hook(self, name, url):
        made = self.desk.post("/api/v1/webhooks", {"name": name, "url": url, "events": ["ticket"]})
        self.assertEqual(made.status, 201, made.body)

    def timed(self, work):
        began = time.monotonic()
        return work(), time.monotonic() - began

    def test_others_go_on_and_the_end_comes_in_time(self):
        self.hook("lento", "http://127.0.0.1:%d/" % self.peers["webhook"].port)
        self.hook("bom", "http://127.0.0.1:%d/" % self.well.server_address[1])
        if self.names:
            self.hook("mudo", "http://mudo.exemplo.com.br/")
        customer = self.desk.get("/api/v1/customers")["items"][0]["id"]
        ticket = {"topic": "erro-sistema", "customer_id": customer, "summary": "Erro 613", "module": "fiscal",
                  "description": "Ao emitir.", "what_changed": "nada", "answers": nodes.ANSWERS}

        def opens():
            answer, took = self.timed(lambda: self.desk.post("/api/v1/tickets", ticket))
            self.assertEqual(answer.status, 201, answer.body)
            self.assertLess(took, 5)

        opens()
        # Everybody who hangs is being spoken to.
        for name in ("mail", "mailbox", "sms", "webhook"):
            lab.wait_for("the desk to reach " + name, lambda name=name: self.peers[name].count, 30)
        if self.names:
            self.names.settimeout(20)
            self.assertIn(b"exemplo", self.names.recv(512))
        lab.wait_for("the subscriber that is well", lambda: len(Receiver.got) >= 1, 20)
        answers = []
        waits = [threading.Thread(target=lambda: answers.append(self.timed(
            lambda: lab.Browser(self.desk).form("/entrar", login="maria", password="uma senha longa 1", domain="empresa.local")
        ))) for _ in range(6)]
        for wait in waits:
            wait.start()
        lab.wait_for("the directory to be asked", lambda: self.peers["ldap"].count, 20)
        # While some wait for the directory, others sign in by password and open tickets.
        status, took = self.timed(lambda: lab.Browser(self.desk).form("/desk/sign-in", login="ana", password="uma senha longa 1"))
        self.assertEqual(status, 303)
        self.assertLess(took, 10)
        opens()
        for wait in waits:
            wait.join(40)
        self.assertEqual([status for status, _ in answers], [503] * 6)
        # Its own time is three seconds and three times five.
        self.assertLess(max(took for _, took in answers), 25)
        opens()
        lab.wait_for("what was opened since to be told", lambda: len(Receiver.got) >= 3, 20)
        began = time.monotonic()
        self.assertEqual(self.desk.stop(20), 0)
        self.assertLess(time.monotonic() - began, 12)


class SlowReader(unittest.TestCase):
    def test_a_stream_that_is_hardly_read_is_cut_and_costs_the_others_nothing(self):
        token = "y" * 20
        desk = lab.Desk(lab.scratch(self), pbx=[{"line": "nuvem", "kind": "hook-cti", "token": token}]).start()
        self.addCleanup(desk.stop)
        slow = socket.socket()
        self.addCleanup(slow.close)
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", desk.port))
        slow.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer %s\r\n\r\n" % desk.token.encode())
        self.assertIn(b" 200 ", slow.recv(512))
        good = nodes.Stream(desk)
        self.addCleanup(good.close)
        before = self.memory(desk)
        link = http.client.HTTPConnection("127.0.0.1", desk.port)
        self.addCleanup(link.close)

        def streams():
            text = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % desk.port).read().decode()
            return float(re.search(r"^calldesk_live_streams(?:\{\})? (\S+)", text, re.M).group(1))

        self.assertEqual(streams(), 2)
        count, cut = 0, False
        end = time.monotonic() + 60
        while not cut and time.monotonic() < end:
            for _ in range(100):
                count += 1
                call = "event=newCall&from=55119%08d&to=551130001000&direction=in&callId=c%d&user=1001" % (count, count)
                for body in (call, call.replace("newCall", "hangup") + "&cause=cancel"):
                    link.request("POST", "/hooks/cti/nuvem/" + token, body, {"Content-Type": "application/x-www-form-urlencoded"})
                    self.assertEqual(link.getresponse().read() and 200, 200)
            slow.recv(1)
            cut = streams() == 1
        self.assertTrue(cut, "%d calls later" % count)
        # What waits for a reader is bounded by some hundred kilobytes; the rest is the calls themselves.
        self.assertLess(self.memory(desk) - before, 64 * 1024)
        # The other saw everything, to the last call.
        last = "+55119%08d" % count
        lab.wait_for("the last call", lambda: any(last in str(data) for _, data in good.events[-50:]), 20)

    @staticmethod
    def memory(desk):
        """KiB that the service holds."""
        status = pathlib.Path("/proc/%d/status" % desk.process.pid).read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


if __name__ == "__main__":
    unittest.main()
