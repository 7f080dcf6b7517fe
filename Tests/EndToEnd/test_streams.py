"""Streams and waits from outside: rights that end while a stream is open, on two nodes, and clients that keep one waiting."""
import hashlib, json, os, pathlib, re, secrets, socket, subprocess, threading, time, unittest, urllib.error, urllib.request

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

    RATE = 20

    def test_a_tokens_limit_holds_over_both_nodes_and_each_tells_it(self):
        for desk in (self.a, self.b):
            desk.stop()
            settings = json.loads(desk.config.read_text())
            settings["http"]["token_rate"] = self.RATE
            desk.config.write_text(json.dumps(settings))
            desk.start()
        began, taken, refused = time.monotonic(), 0, []
        for turn in range(3 * self.RATE):
            desk = (self.a, self.b)[turn % 2]
            status, headers = self.ask(desk)
            taken += status == 200
            if status == 429:
                refused.append(headers)
        # One comes back every three seconds.
        self.assertLessEqual(taken, self.RATE + (time.monotonic() - began) / 3 + 1)
        self.assertGreaterEqual(taken, self.RATE)
        self.assertTrue(all(one["X-RateLimit-Limit"] == str(self.RATE) and int(one["Retry-After"]) > 0 for one in refused))

    def ask(self, desk):
        request = urllib.request.Request(
            "http://127.0.0.1:%d/api/v1/topics" % desk.port, headers={"Authorization": "Bearer " + self.a.token}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, reply.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers

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
        # She is the only one there.
        self.b.command("user", "disable", "ana", "--at-once")
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
    """The clients that docs/clients.md gives to programs, each as it stands there."""

    RATE = 20

    def setUp(self):
        self.desk = lab.Desk(lab.scratch(self))
        settings = json.loads(self.desk.config.read_text())
        settings["http"]["token_rate"] = self.RATE
        self.desk.config.write_text(json.dumps(settings))
        self.desk.start()
        self.addCleanup(self.desk.stop)
        self.page = (pathlib.Path(__file__).parents[2] / "docs" / "clients.md").read_text()
        self.module = {}
        exec(self.program("python"), self.module)

    def program(self, language):
        return re.search(r"```%s\n(.*?)```" % language, self.page, re.S).group(1)

    def run_program(self, command, text, **more):
        """What a program of the page prints, told where the desk is."""
        url = "http://127.0.0.1:%d" % self.desk.port
        environment = dict(os.environ, URL=url, TOKEN=self.desk.token, no_proxy="127.0.0.1")
        folder = lab.scratch(self)
        (folder / "ticket.json").write_text(json.dumps(self.TICKET))
        return subprocess.run(
            command, input=text, capture_output=True, text=True, cwd=folder, env=environment, timeout=120, **more
        )

    TICKET = {"topic": "erro-sistema", "customer_id": 1, "summary": "Erro 613", "module": "fiscal", "description": "Ao emitir.",
              "answers": {"mensagem": "Erro 613", "versao": "4.2", "quando": "2026-11-20", "frequencia": "sempre", "parado": True,
                          "usuarios": 3, "computador": "um"}}

    def test_curl_goes_through_the_pages_and_makes_a_ticket_once(self):
        client = self.module["Desk"]("http://127.0.0.1:%d" % self.desk.port, self.desk.token)
        names = ["Ana", "Bia", "Caio"]
        for name in names:
            client.call("POST", "/customers", {"name": name})
        # Two a page: three customers need two pages.
        text = self.program("sh").replace("limit=200", "limit=2")
        self.assertIn("limit=2", text)
        numbers = []
        for _ in range(2):
            ran = self.run_program(["bash", "-euo", "pipefail"], text)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            items, rest = [], ran.stdout
            decoder = json.JSONDecoder()
            while rest.strip():
                item, end = decoder.raw_decode(rest.lstrip())
                items.append(item)
                rest = rest.lstrip()[end:]
            self.assertEqual(sorted(item["name"] for item in items[:-1]), names)
            numbers.append(items[-1]["number"])
        self.assertEqual(*numbers)
        # What is refused ends it with a status and the problem's words.
        refused = self.run_program(["bash", "-euo", "pipefail"], text.replace("/customers?", "/kunden?"))
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("404", refused.stderr)

    def test_php_goes_through_the_pages_makes_once_tells_faults_and_waits_as_told(self):
        client = self.module["Desk"]("http://127.0.0.1:%d" % self.desk.port, self.desk.token)
        names = ["Ana", "Bia", "Caio"]
        for name in names:
            client.call("POST", "/customers", {"name": name})
        use = """
        $desk = new Desk(getenv('URL'), getenv('TOKEN'), 2);
        $told = ['names' => [], 'numbers' => []];
        foreach ($desk->items('/customers', ['limit' => 2]) as $customer) $told['names'][] = $customer['name'];
        $ticket = json_decode(file_get_contents('ticket.json'), true);
        foreach ([1, 2] as $_) $told['numbers'][] = $desk->call('POST', '/tickets', $ticket, 'pedido-4711')['number'];
        try { $desk->call('POST', '/customers', ['nome' => 'Duda']); }
        catch (RuntimeException $problem) { $told['refused'] = [$problem->getCode(), $problem->getMessage()]; }
        $once = new Desk(getenv('URL'), getenv('TOKEN'), 1);
        try { for ($i = 0; $i < 200; $i++) $once->call('GET', '/topics'); }
        catch (RuntimeException $problem) { $told['limit'] = [$problem->getCode(), $problem->getMessage()]; }
        $began = microtime(true);
        $told['after'] = count($desk->call('GET', '/topics'));
        $told['waited'] = microtime(true) - $began;
        echo json_encode($told);
        """
        ran = self.run_program(["php", "-d", "display_errors=stderr", "-d", "error_reporting=-1"], self.program("php") + use)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran.stdout)
        told = json.loads(ran.stdout)
        self.assertEqual(sorted(told["names"]), names)
        self.assertEqual(*told["numbers"])
        self.assertEqual(told["refused"][0], 422)
        self.assertEqual(told["limit"][0], 429)
        self.assertIn("/problems/too-many-requests", told["limit"][1])
        # Told to wait, it waited so long and was served.
        self.assertGreater(told["after"], 0)
        self.assertGreaterEqual(told["waited"], 1)

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
        self.assertEqual(*(client.call("POST", "/tickets", self.TICKET, key="pedido-4711")["number"] for _ in range(2)))
        # As many as it may at once; then it is told how long to wait, waits so long, and says so when that was not enough.
        with self.assertRaises(self.module["Problem"]) as refused:
            for _ in range(10 * self.RATE):
                client.call("GET", "/topics")
        self.assertEqual(refused.exception.status, 429)
        self.assertEqual(refused.exception.type, "/problems/too-many-requests")
        self.assertTrue(1 <= waits[-1] <= 60 / self.RATE, waits)


if __name__ == "__main__":
    unittest.main()
