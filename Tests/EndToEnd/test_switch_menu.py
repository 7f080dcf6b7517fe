"""A simulated FreeSWITCH hands its callers over to the desk's menu by the outbound socket: two real processes over TCP.

No FreeSWITCH package can be had; what the simulated one says is as it was recorded (Tests/Fixtures/freeswitch/socket).
"""
import pathlib, subprocess, unittest

import desk as lab
import ports

CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;telefone 2;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(31) 98765-4321;;C-1;Suporte;sim\n"
)
# The number is confirmed, then the first section and its first topic.
SCENARIO = """call 31987654321 "Maria Silva" to 5000
0    menu 111
0.2  queue suporte
0.3  ring 1001
0.5  answer 1001
1    hang-up caller
"""
SILENT = 'call anonymous "Anonymous" to 5000\n0 menu\n0.2 hang-up caller\n'


class SwitchMenu(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch(self)
        self.pbx, self.socket = ports.reserve(1), ports.reserve(1)
        self.desk = lab.Desk(
            self.folder / "desk",
            pbx=[{"line": "filial", "kind": "freeswitch", "port": self.pbx, "secret": "segredo"}],
            outbound_socket={"port": self.socket},
            ivr={"callback_after": 0},
            hours={"opens": 0, "closes": 24, "weekends": True},
        )
        (self.folder / "clientes.csv").write_text(CUSTOMERS)
        self.desk.command(
            "user", "add", "ana", "--name", "Ana", "--extension", "sofia/internal/1001", stdin="uma senha longa 1\n"
        )
        self.desk.command("customer", "import", str(self.folder / "clientes.csv"))
        self.desk.start()
        self.addCleanup(self.desk.stop)
        lab.wait_for("the menu to listen", lambda: lab.reachable(self.socket), detail=self.desk.tail)

    def simulate(self, *scenarios):
        files = []
        for number, text in enumerate(scenarios):
            path = pathlib.Path(self.folder, "%d.scenario" % number)
            path.write_text(text)
            files.append(str(path))
        done = subprocess.run(
            [lab.BINARY, "simulate", "freeswitch", *files, "--port", str(self.pbx), "--secret", "segredo",
             "--menu", "127.0.0.1:%d/ivr?line=filial" % self.socket],
            capture_output=True, text=True, timeout=90,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def ended(self, count):
        calls = self.desk.get("/api/v1/calls")["items"]
        return calls if len(calls) == count and all(call["ended_at"] for call in calls) else None

    def test_keys_say_who_calls_and_what_about_and_menu_and_line_make_one_contact(self):
        said = self.simulate(SCENARIO, SILENT)
        self.assertIn("2 ligações", said)
        calls = lab.wait_for("both calls to be over", lambda: self.ended(2), 30, detail=self.desk.tail)
        silent, maria = calls
        self.assertEqual(maria["outcome"], "answered")
        self.assertEqual(maria["answered_by"], "sofia/internal/1001")
        self.assertTrue(silent["withheld"])
        contacts = self.desk.get("/api/v1/attendances")["items"]
        self.assertEqual(len(contacts), 2)
        by_call = {contact["call_id"]: contact for contact in contacts}
        customer = self.desk.get("/api/v1/customers")["items"][0]
        self.assertEqual(by_call[maria["id"]]["customer_id"], customer["id"])
        self.assertIsNotNone(by_call[maria["id"]]["topic"])
        self.assertIsNone(by_call[silent["id"]]["customer_id"])

        # And each step of it is told, the menu's among them: by the switch's own events.
        steps = self.desk.get("/api/v1/calls/%d/steps" % maria["id"])["steps"]
        self.assertTrue(any("1001" in change for step in steps for change in step["changes"]), steps)

    def test_a_menu_that_is_not_there_keeps_no_caller(self):
        self.socket = ports.reserve(1)
        self.simulate(SCENARIO)
        call = lab.wait_for("the call to be over", lambda: self.ended(1), 30, detail=self.desk.tail)[0]
        self.assertEqual(call["outcome"], "answered")


if __name__ == "__main__":
    unittest.main()
