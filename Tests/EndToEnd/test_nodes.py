"""Two nodes on one PostgreSQL with a real Asterisk: a node dies, the database goes away, a replica takes over."""
import collections, threading, time, unittest

import desk as lab
import interview
import nodes

CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;telefone 2;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(11) 98765-4321;;C-1;Suporte;sim\n"
)


class Nodes(unittest.TestCase):
    suite = "forky"

    @classmethod
    def setUpClass(cls):
        for name, there in {
            "Asterisk of %s (Tests/Support/lab/asterisk-lab install)" % cls.suite: lab.Asterisk.can_be_had(cls.suite),
            "smtp-sink (Debian: postfix)": lab.MailSink.program(),
            "Kannel (Debian: kannel, kannel-extras)": lab.Kannel.can_be_had(),
        }.items():
            if not there:
                raise unittest.SkipTest("not on this machine: " + name)

    def setUp(self):
        self.folder = lab.scratch(self)
        self.server = nodes.PostgreSQL("start")
        self.addCleanup(self.server.stop)
        self.url = self.server.url
        self.prepare()
        self.asterisk = lab.Asterisk(self.folder / "asterisk", self.suite).start()
        self.addCleanup(self.asterisk.stop)
        self.mail = lab.MailSink(self.folder / "mail").start()
        self.addCleanup(self.mail.stop)
        self.kannel = lab.Kannel(self.folder / "kannel").start()
        self.addCleanup(self.kannel.stop)
        self.a, self.b = self.node("a"), self.node("b")
        (self.folder / "clientes.csv").write_text(CUSTOMERS)
        self.a.command("customer", "import", str(self.folder / "clientes.csv"))
        for login, phone in (("ana", "PJSIP/1001"), ("bruno", "PJSIP/1002")):
            self.a.command(
                "user", "add", login, "--name", login.title(), "--extension", phone, stdin="uma senha longa 1\n"
            )
        self.a.start()
        self.addCleanup(self.a.stop)
        lab.wait_for("the line at the first node", lambda: self.line(self.a) == "connected")
        self.b.token = self.a.token
        self.b.start()
        self.addCleanup(self.b.stop)
        lab.wait_for("the second node to leave the line alone", lambda: self.line(self.b) == "worked by another node")
        self.customer = self.a.get("/api/v1/customers?q=Maria")["items"][0]["id"]

    def prepare(self):
        pass

    def node(self, name):
        return lab.Desk(
            self.folder / name,
            node=name,
            database=self.url,
            # One folder for both, as attachments and the key must be.
            desk={"name": "Suporte", "url": "http://127.0.0.1:9", "data": str(self.folder / "data")},
            pbx=[{"line": "matriz", "port": self.asterisk.ami, "user": "calldesk", "secret": "segredo"}],
            mail={"url": "smtp://127.0.0.1:%d" % self.mail.port, "from": "atendimento@exemplo.com.br", "tls": "off"},
            sms={"gateway": "kannel", "url": self.kannel.url, "user": "lab", "password": "lab"},
        )

    def part(self, desk, name):
        return next(part for part in desk.get("/ready")["parts"] if part["name"] == name)

    def line(self, desk):
        what = self.part(desk, "pbx matriz")["what"]
        # What PBX it is stands behind.
        return "connected" if what.startswith("connected") else what

    def answering(self, phone):
        self.asterisk.phones[phone].on_call = lambda call: call.answer(0.3)

    def talking(self, desk, party):
        live = desk.get("/api/v1/calls/live")["items"]
        found = [call for call in live if call["state"] == "talking" and call["answered_by"] == party]
        return found[0] if found and found[0]["attendance_id"] else None

    def check_tickets(self, desk, writers):
        """Nothing acknowledged is lost, nothing is there twice, and every notice was handed over."""
        self.assertEqual(writers.faults, [])
        tickets = nodes.everything(desk, "/api/v1/tickets")
        by_summary = collections.Counter(ticket["summary"] for ticket in tickets)
        for key, number in writers.acknowledged.items():
            self.assertEqual(by_summary["Pedido " + key], 1, key)
        numbers = [ticket["number"] for ticket in tickets]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertEqual(set(writers.acknowledged.values()) - set(numbers), set())
        protocols = [one["protocol"] for one in nodes.everything(desk, "/api/v1/attendances")]
        self.assertEqual(len(protocols), len(set(protocols)))

        def waiting():
            return [n for s in ("queued", "sending") for n in nodes.everything(desk, "/api/v1/notices?state=" + s)]

        lab.wait_for("every notice to be sent", lambda: not waiting(), 60, waiting)
        dead = nodes.everything(desk, "/api/v1/notices?state=dead")
        self.assertEqual(dead, [])
        mails = b"".join(self.mail.mails()).decode(errors="replace")
        # What Kannel has accepted takes a moment to the telephone.
        texts = lambda: "\n".join(self.kannel.delivered())
        for number in writers.acknowledged.values():
            self.assertIn(number, mails)
        for key, number in writers.acknowledged.items():
            lab.wait_for("the SMS of " + number, lambda: number in texts())
        return tickets

    def check_calls(self, desk, count):
        """Every call has its attendance, and each one only."""
        lab.wait_for("the calls to end", lambda: not desk.get("/api/v1/calls/live")["items"])
        calls = nodes.everything(desk, "/api/v1/calls")
        self.assertEqual(len(calls), count, calls)
        attendances = [call["attendance_id"] for call in calls]
        self.assertNotIn(None, attendances)
        self.assertEqual(len(set(attendances)), count)


class ANodeDies(Nodes):
    def test_killed_in_mid_call_and_mid_ticket_the_other_node_goes_on_and_nothing_is_lost(self):
        stream = nodes.Stream(self.b)
        self.addCleanup(stream.close)
        self.answering("1001")
        self.answering("1002")
        first = self.asterisk.ring("11987654321", "4001")
        call = lab.wait_for("the call at the first node", lambda: self.talking(self.a, "PJSIP/1001"))
        # The pop is on the other node's screens too.
        lab.wait_for("the pop at the second node", lambda: stream.find("call", lambda c: c.get("id") == call["id"]))
        before = interview.run(self.a, call["attendance_id"], "erro-sistema", account="ana", stop_at="summary")
        writers = nodes.Writers([self.a, self.b], self.customer, 4)
        self.addCleanup(writers.stop)
        writers.wait_for(8)
        second = self.asterisk.ring("21999998888", "4002", '"João Reis"')
        lab.wait_for("the second telephone to ring", lambda: ("1002", "ringing") in self.asterisk.heard)
        killed = time.monotonic()
        self.a.kill()
        third = self.asterisk.ring("31988887777", "5000", '"Rui Melo"')
        lab.wait_for("the line at the second node", lambda: self.line(self.b) == "connected", 10)
        self.assertLess(time.monotonic() - killed, 6)
        # The call goes on there, with its number and every answer.
        again = lab.wait_for("the call at the second node", lambda: self.talking(self.b, "PJSIP/1001"))
        self.assertEqual((again["id"], again["attendance_id"]), (call["id"], call["attendance_id"]))
        state = self.b.call("GET", "/api/v1/interviews/%d" % call["attendance_id"], **{"CallDesk-Account": "ana"})
        self.assertEqual(state["revision"], before["revision"])
        self.assertEqual(state["attendance"]["protocol"], before["attendance"]["protocol"])
        ended = interview.run(self.b, call["attendance_id"], "erro-sistema", account="ana")
        self.assertEqual(ended["outcome"]["kind"], "opened")
        lab.wait_for("all three calls", lambda: len(self.b.get("/api/v1/calls/live")["items"]) == 3, 10,
                     lambda: self.b.get("/api/v1/calls").body)
        writers.wait_for(len(writers.acknowledged) + 8)
        writers.stop()
        # A token of the one node is good at the other; the first comes back and leaves the line where it is.
        self.a.start()
        lab.wait_for("the first node again", lambda: self.line(self.a) == "worked by another node")
        for caller in (first, second, third):
            caller.bye()
        self.check_calls(self.b, 3)
        tickets = self.check_tickets(self.a, writers)
        self.assertEqual(len(tickets), len(writers.acknowledged) + 1)
        self.assertTrue(stream.find("resync"))


class TheDatabaseGoesAway(Nodes):
    def prepare(self):
        """Two hosts in one URL, as for a replicated server without a proxy; commits wait for the replica."""
        self.copy = self.server.replica()
        self.addCleanup(self.copy.stop)
        self.url = "postgres://calldesk@127.0.0.1:%d,127.0.0.1:%d/calldesk" % (self.server.port, self.copy.port)
        self.server.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")

    def answers(self, desk):
        return desk.get("/ready").status == 200

    def test_away_it_says_so_and_goes_on_by_itself_and_a_promoted_replica_has_everything(self):
        stream = nodes.Stream(self.a)
        self.addCleanup(stream.close)
        self.answering("1001")
        self.answering("1002")
        writers = nodes.Writers([self.a, self.b], self.customer, 4)
        self.addCleanup(writers.stop)
        writers.wait_for(8)

        self.server.do("pause", "fast")
        lab.wait_for("the first node to say so", lambda: self.a.get("/ready").status == 503, 8)
        self.assertFalse(self.part(self.a, "database")["ok"])
        self.assertTrue(self.part(self.a, "database")["remedy"])
        lab.wait_for("the screens to say so", lambda: stream.find("database", lambda d: not d["ok"]))
        # The line is still read: a call pops, without a number that nobody could keep.
        self.assertEqual(self.line(self.a), "connected")
        first = self.asterisk.ring("11987654321", "4001")
        lab.wait_for("the pop without a number", lambda: stream.find("call", lambda c: c.get("unrecorded")), 10)
        # Long enough for every program to be refused, again and again, at both nodes.
        writers.wait_for_refusals(20)
        self.server.do("resume")
        for desk in (self.a, self.b):
            lab.wait_for("the nodes to work again", lambda: self.answers(desk), 20)
        lab.wait_for("the screens to say so", lambda: stream.find("database", lambda d: d["ok"]))
        call = lab.wait_for("the call to be recorded", lambda: self.talking(self.a, "PJSIP/1001"))
        lab.wait_for("the pop with its number", lambda: stream.find(
            "call", lambda c: c.get("id") == call["id"] and c.get("attendance")))
        writers.wait_for(len(writers.acknowledged) + 8)

        second = self.asterisk.ring("21999998888", "4002", '"João Reis"')
        lab.wait_for("the second call", lambda: self.talking(self.a, "PJSIP/1002"))
        self.server.do("pause", "immediate")
        self.copy.do("promote")
        # The one that was primary is gone for good, and no standby is left to wait for.
        self.copy.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        for desk in (self.a, self.b):
            lab.wait_for("the nodes to find the promoted server", lambda: self.answers(desk), 30)
        writers.wait_for(len(writers.acknowledged) + 8)
        writers.stop()
        first.bye()
        second.bye()
        self.check_calls(self.b, 2)
        self.check_tickets(self.b, writers)


if __name__ == "__main__":
    unittest.main()
