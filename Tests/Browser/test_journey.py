"""From the ring to the SMS, by the keyboard alone."""
import re, unittest

from browser import BrowserTest, wait_for
import interview


class Journey(BrowserTest):
    def test_E2_from_ring_to_message_with_the_keyboard_alone(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto para a próxima ligação")
        self.demo.ring("fila")
        page.there(".pop", 10)
        page.says(".pop", "Maria Silva")
        page.says(".pop", "(11) 98765-4321")
        page.shot("desk-ring")
        page.there("#question", 15)
        page.gone(".pop")
        self.assertEqual(page.question()[0], "identify")
        page.says("#right", "SMS ativo")
        page.says("#q-say", "Falo com Maria Silva?")
        spoken = page.text(".protocol .groups b").split()
        self.assertGreaterEqual(len(spoken), 3)
        page.shot("desk-identify")
        interview.answer(page)

        # Back to the answer before, and forth again: nothing is lost.
        self.assertEqual(page.question()[0], "topic")
        page.press(("Alt", "Left"))
        wait_for("the question before", lambda: page.question()[0] == "identify")
        page.press("Enter")
        wait_for("the topic again", lambda: page.question()[0] == "topic")
        page.shot("desk-topic")

        interview.until(page, "summary")
        page.says("#right", "Guias para este assunto")
        # What does not pass stays in the field, with what is wrong beside it.
        page.press("Enter")
        page.says("#q-error", "Escreva uma resposta")
        interview.until(page, "review", {"summary": "Nota fiscal não sai"})
        page.says(".review", "Nota fiscal não sai")
        # Whoever calls has not proven to be Maria: where the confirmation goes is told masked.
        page.says("#question", "m…@exemplo.com.br")
        page.says("#question", "•••••-4321")
        self.assertNotIn("maria.silva@exemplo.com.br", page.text("#question"))
        page.shot("desk-review")

        # From the review to an answer and back.
        page.js("[...document.querySelectorAll('.review div')].find(d => d.innerText.includes('Nota fiscal')).querySelector('button').focus()")
        page.press("Enter")
        wait_for("the answer's question", lambda: page.question()[0] == "summary")
        self.assertEqual(page.js("return document.getElementById('answer').value"), "Nota fiscal não sai")
        page.type("Nota fiscal não sai desde ontem")
        page.press("Enter")
        wait_for("the review", lambda: page.question()[0] == "review")
        page.says(".review", "desde ontem")

        page.press(("Control", "Enter"))
        page.there("#done")
        number = page.text("#done .ticket-number").strip()
        self.assertRegex(number, r"^\d+$")
        self.assertEqual(page.text("#done .groups b").split(), spoken)
        page.says("#done .fates", "SMS")
        # The fates are told live: nothing is pressed here.
        page.says("#done .fates", "entregue", 15)
        page.shot("desk-done")

        protocol = "".join(spoken)
        sms = wait_for("the SMS", lambda: next((m for m in self.demo.messages() if m["kind"] == "sms" and number in m["text"]), None))
        self.assertIn(protocol, re.sub(r"[^0-9]", "", sms["text"]))
        mail = wait_for("the mail", lambda: next((m for m in self.demo.messages() if m["kind"] == "mail" and number in m["text"]), None))
        self.assertIn("maria.silva@exemplo.com.br", mail["to"])

        page.press("Escape")
        page.gone("#done")
        page.says("#right", number)
        page.open("/desk/tickets?q=" + protocol)
        page.says("main", "Nota fiscal não sai desde ontem")
        page.open("/desk/tickets/" + number)
        page.says("main", "Ao emitir a nota aparece a mensagem.")
        page.shot("ticket")


if __name__ == "__main__":
    unittest.main()
