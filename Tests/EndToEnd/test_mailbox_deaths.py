"""The service is killed with a mail in hand, by a real Dovecot's own words, and each mail stands in the desk once.

What stands between the two kills at a word of their dialogue: when a mail is asked for and not yet given, when it has just
been given, and when the service asks for what comes after it.
"""
import re, socket, sqlite3, subprocess, threading, unittest

import desk as lab
import ports

CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;telefone 2;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(31) 98765-4321;;C-1;Suporte;sim\n"
)
MAILS = 9
MAIL = """From: %s\r
To: desk@exemplo.com.br\r
Subject: Pedido %d\r
Date: Thu, 26 Nov 2026 12:00:%02d -0300\r
Message-ID: <pedido-%d@exemplo.com.br>\r
Content-Type: text/plain; charset=utf-8\r
\r
O sistema parou na tela %d.\r
"""
# Each mail's death: asked for, given, done with.
POINTS = {1: "asked", 2: "given", 3: "done", 4: "given", 5: "asked", 6: "done", 7: "given", 8: "given", 9: "done"}


class Dovecot:
    def __init__(self, folder):
        self.folder = folder / "dovecot"
        for _ in range(5):
            self.port = ports.reserve(1)
            self.process = subprocess.Popen(
                [lab.LAB / "dovecot-lab", "start", str(self.folder), str(self.port)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            if ports.wait(self.process.pid, self.port):
                return
            self.stop()
        raise AssertionError("Dovecot does not start: " + (self.folder / "log").read_text(errors="replace")[-2000:])

    def put(self, number, sender):
        name = "%d.%d.desk" % (1_790_000_000 + number, number)
        path = self.folder / "mail" / "tmp" / name
        path.write_bytes((MAIL % (sender, number, number, number, number)).encode())
        path.chmod(0o666)
        path.rename(self.folder / "mail" / "new" / name)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Between:
    """Passes words on between the service and the mailbox, and kills the service at those that are named."""

    ASKED = re.compile(rb"^(\S+) UID FETCH (\d+) BODY\[")

    def __init__(self, port, desk, points):
        self.port, self.desk, self.points = port, desk, dict(points)
        self.deaths, self.lock, self.died = [], threading.Lock(), threading.Event()
        # The mail that was given whole, while nothing was asked after it.
        self.given = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with lab.contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self.port)) as server:
            # A new connection is a word too: the service asks about the folder again.
            if self.is_done():
                return
            waited = {}
            threading.Thread(target=self.answers, args=(server, client, waited), daemon=True).start()
            pending = b""
            while data := client.recv(65536):
                pending += data
                while b"\r\n" in pending:
                    line, pending = pending.split(b"\r\n", 1)
                    if self.is_done():
                        return
                    asked = self.ASKED.match(line)
                    if asked:
                        number = int(asked[2])
                        if self.points.get(number) == "asked":
                            return self.kill(number)
                        waited[asked[1]] = number
                    server.sendall(line + b"\r\n")

    def answers(self, server, client, waited):
        with lab.contextlib.suppress(OSError):
            tail = b""
            while data := server.recv(65536):
                client.sendall(data)
                tail = (tail + data)[-65536:]
                for tag, number in list(waited.items()):
                    if b"\r\n" + tag + b" OK" in tail:
                        del waited[tag]
                        self.given = number
                        if self.points.get(number) == "given":
                            self.kill(number)
            client.shutdown(socket.SHUT_RDWR)

    def is_done(self):
        number = self.given
        if number is None or self.points.get(number) != "done":
            return False
        self.kill(number)
        return True

    def kill(self, number):
        with self.lock:
            point = self.points.pop(number, None)
            if point is None:
                return
            self.desk.kill()
            self.given = None
            self.deaths.append((number, point, number in self.desk.read_mails()))
            self.died.set()

    def close(self):
        self.listener.close()


class MailDesk(lab.Desk):
    def rows(self, query):
        with lab.contextlib.closing(
            sqlite3.connect("file:%s?mode=ro" % (self.folder / "desk.sqlite"), uri=True)
        ) as rows:
            return rows.execute(query).fetchall()

    def read_mails(self):
        return [uid for uid, in self.rows("SELECT uid FROM mail_in ORDER BY uid")]


@unittest.skipUnless(
    subprocess.run([lab.LAB / "dovecot-lab", "check"]).returncode == 0, "not on this machine: Dovecot (dovecot-imapd)"
)
@unittest.skipUnless(lab.MailSink.program(), "not on this machine: smtp-sink (postfix)")
class MailboxDeaths(unittest.TestCase):
    def test_a_kill_with_a_mail_in_hand_loses_none_and_doubles_none(self):
        folder = lab.scratch(self)
        dovecot = Dovecot(folder)
        self.addCleanup(dovecot.stop)
        desk = MailDesk(folder / "desk")
        between = Between(dovecot.port, desk, POINTS)
        self.addCleanup(between.close)
        sink = lab.MailSink(folder / "mail").start()
        self.addCleanup(sink.stop)
        settings = lab.json.loads(desk.config.read_text())
        settings["mail"] = {"url": "smtp://127.0.0.1:%d" % sink.port, "from": "desk@exemplo.com.br", "tls": "off"}
        settings["mail_in"] = {
            "url": "imap://127.0.0.1:%d" % between.listener.getsockname()[1], "user": "desk", "password": "segredo",
            "address": "desk@exemplo.com.br", "every": 10, "topic": "erro-sistema",
        }
        desk.config.write_text(lab.json.dumps(settings))
        (folder / "clientes.csv").write_text(CUSTOMERS)
        desk.start()
        self.addCleanup(lambda: desk.stop())
        desk.command("customer", "import", str(folder / "clientes.csv"))
        lab.wait_for("the folder to be known", lambda: desk.rows("SELECT name FROM mailbox"), 30, detail=desk.tail)
        # Every third is a stranger's, who is refused.
        senders = {
            number: "Zé <ze%d@outra.example>" % number if number % 3 == 0 else "Maria <maria.silva@exemplo.com.br>"
            for number in range(1, MAILS + 1)
        }
        for number, sender in senders.items():
            dovecot.put(number, sender)

        while between.points:
            self.assertTrue(between.died.wait(60), (between.points, desk.tail()))
            self.revive(desk, between)
        lab.wait_for("every mail to be read", lambda: len(desk.read_mails()) == MAILS, 60, detail=desk.tail)
        lab.wait_for("nothing to be read again", lambda: self.has_looked_again(desk), 60, detail=desk.tail)

        self.assertEqual(desk.read_mails(), list(range(1, MAILS + 1)))
        self.assertEqual({point for _, point, _ in between.deaths}, {"asked", "given", "done"})
        for number, point, was_there in between.deaths:
            # The three points lie before, at and after the one moment at which a mail becomes the desk's.
            if point != "given":
                self.assertEqual(was_there, point == "done", between.deaths)
        known = sorted(number for number, sender in senders.items() if "maria" in sender)
        tickets = desk.get("/api/v1/tickets?limit=100")["items"]
        summaries = sorted(int(re.search(r"Pedido (\d+)", ticket["summary"])[1]) for ticket in tickets)
        self.assertEqual(summaries, known)
        told = desk.rows("SELECT ticket_id, COUNT(*) FROM notice WHERE ticket_id IS NOT NULL GROUP BY ticket_id, channel, event")
        self.assertTrue(all(count == 1 for _, count in told), told)
        outcomes = desk.rows("SELECT uid, outcome FROM mail_in ORDER BY uid")
        self.assertEqual([uid for uid, outcome in outcomes if outcome == "refused"], [3, 6, 9])
        # Who was refused is answered, each by one notice.
        answered = desk.rows("SELECT recipient FROM notice WHERE ticket_id IS NULL ORDER BY recipient")
        self.assertEqual([address for address, in answered], ["ze%d@outra.example" % number for number in (3, 6, 9)])

    def revive(self, desk, between):
        """Starts the service again, which may die once more before it is alive."""
        while True:
            between.died.clear()
            try:
                desk.start()
                return
            except AssertionError:
                # It is dead before what it left behind has been looked at.
                if not between.died.wait(10):
                    raise

    def has_looked_again(self, desk):
        """The last mail's number is where the next look begins."""
        return desk.rows("SELECT last_uid FROM mailbox")[0][0] >= MAILS


if __name__ == "__main__":
    unittest.main()
