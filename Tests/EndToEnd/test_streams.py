"""Streams and waits from outside: rights that end while a stream is open, on two nodes, and clients that keep one waiting."""
import hashlib, json, pathlib, re, secrets, socket, threading, time, unittest

import desk as lab
import nodes


class Reader:
    """One open stream, read to its end."""

    def __init__(self, desk, path, header):
        self.text, self.isOver = b"", False
        self.socket = socket.create_connection(("127.0.0.1", desk.port))
        self.socket.sendall(("GET %s HTTP/1.1\r\nHost: desk\r\n%s\r\n\r\n" % (path, header)).encode())
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        lab.wait_for("the stream to begin", lambda: b": calldesk" in self.text, 10, lambda: self.text)

    def read(self):
        with lab.contextlib.suppress(OSError):
            while data := self.socket.recv(65536):
                self.text += data
        self.isOver = True

    def close(self):
        self.socket.close()


class TwoNodes(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch(self)
        self.server = nodes.PostgreSQL("start")
        self.addCleanup(self.server.stop)
        self.a, self.b = self.node("a"), self.node("b")
        for desk in (self.a, self.b):
            desk.start()
            self.addCleanup(desk.stop)
            self.b.token = self.a.token

    def node(self, name):
        return lab.Desk(
            self.folder / name, node=name, database=self.server.url,
            desk={"name": "Suporte", "url": "http://127.0.0.1:9", "data": str(self.folder / "data")},
        )

    def program(self, desk, token):
        reader = Reader(desk, "/api/v1/events", "Authorization: Bearer " + token)
        self.addCleanup(reader.close)
        return reader

    def test_a_revoked_tokens_streams_end_on_both_nodes_and_no_other_does(self):
        made = self.a.command("token", "add", "painel", "--scope", "events:read").stdout.split()[-1]
        streams = [self.program(desk, made) for desk in (self.a, self.b)]
        others = [self.program(desk, self.a.token) for desk in (self.a, self.b)]
        number = re.search(r"^(\d+)\t.*\tpainel$", self.a.command("token", "list").stdout, re.M).group(1)
        self.a.command("token", "revoke", number)
        lab.wait_for("the streams to end", lambda: all(stream.isOver for stream in streams), 10)
        self.assertTrue(all(stream.text.endswith(b"0\r\n\r\n") for stream in streams))
        self.assertFalse(any(stream.isOver for stream in others))

    def test_a_disabled_accounts_streams_end_on_both_nodes(self):
        self.a.command("user", "add", "ana", "--name", "Ana", stdin="uma senha longa 1\n")
        token, now = secrets.token_hex(32), int(time.time() * 1000)
        self.server.sql(
            "INSERT INTO session (token_hash, account_id, csrf, created_at, seen_at, expires_at) "
            "SELECT '%s', id, 'x', %d, %d, %d FROM account WHERE login = 'ana'"
            % (hashlib.sha256(token.encode()).hexdigest(), now, now, now + 3600_000)
        )
        streams = [Reader(desk, "/desk/events", "Cookie: calldesk_session=" + token) for desk in (self.a, self.b)]
        for stream in streams:
            self.addCleanup(stream.close)
        self.b.command("user", "disable", "ana")
        lab.wait_for("the streams to end", lambda: all(stream.isOver for stream in streams), 10)


class Waits(unittest.TestCase):
    def setUp(self):
        self.desk = lab.Desk(lab.scratch(self)).start()
        self.addCleanup(self.desk.stop)

    def connect(self, text):
        client = socket.create_connection(("127.0.0.1", self.desk.port))
        self.addCleanup(client.close)
        client.sendall(text)
        return client

    def test_half_sent_requests_and_open_streams_do_not_hold_up_the_end(self):
        for text in (b"GET / HT", b"PUT /api/v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
                     b"POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n"
                     b"Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{" % self.desk.token.encode()):
            self.connect(text)
        stream = Reader(self.desk, "/api/v1/events", "Authorization: Bearer " + self.desk.token)
        self.addCleanup(stream.close)
        began = time.monotonic()
        self.assertEqual(self.desk.stop(15), 0)
        self.assertLess(time.monotonic() - began, 8)
        lab.wait_for("the stream to end", lambda: stream.isOver, 5)
        self.assertTrue(stream.text.endswith(b"0\r\n\r\n"))

    def test_one_address_cannot_take_all_connections(self):
        held = [self.connect(b"GET / HT") for _ in range(1_100)]
        refused = sum(1 for client in held[1_024:] if b" 429 " in self.first(client))
        self.assertGreater(refused, 0)
        # Another address of the same machine gets its answer meanwhile.
        other = socket.create_connection(("127.0.0.1", self.desk.port), source_address=("127.0.0.2", 0))
        self.addCleanup(other.close)
        other.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        self.assertIn(b" 200 ", self.first(other))

    def first(self, client):
        client.settimeout(10)
        try:
            return client.recv(4096)
        except (ConnectionError, TimeoutError):
            return b""


class Clients(unittest.TestCase):
    """The client that docs/clients.md gives to programs in Python, as it stands there."""

    RATE = 20

    def setUp(self):
        self.desk = lab.Desk(lab.scratch(self))
        settings = json.loads(self.desk.config.read_text())
        settings["http"]["token_rate"] = self.RATE
        self.desk.config.write_text(json.dumps(settings))
        self.desk.start()
        self.addCleanup(self.desk.stop)
        page = (pathlib.Path(__file__).parents[2] / "docs" / "clients.md").read_text()
        self.module = {}
        exec(re.search(r"```python\n(.*?)```", page, re.S).group(1), self.module)

    def test_the_client_of_the_documentation_pages_makes_once_tells_faults_and_waits_as_told(self):
        waits = []
        client = self.module["Desk"]("http://127.0.0.1:%d" % self.desk.port, self.desk.token, tries=2, sleep=waits.append)
        names = ["Ana", "Bia", "Caio"]
        for name in names:
            client.call("POST", "/customers", {"name": name})
        self.assertEqual(sorted(item["name"] for item in client.items("/customers", limit=2)), names)
        with self.assertRaises(self.module["Problem"]) as refused:
            client.call("POST", "/customers", {"nome": "Duda"})
        self.assertEqual(refused.exception.status, 422)
        self.assertTrue(refused.exception.errors)
        body = {"topic": "erro-sistema", "customer_id": 1, "summary": "Erro 613", "module": "fiscal", "description": "Ao emitir.",
                "answers": {"mensagem": "Erro 613", "versao": "4.2", "quando": "2026-11-20", "frequencia": "sempre", "parado": True,
                            "usuarios": 3, "computador": "um"}}
        self.assertEqual(*(client.call("POST", "/tickets", body, key="pedido-4711")["number"] for _ in range(2)))
        # As many as it may at once; then it is told how long to wait, waits so long, and says so when that was not enough.
        with self.assertRaises(self.module["Problem"]) as refused:
            for _ in range(10 * self.RATE):
                client.call("GET", "/topics")
        self.assertEqual(refused.exception.status, 429)
        self.assertEqual(refused.exception.type, "/problems/too-many-requests")
        self.assertTrue(1 <= waits[-1] <= 60 / self.RATE, waits)


if __name__ == "__main__":
    unittest.main()
