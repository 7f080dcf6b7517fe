"""What people see over time: contacts by their protocol, a customer's story, duplicates made one, what customers said."""
import contextlib
import sqlite3
import tempfile
import unittest

from browser import BrowserTest, wait_for


class Supervision(BrowserTest):
    def fits(self, page, name):
        """No fault of accessibility on a desk's screen and on a telephone's, where nothing is wider than the screen."""
        self.assertEqual(page.axe(), [])
        page.shot(name)
        page.size(360, 740)
        self.assertEqual(page.axe(), [])
        self.assertLessEqual(page.js("return document.documentElement.scrollWidth"), 360)
        page.shot(name + "-360")
        page.size(1280, 800)

    def test_contacts_story_duplicates_and_results(self):
        page = self.page().sign_in("sofia")
        page.open("/desk/attendances?list=all")
        page.says("h1", "Atendimentos")
        self.fits(page, "attendances")
        link = page.js("return document.querySelector('tbody a')?.getAttribute('href') ?? null")
        if link:
            page.open(link)
            page.says("h1", "Atendimento")
            self.fits(page, "attendance")
        page.open("/admin/satisfaction?by=technician")
        page.says("h1", "Satisfação dos clientes")
        self.fits(page, "satisfaction")
        page.open("/admin/customers")
        first, second = page.js("return [...document.querySelectorAll('tbody a')].slice(0, 2).map((a) => a.getAttribute('href'))")
        name = page.js("return document.querySelectorAll('tbody a')[1].textContent")
        page.open(second + "?like=" + page.js("return encodeURIComponent(document.querySelectorAll('tbody a')[0].textContent)"))
        page.says("#story", "Histórico")
        self.fits(page, "customer-story")
        # Merged by the list, and taken back on the page of the one that stayed.
        page.js("const s = document.getElementById('into'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", first.rsplit("/", 1)[1])
        page.click("#twins form.api button.danger")
        wait_for("the other's page", lambda: page.driver.current_url.endswith(first))
        page.says("#twins", name)
        page.shot("customer-merged")
        page.click("#twins li form.api button")
        wait_for("its own page", lambda: page.driver.current_url.endswith(second))
        page.says("h1", name)

    def test_a_file_of_postal_codes_is_imported_and_deleted(self):
        page = self.page().sign_in("sofia", "/admin/postal-codes")
        page.says("h1", "CEPs")
        page.says("main", "Nenhum arquivo foi importado")
        lines = ["cep;logradouro;bairro;cidade;uf", "30130-010;Praça Sete;Centro;Belo Horizonte;MG", "123;Sem código;;;MG"]
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            page.there("#file").send_keys(file.name)
            page.js("document.getElementById('file').focus()")
            page.press("Tab", "Enter")
            page.says("#result", "1 CEP importado.")
        page.says("#result", "Linha 3")
        page.says("#none", "1 CEP")
        self.assertEqual(page.focus()[1], "result")
        self.fits(page, "postal-codes")
        page.open("/admin/postal-codes")
        page.says("#codes", "1 CEP")
        page.click("#delete")
        page.driver.switch_to.alert.accept()
        page.says("main", "Nenhum arquivo foi importado")
        self.assertEqual(page.faults(), [])

    def test_callers_to_be_called_back_and_the_pause(self):
        page = self.page().sign_in("ana")
        for number, name in (("11955554444", "Rosa Lima"), ("11944443333", "José Dias"), ("11933332222", "Eva Reis")):
            self.demo.ring("abandonada", number, name, seconds=1)
        waiting = lambda: page.js("return document.querySelectorAll('#to-return .missed').length")
        wait_for("three to wait", lambda: waiting() == 3)
        page.says("#to-return", "retornar até")
        self.fits(page, "to-return")
        page.click("[data-many-returned]")
        page.js("[...document.querySelectorAll('#many [name=call]')].slice(0, 2).forEach((box) => box.click())")
        page.shot("to-return-many")
        self.assertEqual(page.axe(), [])
        page.click("#many footer .primary")
        wait_for("two to be gone", lambda: waiting() == 1)
        # Out of the queues and back, by the bar.
        page.click("#pause summary")
        page.says("#pause .menu", "Almoço")
        self.assertEqual(page.axe(), [])
        page.shot("pause")
        page.click("#pause .menu button")
        page.says("#pause summary", "Em pausa · Almoço")
        page.open("/desk/tickets")
        page.says("#pause summary", "Em pausa · Almoço")
        page.click("#pause summary")
        page.click("#pause .menu button")
        wait_for("the pause to be over", lambda: "Em pausa" not in page.text("#pause summary"))

    def test_mails_that_came(self):
        rows = [
            (1, "nova@else.com", "Nova Cliente", "Impressora não imprime desde ontem, já reiniciamos", "held", "unknown_sender"),
            (2, "ana@example.com", "", "", "automatic", "submitted"),
            (3, "rui@example.com", "", "", "refused", "over"),
            (4, None, "", "", "parked", "too_large"),
        ]
        # The demonstration has no mailbox: these are what reading one leaves behind.
        with contextlib.closing(sqlite3.connect(self.demo.folder / "data" / "calldesk.sqlite", timeout=20)) as base, base:
            base.executemany(
                "INSERT INTO mail_in (mailbox, uid_validity, uid, identity, sender, sender_name, subject, size, received_at,"
                " outcome, reason, answered, again) VALUES ('desk', 7, ?, 'id-' || ?1, ?, ?, ?, 10, 1795600000000, ?, ?, 0, 0)",
                rows,
            )
        page = self.page().sign_in("sofia", "/admin/mails")
        page.says("main", "Remetente sem cadastro")
        page.says("main", "O chamado já terminou")
        self.fits(page, "mails")
        waiting = lambda: page.js("return document.querySelectorAll('tbody form[data-url$=\"/drop\"]').length")
        self.assertEqual(waiting(), 2)
        page.js("document.querySelector('tbody form[data-url$=\"/again\"] button').click()")
        wait_for("it to be read again", lambda: "Será lido de novo." in (page.text("tbody") or ""))
        page.js("document.querySelector('tbody form[data-url$=\"/drop\"] button').click()")
        wait_for("one to be dismissed", lambda: waiting() == 1)
        page.open("/admin/mails?list=waiting")
        wait_for("what waits alone", lambda: waiting() == 1 and "O chamado já terminou" not in page.text("main"))

    def test_a_call_looked_back_at(self):
        self.demo.ring("abandonada", "11922221111", "Iara Melo", seconds=1)
        page = self.page().sign_in("sofia")

        def is_over():
            page.open("/desk/calls?q=11922221111")
            return "A retornar" in (page.text("main") or "")
        wait_for("the call among the last ones", is_over)
        page.click("main table a[href^='/desk/calls/']")

        # What the line brought is on the disk a moment after it came.
        def is_told():
            page.driver.refresh()
            return "Termina:" in (page.text("#steps") or "")
        wait_for("the call's steps", is_told)
        self.assertIn("Começa, vinda de fora.", page.text("#steps"))
        self.fits(page, "call-steps")


if __name__ == "__main__":
    unittest.main()
