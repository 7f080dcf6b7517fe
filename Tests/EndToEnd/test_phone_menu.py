"""Callers press real keys at a real Asterisk that runs the shipped dialplan; the desk answers by FastAGI.

The sounds are rendered as a tenth of a second of tone each, so that a menu takes seconds; what was played is read from
Asterisk's own log.
"""
import os, pathlib, re, shutil, sqlite3, subprocess, sys, tempfile, unittest

import desk as lab

sys.path.insert(0, str(lab.LAB))
import amiclient  # noqa: E402

CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;telefone 2;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(31) 98765-4321;;C-1;Suporte;sim\n"
)

EXTENSIONS = """
[from-trunk]
exten => _X.,1,Goto(calldesk-inbound,s,1)

[phones]
exten => _100X,1,Dial(PJSIP/${EXTEN},15,tT)

[callers]
; the near end of a call made with Originate: waits, presses its keys, and stays
exten => keys,1,Answer()
 same => n,Wait(2)
 same => n,SendDTMF(${DIGITS},250,100)
 same => n,Wait(60)

#include extensions-calldesk.conf
"""

MANAGER = """
[general]
enabled = yes
bindaddr = 127.0.0.1
port = %d
timestampevents = yes
channelvars = CALLERID(pres)

[lab]
secret = segredo
read = all
write = all

#include manager-calldesk.conf
"""


class PhoneMenu(unittest.TestCase):
    suite = None

    @classmethod
    def setUpClass(cls):
        if cls.suite is None:
            raise unittest.SkipTest("the base of the tests below")
        for name, there in {
            "Asterisk of %s (Tests/Support/lab/asterisk-lab install)" % cls.suite: lab.Asterisk.can_be_had(cls.suite),
            "sox (Debian: sox)": subprocess.run(["which", "sox"], capture_output=True).returncode == 0,
        }.items():
            if not there:
                raise unittest.SkipTest("not on this machine: " + name)
        cls.rendered = tempfile.TemporaryDirectory(prefix="calldesk-sounds-")
        cls.addClassCleanup(cls.rendered.cleanup)
        lab.Desk(pathlib.Path(cls.rendered.name) / "desk").command(
            "prompts", "build", "--out", cls.rendered.name + "/sounds", "--language", "pt-BR",
            "--command", "sox -n -r 8000 {out} synth 0.1 sine 440",
        )

    def setUp(self):
        self.folder = lab.scratch(self)
        self.asterisk = lab.Asterisk(self.folder / "asterisk", self.suite)
        etc = self.folder / "asterisk" / "etc"
        etc.mkdir(parents=True)
        self.sounds = self.folder / "asterisk" / "sounds"
        self.agi = self.asterisk.base + 73
        self.desk = lab.Desk(
            self.folder / "desk",
            pbx=[{
                "line": "matriz", "port": self.asterisk.ami, "user": "calldesk", "secret": "segredo", "trunks": ["PJSIP/trunk"],
                "recordings": str(self.folder / "asterisk" / "spool" / "monitor"),
            }],
            fastagi={"port": self.agi},
            ivr={"sounds": str(self.sounds), "callback_after": 0},
            hours={"opens": 0, "closes": 24, "weekends": True},
            sms={"gateway": "file", "path": str(self.folder / "sms.jsonl")},
        )
        shutil.copytree(self.rendered.name + "/sounds", self.sounds)
        self.desk.command("dialplan", "asterisk", "--out", str(etc))
        (etc / "extensions.conf").write_text(EXTENSIONS)
        (etc / "manager.conf").write_text(MANAGER % self.asterisk.ami)
        (etc / "queues.conf").write_text("[general]\nautofill = yes\n#include queues-calldesk.conf\n")
        self.asterisk.start()
        self.addCleanup(self.asterisk.stop)
        (self.folder / "clientes.csv").write_text(CUSTOMERS)
        self.desk.command("user", "add", "ana", "--name", "Ana", "--extension", "PJSIP/1001", stdin="uma senha longa 1\n")
        self.desk.command("customer", "import", str(self.folder / "clientes.csv"))
        self.desk.start()
        self.addCleanup(self.desk.stop)
        self.wait_until_ready()

    def wait_until_ready(self, seconds=20):
        lab.wait_for("line and menu to be ready", self.ready, seconds, detail=self.desk.tail)

    def ready(self):
        parts = {part["name"]: part["ok"] for part in self.desk.get("/ready")["parts"]}
        return parts.get("pbx matriz") and parts.get("fastagi")

    def played(self):
        """Every sound of the menu that Asterisk played, in order."""
        log = (self.folder / "asterisk" / "log" / "full").read_text(errors="replace")
        return re.findall(r"Playing '%s/pt-BR/([a-z0-9-]+)" % re.escape(str(self.sounds)), log)

    def hears(self, sound, times=1, seconds=30):
        lab.wait_for(
            "the sound " + sound, lambda: self.played().count(sound) >= times, seconds,
            detail=lambda: (self.played()[-12:], self.desk.tail()),
        )

    def answering(self, *phones):
        taken = []

        def answer(call):
            if call.answer(0.2):
                taken.append(call)

        for phone in ("1001", "1002"):
            self.asterisk.phones[phone].on_call = answer if phone in phones else lambda call: call.reject(486)
        return taken

    def live(self):
        return self.desk.get("/api/v1/calls/live")["items"]

    def attendances(self):
        return self.desk.get("/api/v1/attendances?limit=200")["items"]

    def talking(self):
        return next((call for call in self.live() if call["state"] == "talking"), None)

    def save_transcript(self):
        """Keeps the menu's dialogue as Tests/Fixtures/agi has it, when CALLDESK_TEST_TRANSCRIPTS names a folder."""
        folder = os.environ.get("CALLDESK_TEST_TRANSCRIPTS")
        if not folder:
            return
        log = (self.folder / "asterisk" / "log" / "full").read_text(errors="replace")
        lines = re.findall(r">AGI ([TR])x [<>]{2} (.*)", log)
        # The survey is a second dialogue.
        end = next((n for n, line in enumerate(lines) if n > 0 and line == ("T", "agi_network: yes")), len(lines))
        text = "".join("%s %s\n" % ("<" if way == "T" else ">", line) for way, line in lines[:end])
        text = text.replace(str(self.sounds), "calldesk")
        pathlib.Path(folder, "%s-menu.txt" % {"bullseye": "16", "forky": "22"}[self.suite]).write_text(text)

    def test_keys_identify_and_choose_the_number_is_spoken_and_the_technician_goes_on(self):
        self.cli("agi set debug on")
        taken = self.answering("1001")
        caller = self.asterisk.ring("31998877665", "5000")
        self.hears("identify")
        caller.dtmf("52998224725#", 0.15)
        self.hears("section-outros")
        caller.dtmf("1")
        self.hears("section-versoes")
        caller.dtmf("1")
        self.hears("option-erro-sistema-frequencia-uma-vez")
        caller.dtmf("1")
        self.hears("yes-or-no")
        caller.dtmf("2")
        self.hears("repeat-with-one")
        caller.dtmf("1")
        self.hears("repeat-with-one", 2)
        attendance = self.attendances()[0]
        spoken = self.played()[len(self.played()) - 1 - self.played()[::-1].index("your-protocol"):]
        digits = "".join(sound[6:] for sound in spoken if sound.startswith("digit-"))
        self.assertEqual(digits, attendance["protocol"])
        caller.dtmf("#")  # no more of it
        call = lab.wait_for("the call to be talked", self.talking, detail=lambda: (self.live(), self.played()[-5:]))
        self.assertEqual((call["queue"], call["answered_by"]), ("suporte", "PJSIP/1001"))
        self.assertEqual(call["attendance_id"], attendance["id"])
        self.assertEqual(len(self.attendances()), 1)
        state = self.desk.call("POST", "/api/v1/interviews", {"attendance_id": attendance["id"]}, **{"CallDesk-Account": "ana"})
        self.assertEqual(state["prompt"]["id"], "field.mensagem")
        self.assertEqual(self.desk.get("/api/v1/attendances/%d" % attendance["id"])["topic"], "erro-sistema")
        sent = (self.folder / "sms.jsonl").read_text() if (self.folder / "sms.jsonl").exists() else ""
        self.assertIn(attendance["protocol"], sent)
        # The technician hangs up first: the caller is asked for a mark.
        taken[0].bye()
        self.hears("survey")
        caller.dtmf("5")
        self.hears("thanks")
        lab.wait_for("the call to end", lambda: not self.live())
        with sqlite3.connect("file:%s?mode=ro" % (self.folder / "desk" / "desk.sqlite"), uri=True) as rows:
            self.assertEqual(rows.execute("SELECT attendance_id, rating FROM satisfaction").fetchall(), [(attendance["id"], 5)])
        whole = self.desk.get("/api/v1/calls/%d" % call["id"]).body
        self.assertEqual(whole["outcome"], "answered")
        self.assertTrue(whole["recording"])
        sound = self.desk.get("/api/v1/calls/%d/recording" % call["id"])
        self.assertEqual((sound.status, sound.body[:4]), (200, b"RIFF"))
        self.save_transcript()

    def test_zero_reaches_a_person_and_without_the_desk_the_queue_does(self):
        taken = self.answering("1001")
        caller = self.asterisk.ring("31998877665", "5000")
        self.hears("identify")
        caller.dtmf("0")
        call = lab.wait_for("the call to be talked", self.talking)
        self.assertTrue(call["attendance_id"])
        # Handed to the colleague: still one call, one attendance, one number.
        colleague = self.answering("1002")
        taken[0].refer("1002")
        lab.wait_for("the colleague to have the call", lambda: colleague and self.talking() and
                     self.talking()["last_party"] == "PJSIP/1002", detail=self.live)
        self.assertEqual(len(self.attendances()), 1)
        caller.bye()
        lab.wait_for("the call to end", lambda: not self.live())
        self.desk.kill()
        taken = self.answering("1002")
        caller = self.asterisk.ring("31998877665", "5000")
        lab.wait_for("a phone of the queue to answer", lambda: taken)
        caller.bye()
        self.desk.start()

    def test_a_blocked_caller_is_not_answered(self):
        rules = {"blocks": [{"kind": "number", "value": "+5531998877665", "note": "trote"}], "incoming": [], "outgoing": []}
        done = self.desk.call("PUT", "/api/v1/caller-rules", rules, **{"If-Match": "*"})
        self.assertEqual(done.status, 200, done.body)
        caller = self.asterisk.ring("31998877665", "5000")
        lab.wait_for("the call to be refused", caller.ended.is_set, detail=self.played)
        self.assertFalse(caller.answered.is_set())
        self.assertEqual(self.played(), [])
        self.assertLessEqual({contact["outcome"] for contact in self.attendances()}, {"blocked"})

    def test_the_second_node_is_asked_where_the_first_is_not_reached_and_nobody_hears_the_menu_twice(self):
        taken = self.answering("1001")
        plan = self.folder / "asterisk" / "etc" / "extensions-calldesk.conf"
        words = plan.read_text().replace("; same => n", " same => n")
        away, here = "127.0.0.1:9/ivr", "127.0.0.1:%d/ivr" % self.agi
        self.assertIn("SECOND-NODE:4573/ivr", words)
        # A sound that is not found makes a FAILURE of a menu heard to its end.
        (self.sounds / "pt-BR" / "welcome.wav").rename(self.folder / "welcome.wav")
        for first, second in ((away, here), (here, here)):
            plan.write_text(words.replace(here, first).replace("SECOND-NODE:4573/ivr", second))
            self.cli("dialplan reload")
            before = self.played().count("identify")
            caller = self.asterisk.ring("31998877665", "5000")
            self.hears("identify", before + 1)
            caller.dtmf("0")
            lab.wait_for("the call to be talked", self.talking, detail=lambda: (self.live(), self.played()[-5:]))
            self.assertEqual(self.played().count("identify"), before + 1)
            caller.bye()
            lab.wait_for("the call to end", lambda: not self.live())
        self.assertEqual((len(self.attendances()), len(taken)), (2, 2))

    def test_the_desk_restarted_in_mid_menu_loses_neither_call_nor_number(self):
        taken = self.answering("1001")
        caller = self.asterisk.ring("31998877665", "5000")
        self.hears("identify")
        before = lab.wait_for("the attendance", self.attendances)
        self.desk.kill()
        # The menu's connection is gone: the dialplan goes on to the queue by itself.
        lab.wait_for("the queue to take the call", lambda: taken)
        self.desk.start()
        self.wait_until_ready()
        call = lab.wait_for("the call to be found again", self.talking)
        self.assertEqual([a["protocol"] for a in self.attendances()], [a["protocol"] for a in before])
        self.assertEqual(call["attendance_id"], before[0]["id"])
        log = (self.folder / "asterisk" / "log" / "full").read_text(errors="replace")
        self.assertIn("protocol=" + before[0]["protocol"], log)
        caller.bye()
        lab.wait_for("the call to end", lambda: not self.live())

    def test_the_pbx_restarted_in_mid_menu_ends_the_call_and_the_next_one_is_served(self):
        self.answering("1001")
        self.asterisk.ring("31998877665", "5000")
        self.hears("identify")
        lab.wait_for("the attendance", self.attendances)
        self.asterisk.stop_only()
        self.asterisk.restart()
        lab.wait_for("the call to be over", lambda: not self.live(), 40)
        self.wait_until_ready(40)
        waiting = self.desk.get("/api/v1/callbacks")["items"]
        self.assertEqual([item["number"] for item in waiting], ["+5531998877665"])
        caller = self.asterisk.ring("31998877665", "5000")
        self.hears("identify", 2)
        caller.dtmf("0")
        lab.wait_for("the call to be talked", self.talking)
        # Somebody talked to the number: nobody has to call it back.
        self.assertEqual(self.desk.get("/api/v1/callbacks")["items"], [])

    def test_the_desk_dials_pauses_and_takes_the_pause_back(self):
        ana = {"CallDesk-Account": "ana"}
        self.answering()
        caller = self.asterisk.ring("31998877665", "5000")
        self.hears("identify")
        caller.bye()
        lab.wait_for("the missed call", lambda: self.desk.get("/api/v1/callbacks")["items"])
        outside = []
        self.asterisk.outside.on_call = lambda call: call.answer(0.2) and outside.append(call)
        self.answering("1001")
        refused = self.desk.call("POST", "/api/v1/calls", {"number": "+15551234567"}, **ana)
        self.assertEqual(refused.status, 422)
        order = self.desk.call("POST", "/api/v1/calls", {"number": "+5531998877665"}, **ana)
        self.assertEqual(order.status, 202, order.body)
        call = lab.wait_for("the customer to answer", self.talking, detail=lambda: (self.live(), outside))
        self.assertEqual((call["key"], call["direction"], call["number"]), (order["key"], "outbound", "+5531998877665"))
        self.assertEqual(call["caller_party"], "PJSIP/1001")
        lab.wait_for("the item to be done", lambda: not self.desk.get("/api/v1/callbacks")["items"])
        outside[0].bye()
        lab.wait_for("the call to end", lambda: not self.live())

        mine = self.desk.call("GET", "/api/v1/queues", **ana)["items"]
        self.assertEqual([(q["queue"], q["interface"], q["paused"]) for q in mine], [("suporte", "PJSIP/1001", False)])
        paused = self.desk.call("PUT", "/api/v1/queues/pause", {"paused": True, "reason": "almoço"}, **ana)["items"]
        self.assertEqual([(q["paused"], q["reason"]) for q in paused], [(True, "almoço")])
        self.assertIn("paused", self.cli("queue show suporte"))
        again = self.desk.call("PUT", "/api/v1/queues/pause", {"paused": False}, **ana)["items"]
        self.assertEqual([q["paused"] for q in again], [False])

    def cli(self, *command):
        return subprocess.run(
            [lab.LAB / "asterisk-lab", "cli", self.asterisk.folder, *command], capture_output=True, text=True
        ).stdout

    def queued(self):
        return sum(1 for call in self.live() if call["queue"] == "suporte")

    def doctor(self):
        """What is wrong as `calldesk doctor` tells it: the lines with a cross."""
        done = self.desk.command("doctor", check=False)
        wrong = [line for line in done.stdout.splitlines() if line.startswith("\u2717")]
        self.assertEqual(done.returncode, 1 if wrong else 0, done.stdout + done.stderr)
        return wrong

    def finds(self, *words):
        wrong = self.doctor()
        self.assertEqual(len(wrong), 1, wrong)
        for word in words:
            self.assertIn(word, wrong[0])

    def sounds_part(self):
        return next(part for part in self.desk.get("/ready")["parts"] if part["name"] == "sounds")

    def test_doctor_finds_each_thing_that_is_missing_and_nothing_when_all_is_as_printed(self):
        etc = self.folder / "asterisk" / "etc"
        self.answering()
        self.assertEqual(self.doctor(), [])
        self.assertTrue(self.sounds_part()["ok"])

        sound = self.sounds / "pt-BR" / "identify.wav"
        sound.rename(sound.with_suffix(".away"))
        self.finds("does not find 1 of the menu's", "pt-BR/identify", "prompts build")
        self.assertFalse(self.sounds_part()["ok"])
        self.assertIn("pt-BR/identify", self.sounds_part()["what"])
        sound.with_suffix(".away").rename(sound)
        self.assertEqual(self.doctor(), [])
        self.assertTrue(self.sounds_part()["ok"])
        # A caller notices it too, and goes on.
        sound.rename(sound.with_suffix(".away"))
        caller = self.asterisk.ring("31998877665", "5000")
        lab.wait_for("the caller to miss a sound", lambda: not self.sounds_part()["ok"], detail=self.desk.tail)
        caller.bye()
        sound.with_suffix(".away").rename(sound)

        user, general = etc / "manager-calldesk.conf", etc / "manager.conf"
        printed, begun = user.read_text(), general.read_text()
        for way, rights in (("read", ("call", "agent", "system", "user")),
                            ("write", ("call", "agent", "reporting", "originate"))):
            for right in rights:
                fewer = "%s = %s" % (way, ",".join(r for r in rights if r != right))
                user.write_text(re.sub(r"(?m)^%s = .*$" % way, fewer, printed))
                self.cli("manager reload")
                wrong = self.doctor()
                self.assertTrue(any("'%s'" % right in line and way in line for line in wrong), (right, way, wrong))
        user.write_text(printed)

        general.write_text(begun.replace("timestampevents = yes", "timestampevents = no"))
        self.cli("manager reload")
        self.finds("timestampevents = yes")
        general.write_text(begun.replace("CALLERID(pres)", "ELSE"))
        self.cli("manager reload")
        self.finds("channelvars = CALLERID(pres)")
        general.write_text(begun)
        self.cli("manager reload")
        self.assertEqual(self.doctor(), [])

        plan = etc / "extensions-calldesk.conf"
        words = plan.read_text()
        # An address where nobody answers, as the PBX's own loopback is for a desk elsewhere.
        plan.write_text(words.replace("127.0.0.1:%d/check" % self.agi, "127.0.0.1:9/check"))
        self.cli("dialplan reload")
        self.finds("does not reach the menu", "AGI()")
        plan.write_text("")
        self.cli("dialplan reload")
        self.finds("no context 'calldesk-check'", "extensions-calldesk.conf")
        plan.write_text(words)
        (etc / "queues-calldesk.conf").write_text("")
        self.cli("dialplan reload")
        self.cli("queue reload all")
        self.finds("no queue 'suporte'", "queues-calldesk.conf")

    def test_two_hundred_callers_at_once_each_get_a_number(self):
        for phone in ("1001", "1002"):
            self.asterisk.phones[phone].on_call = lambda call: call.reject(486)
        manager = amiclient.Ami(self.asterisk.ami, events="off")
        self.addCleanup(manager.close)
        for number in range(200):
            manager.action(
                "Originate", _wait=False, Channel="Local/5000@from-trunk/n", Context="callers", Exten="keys", Priority="1",
                Async="true", CallerID="<319988%05d>" % number, Variable="DIGITS=0",
            )
        lab.wait_for("two hundred protocol numbers", lambda: len(self.attendances()) == 200, 90,
                     detail=lambda: (len(self.attendances()), self.desk.tail()))
        # Zero leads to the queue with nothing more to hear.
        lab.wait_for("all to have left the menu for the queue", lambda: self.queued() == 200, 120, detail=self.queued)
        self.assertEqual(len({a["protocol"] for a in self.attendances()}), 200)
        self.assertEqual(len(self.live()), 200)
        self.cli("channel request hangup all")
        lab.wait_for("all calls to end", lambda: not self.live(), 60)
        self.assertEqual(len(self.attendances()), 200)


class Asterisk16(PhoneMenu):
    suite = "bullseye"


class Asterisk22(PhoneMenu):
    suite = "forky"


if __name__ == "__main__":
    unittest.main()
