"""The journey once more with a telephone that rings at a real Asterisk, a real Kannel and a real mail server's sink."""
import importlib.util, pathlib, unittest

import browser as chromium
import interview

END_TO_END = pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"


def lab_module():
    """Tests/EndToEnd/desk.py, which has the servers; its neighbour `interview` is another than ours."""
    spec = importlib.util.spec_from_file_location("lab", END_TO_END / "desk.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CUSTOMERS = (
    "tipo;nome;documento;contato;email;telefone;contrato;plano;sms\n"
    "pessoa;Maria Silva;529.982.247-25;Maria Silva;maria.silva@exemplo.com.br;(11) 98765-4321;C-1;Suporte;sim\n"
)


class RealTelephone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if chromium.MISSING:
            raise unittest.SkipTest(chromium.MISSING)
        cls.lab = lab_module()
        cls.suite = next((suite for suite in ("forky", "bullseye") if cls.lab.Asterisk.can_be_had(suite)), None)
        for name, there in {
            "Asterisk (Tests/Support/lab/asterisk-lab install)": cls.suite,
            "smtp-sink (Debian: postfix)": cls.lab.MailSink.program(),
            "Kannel (Debian: kannel, kannel-extras)": cls.lab.Kannel.can_be_had(),
        }.items():
            if not there:
                raise unittest.SkipTest("not on this machine: " + name)

    def test_from_a_real_ring_to_the_sms_in_the_browser(self):
        lab = self.lab
        folder = lab.scratch(self)
        asterisk = lab.Asterisk(folder / "asterisk", self.suite).start()
        self.addCleanup(asterisk.stop)
        mail = lab.MailSink(folder / "mail").start()
        self.addCleanup(mail.stop)
        kannel = lab.Kannel(folder / "kannel").start()
        self.addCleanup(kannel.stop)
        desk = lab.Desk(
            folder / "desk",
            pbx=[{"line": "matriz", "port": asterisk.ami, "user": "calldesk", "secret": "segredo"}],
            mail={"url": "smtp://127.0.0.1:%d" % mail.port, "from": "atendimento@exemplo.com.br", "tls": "off"},
            sms={"gateway": "kannel", "url": kannel.url, "user": "lab", "password": "lab"},
        )
        (folder / "clientes.csv").write_text(CUSTOMERS)
        desk.command("user", "add", "ana", "--name", "Ana Souza", "--extension", "PJSIP/1001", stdin=chromium.PASSWORD + "\n")
        desk.command("customer", "import", str(folder / "clientes.csv"))
        desk.start()
        self.addCleanup(desk.stop)
        lab.wait_for("the line to be connected", lambda: any(
            part["name"] == "pbx matriz" and part["ok"] for part in desk.get("/ready")["parts"]))
        page = chromium.Page("http://127.0.0.1:%d" % desk.port)
        self.addCleanup(page.quit)
        page.sign_in("ana")
        page.says("#stage", "Pronto")
        answered = []
        asterisk.phones["1001"].on_call = lambda call: answered.append(call) if call.answer(1.0) else None
        caller = asterisk.ring("11987654321", "4001")
        page.there(".pop", 15)
        page.says(".pop", "Maria Silva")
        page.shot("asterisk-ring")
        page.there("#question", 15)
        interview.until(page, "review", {"summary": "Nota fiscal não sai"})
        page.press(("Control", "Enter"))
        page.there("#done")
        number = page.text("#done .ticket-number").strip()
        page.says("#done .fates", "entregue", 40)
        page.shot("asterisk-done")
        lab.wait_for("the SMS at the carrier", lambda: [line for line in kannel.delivered() if number in line])
        self.assertIn(number.encode(), b"".join(lab.wait_for("the mail", mail.mails)))
        caller.bye()
        page.says("#calls", "Nenhuma ligação agora", 20)
        self.assertEqual(len(answered), 1)
        self.assertEqual(page.faults(), [])


if __name__ == "__main__":
    unittest.main()
