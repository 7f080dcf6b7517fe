"""One ticket's whole life, from the ring to the mark: a caller, two technicians of a department, and who supervises."""
import re, unittest

from browser import BrowserTest, wait_for
import interview


class WholeLife(BrowserTest):
    def mail(self, *words):
        """The text of a mail that says these words."""
        def found():
            mails = (m for m in self.demo.messages() if m["kind"] == "mail")
            return next((str(m) for m in mails if all(word in str(m) for word in words)), None)

        return wait_for("a mail with %s" % (words,), found)

    def write(self, page, key, text):
        """An entry of the kind its key chooses, as a hand does it."""
        page.there("#composer")
        page.press(key)
        page.there("#body").send_keys(text)
        page.press(("Control", "Enter"))
        page.says(".thread", text)

    def test_from_the_ring_to_the_mark(self):
        ana, bruno = (self.page().sign_in(name) for name in ("ana", "bruno"))
        for page in (ana, bruno):
            page.says("#stage", "Pronto")

        # It rings, and shows at whom; the call ends while what was said is still being written down.
        self.demo.ring("fila", seconds=12)
        ana.there(".pop", 20)
        ana.says(".pop", "Maria Silva")
        ana.there("#question", 20)
        ana.says("#q-say", "Falo com Maria Silva?")
        interview.until(ana, "review", {"summary": "Nota fiscal não sai"})
        ana.there("#wrap-up")
        first = ana.text("#wrap-up time")
        wait_for("the time after the call to go on", lambda: ana.text("#wrap-up time") not in ("", first))
        ana.shot("life-wrap-up")
        ana.press(("Control", "Enter"))
        number = ana.there("#done .ticket-number").text.strip()
        ana.press("Escape")
        ana.gone("#done")
        ana.gone("#wrap-up")
        token = re.search(r"/t/([A-Za-z0-9_-]{43})", self.mail(number, "/t/")).group(1)

        # The department's other technician hears of it, takes it, and asks.
        bruno.says("#bell-count", "1")
        bruno.press(("Alt", "b"))
        bruno.says("#bell", number)
        bruno.press("Enter")
        bruno.says("h1", "Nota fiscal não sai")
        bruno.click("form[data-url$='/take'] button")
        bruno.says("main", "Em atendimento")
        self.write(bruno, "p", "Qual é o número da nota?")
        bruno.says("main", "Aguardando cliente")
        bruno.shot("life-asked")
        self.mail(number, "Qual é o número da nota?")

        bruno.open("/desk")
        bruno.says("#stage", "Pronto")

        # The customer answers by the link of the mail, without a password.
        customer = self.page()
        customer.size(360, 740)
        customer.open("/t/" + token)
        customer.says("main", "Qual é o número da nota?")
        customer.js("document.getElementById('reply').open = true")
        customer.there("#reply textarea").send_keys("É a nota 4711.")
        customer.leave("#reply button")
        customer.says("#conversa", "É a nota 4711.")

        # Who has it is told, and solves it.
        bruno.says("#bell-count", "1")
        bruno.open("/desk/tickets/" + number)
        bruno.says(".thread", "É a nota 4711.")
        bruno.says("main", "Em atendimento")
        self.write(bruno, "s", "A nota 4711 foi emitida.")
        bruno.says("main", "Resolvido")
        self.mail(number, "A nota 4711 foi emitida.")

        customer.open("/t/" + token)
        customer.says("#conversa", "A nota 4711 foi emitida.")
        customer.js("document.getElementById('survey').open = true")
        customer.shot("life-survey")
        customer.click("#survey input[value='5']")
        customer.there("#survey textarea").send_keys("Rápido e claro.")
        customer.leave("#survey button")
        customer.says("#aviso", "Obrigado pela sua nota.")
        self.assertEqual(customer.axe(), [])

        # Who supervises sees what the customer said of it.
        customer.size(1280, 900)
        sofia = customer.sign_in("sofia", "/admin/satisfaction")
        sofia.says("main", "Rápido e claro.")
        sofia.shot("life-result")
        sofia.open("/desk/tickets/" + number)
        sofia.says("main", "Bruno Lima")


if __name__ == "__main__":
    unittest.main()
