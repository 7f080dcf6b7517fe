"""From a telephone that rings at a real Asterisk to the mail and the SMS in the customer's hands.

Run by scripts/test: `python3 -m unittest discover -s Tests/EndToEnd`. What cannot be had on this machine is skipped by name.
"""
import base64, email, email.policy, os, re, signal, subprocess, threading, time, unittest

import desk as lab
import interview

CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;telefone 2;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(11) 98765-4321;(11) 91234-5678;C-1;Suporte;sim\n"
    "pessoa;João Reis;111.444.777-35;João Reis;joao.reis@exemplo.com.br;(21) 99999-8888;;C-2;Básico;não\n"
)


def decoded(mail):
    """The readable text of a mail as smtp-sink kept it."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    return message, message.get_body(("plain",)).get_content()


class CallToSMS(unittest.TestCase):
    suite = None

    @classmethod
    def setUpClass(cls):
        if cls.suite is None:
            raise unittest.SkipTest("the base of the tests below")
        for name, there in {
            "Asterisk of %s (Tests/Support/lab/asterisk-lab install)" % cls.suite: lab.Asterisk.can_be_had(cls.suite),
            "smtp-sink (Debian: postfix)": lab.MailSink.program(),
            "Kannel (Debian: kannel, kannel-extras)": lab.Kannel.can_be_had(),
        }.items():
            if not there:
                raise unittest.SkipTest("not on this machine: " + name)

    def setUp(self):
        self.folder = lab.scratch(self)
        self.asterisk = lab.Asterisk(self.folder / "asterisk", self.suite).start()
        self.addCleanup(self.asterisk.stop)
        self.mail = lab.MailSink(self.folder / "mail").start()
        self.addCleanup(self.mail.stop)
        self.kannel = lab.Kannel(self.folder / "kannel").start()
        self.addCleanup(self.kannel.stop)
        self.desk = lab.Desk(
            self.folder / "desk",
            pbx=[{"line": "matriz", "port": self.asterisk.ami, "user": "calldesk", "secret": "segredo"}],
            mail={"url": "smtp://127.0.0.1:%d" % self.mail.port, "from": "atendimento@exemplo.com.br", "tls": "off"},
            sms={"gateway": "kannel", "url": self.kannel.url, "user": "lab", "password": "lab"},
        )
        (self.folder / "clientes.csv").write_text(CUSTOMERS)
        for login, phone in (("ana", "PJSIP/1001"), ("bruno", "PJSIP/1002")):
            self.desk.command(
                "user", "add", login, "--name", login.title(), "--extension", phone, stdin="uma senha longa 1\n"
            )
        self.desk.command("customer", "import", str(self.folder / "clientes.csv"))
        self.desk.start()
        self.addCleanup(self.desk.stop)
        lab.wait_for("the line to be connected", self.connected)

    def connected(self):
        parts = self.desk.get("/ready")["parts"]
        return any(part["name"] == "pbx matriz" and part["ok"] for part in parts)

    def answering(self, phone, ring=0.5):
        """Lets a phone of the house answer the next call, and hands the call out."""
        taken = []

        def answer(call):
            if call.answer(ring):
                taken.append(call)

        self.asterisk.phones[phone].on_call = answer
        return taken

    def rejecting(self, phone, status=486):
        self.asterisk.phones[phone].on_call = lambda call: call.reject(status)

    def live(self, state=None):
        calls = self.desk.get("/api/v1/calls/live")["items"]
        return [call for call in calls if state is None or call["state"] == state]

    def texts(self, protocol, count):
        found = [line for line in self.kannel.delivered() if protocol in line]
        return found if len(found) == count else None

    def found(self):
        """What there is instead of the call that a test waits for."""
        heard = ["%s: %s" % what for what in self.asterisk.heard]
        return "\n".join(["the phones:", *heard, "the desk's calls: %s" % self.live(), self.desk.tail()])

    def talking(self, party):
        found = [call for call in self.live("talking") if call["answered_by"] == party]
        return found[0] if found and found[0]["attendance_id"] else None

    def talked(self, what="the call to be talked"):
        return lab.wait_for(what, lambda: self.talking("PJSIP/1001"), detail=self.found)

    def test_a_call_becomes_a_ticket_a_mail_and_an_sms_on_every_phone(self):
        taken = self.answering("1001")
        self.rejecting("1002")
        caller = self.asterisk.ring("11987654321", "5000")
        call = self.talked()
        self.assertEqual(call["number"], "+5511987654321")
        self.assertEqual(call["queue"], "suporte")
        ended = interview.run(self.desk, call["attendance_id"], "erro-sistema", account="ana")
        self.assertEqual(ended["outcome"]["kind"], "opened")
        protocol, number = ended["attendance"]["protocol"], ended["outcome"]["ticket_number"]

        mails = lab.wait_for("the mail", self.mail.mails)
        message, text = decoded(mails[0])
        self.assertIn("maria.silva@exemplo.com.br", message["To"])
        self.assertIn(protocol, text)
        self.assertIn(number, text)
        link = re.search(r"http://127\.0\.0\.1:\d+(/t/\S+)", text).group(1)
        page = self.desk.get(link)
        self.assertEqual(page.status, 200)
        self.assertIn(number, page.body.decode())

        sent = lab.wait_for("two SMS", lambda: self.texts(protocol, 2))
        for number in ("11987654321", "11912345678"):
            self.assertEqual(len([line for line in sent if number in line]), 1, sent)

        def settled():
            fates = self.desk.get("/api/v1/attendances/%d/notices" % call["attendance_id"])["items"]
            states = sorted((fate["channel"], fate["state"]) for fate in fates)
            return states == [("mail", "sent"), ("sms", "delivered"), ("sms", "delivered")]

        lab.wait_for("the gateway's delivery reports", settled)
        caller.bye()
        lab.wait_for("the call to end", lambda: not self.live())
        whole = self.desk.get("/api/v1/calls/%d" % call["id"]).body
        self.assertEqual((whole["outcome"], whole["ended_by"]), ("answered", "caller"))
        self.assertEqual(len(taken), 1)

    def test_a_contract_without_sms_says_so_and_still_gets_the_mail(self):
        self.answering("1001")
        self.asterisk.ring("21999998888", "4001", '"João Reis"')
        call = self.talked()
        interview.run(self.desk, call["attendance_id"], "reclamacao", account="ana")
        lab.wait_for("the mail", self.mail.mails)
        fates = self.desk.get("/api/v1/attendances/%d/notices" % call["attendance_id"])["items"]
        withheld = [fate for fate in fates if fate["channel"] == "sms"]
        self.assertEqual([(fate["state"], fate["reason"]) for fate in withheld], [("withheld", "contract_without_sms")])
        self.assertEqual(self.kannel.delivered(), [line for line in self.kannel.delivered() if "99999" not in line])

    def test_an_abandoned_call_waits_to_be_returned_and_has_its_protocol(self):
        for phone in ("1001", "1002"):
            self.asterisk.phones[phone].on_call = lambda call: call.ring()
        caller = self.asterisk.ring("11987654321", "5000")
        lab.wait_for("the call to wait", lambda: self.live("queued"))
        lab.wait_for("it to ring", lambda: caller.answered.is_set())
        caller.bye()
        missed = lab.wait_for("the missed call", lambda: self.desk.get("/api/v1/calls/to-return")["items"])
        self.assertEqual([call["outcome"] for call in missed], ["abandoned"])
        attendance = self.desk.get("/api/v1/attendances/%d" % missed[0]["attendance_id"]).body
        self.assertEqual(attendance["outcome"], "missed")
        self.assertTrue(attendance["protocol"].startswith("20"))

    def test_killed_in_mid_interview_it_goes_on_with_every_answer_and_the_same_number(self):
        self.answering("1001")
        self.asterisk.ring("11987654321", "4001")
        call = self.talked()
        before = interview.run(self.desk, call["attendance_id"], "erro-sistema", account="ana", stop_at="summary")
        self.desk.kill()
        self.desk.start()
        lab.wait_for("the line to be connected again", self.connected)
        after = self.desk.call(
            "GET", "/api/v1/interviews/%d" % call["attendance_id"], **{"CallDesk-Account": "ana"}
        ).body
        self.assertEqual(after["attendance"]["protocol"], before["attendance"]["protocol"])
        self.assertEqual(after["revision"], before["revision"])
        self.assertEqual(after["prompt"]["id"], "summary")
        # The call is still going on at the PBX and is found again, not doubled.
        self.assertEqual([c["id"] for c in lab.wait_for("the call again", self.live)], [call["id"]])
        ended = interview.run(self.desk, call["attendance_id"], "erro-sistema", account="ana")
        lab.wait_for("the mail", self.mail.mails)
        self.assertEqual(ended["outcome"]["kind"], "opened")

    def test_killed_between_acknowledgement_and_delivery_the_notices_are_sent_after_the_start(self):
        self.mail.stop()
        self.kannel.stop()
        state = self.desk.post("/api/v1/interviews", {"walk_in": True})
        attendance = state["attendance"]["id"]
        self.desk.post(
            "/api/v1/interviews/%d/answers" % attendance,
            {"revision": state["revision"], "prompt": "identify", "answer": {"text": "529.982.247-25"}},
        )
        ended = interview.run(self.desk, attendance, "reclamacao")
        self.desk.kill()
        self.mail.start()
        self.kannel.start()
        self.desk.start()
        lab.wait_for("the mail", self.mail.mails, 40)
        fates = lambda: self.desk.get("/api/v1/attendances/%d/notices" % attendance).body
        lab.wait_for("two SMS", lambda: self.texts(ended["attendance"]["protocol"], 2), 40, fates)

    def test_a_pbx_that_restarts_ends_its_calls_and_the_next_one_is_seen(self):
        self.answering("1001")
        self.asterisk.ring("11987654321", "4001")
        call = self.talked()
        self.asterisk.stop_only()
        self.asterisk.restart()
        lab.wait_for("the call to be over", lambda: not self.live(), 40)
        whole = self.desk.get("/api/v1/calls/%d" % call["id"]).body
        self.assertEqual((whole["outcome"], whole["ended_by"]), ("answered", "pbx"))
        lab.wait_for("the line to be connected again", self.connected, 40)
        self.asterisk.ring("21999998888", "4001", '"João Reis"')
        self.talked("the next call")

    def test_what_a_queue_counted_while_the_desk_was_away_is_told(self):
        taken = self.answering("1001")
        self.rejecting("1002")

        def counted(answered, abandoned):
            told = lab.in_lab("asterisk-lab", "cli", str(self.folder / "asterisk"), "queue", "show", "suporte")
            return "C:%d, A:%d," % (answered, abandoned) in told

        def talk(number):
            caller = self.asterisk.ring("11987654321", "5000")
            lab.wait_for("the telephone to answer", lambda: len(taken) == number)
            # A queue that has not yet put them through counts who hangs up among those who gave up.
            self.assertTrue(taken[-1].acknowledged.wait(60))
            lab.wait_for("the talk", lambda: self.bridged(number))
            caller.bye()

        talk(1)
        lab.wait_for("the queue to count", lambda: counted(1, 0))
        lab.wait_for("the call to end", lambda: not self.live(), detail=self.found)
        self.desk.stop()
        away = time.monotonic()
        talk(2)
        lab.wait_for("the queue to count", lambda: counted(2, 0))
        rung = []
        for phone in ("1001", "1002"):
            self.asterisk.phones[phone].on_call = lambda call: (call.ring(), rung.append(call))
        caller = self.asterisk.ring("11987654321", "5000")
        lab.wait_for("the telephones to ring", lambda: rung)
        caller.bye()
        lab.wait_for("the queue to count", lambda: counted(2, 1))
        # What is shorter is no gap.
        lab.wait_for("the shortest gap", lambda: time.monotonic() > away + 16)
        self.desk.start()
        gap = lab.wait_for("the gap", lambda: self.desk.get("/api/v1/line-gaps")["items"])[0]
        self.assertEqual(gap["queues"], [{"queue": "suporte", "answered": 1, "abandoned": 1}])

    def bridged(self, number):
        """Whether the queue has put a caller through as often as that."""
        log = (self.folder / "asterisk" / "log" / "full").read_text(errors="replace")
        return len(re.findall(r"Channel PJSIP/1001-\S+ joined 'simple_bridge'", log)) >= number

    def test_the_terminal_runs_the_interview(self):
        lines = ["529.982.247-25", "", "reclamacao"]
        done = subprocess.run(
            [lab.BINARY, "log", "--walk-in", "--url", "http://127.0.0.1:%d" % self.desk.port, "--token", self.desk.token,
             "--as", "ana"],
            input="\n".join(lines) + "\n/encerrar\n1\n", capture_output=True, text=True, timeout=60,
        )
        self.assertIn("Protocolo: 2026" if time.gmtime().tm_year == 2026 else "Protocolo: 20", done.stdout)
        self.assertIn("Atendimento encerrado", done.stdout, done.stdout + done.stderr)

    def test_doctor_tells_what_is_wrong(self):
        good = self.desk.command("doctor")
        self.assertIn("✓ pbx matriz", good.stdout)
        settings = self.desk.config.read_text()
        self.desk.config.write_text(settings.replace('"segredo"', '"errado"'))
        bad = self.desk.command("doctor", check=False)
        self.desk.config.write_text(settings)
        self.assertEqual(bad.returncode, 1)
        self.assertIn("✗ pbx matriz", bad.stdout)
        self.assertIn("secret", bad.stdout)
        self.assertNotIn("errado", bad.stdout + bad.stderr)


class Asterisk16(CallToSMS):
    suite = "bullseye"


class Asterisk22(CallToSMS):
    suite = "forky"


if __name__ == "__main__":
    unittest.main()
