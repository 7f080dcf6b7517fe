"""What people see over time: contacts by their protocol, a customer's story, duplicates made one, what customers said."""
import contextlib
import json
import sqlite3
import tempfile
import unittest

from browser import BrowserTest, wait_for
from portal import Staff
import interview


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
        self.in_each_language(page, "/admin/postal-codes", "h1", {"pt-BR": "CEPs", "pt-PT": "Códigos postais do Brasil", "en": "Postal codes of Brazil"}, "postal-codes-kept")
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
        # A line that could not be asked is named.
        page.js("""const ask = window.fetch; window.fetch = async (...what) => {
          const answer = await ask(...what);
          if (!String(what[0]).includes("/queues")) return answer;
          return new Response(JSON.stringify({ ...await answer.json(), unheard: ["filial"] }), { status: answer.status, headers: answer.headers });
        };""")
        page.click("#pause summary")
        page.click("#pause .menu button")
        page.says("#pause summary", "Em pausa · Almoço")
        page.click("#pause summary")
        page.says("#pause .menu", "Sem contato com a linha: filial.")
        self.fits(page, "pause-unheard")
        page.size(360, 740)
        self.assertGreaterEqual(page.js("return document.querySelector('#pause .menu').getBoundingClientRect().left"), 0)
        page.size(1280, 800)
        page.click("#pause .menu button")
        wait_for("the pause to be over", lambda: "Em pausa" not in page.text("#pause summary"))

    def test_a_department_is_left_to_nobody_only_where_that_is_ticked(self):
        page = self.page().sign_in("admin", "/admin/users")
        person = lambda login: page.js(
            "return [...document.querySelectorAll('tbody tr')].find(r => r.querySelector('.quiet').textContent === arguments[0])"
            ".querySelector('a').getAttribute('href')", login)
        ana, bruno = person("ana"), person("bruno")

        def department(name):
            page.click("input[name=departments][value=%s]" % name)

        def refused(form):
            """What the form says when nobody would be left, and the tick that it offers only then."""
            tick = form + " [data-refusal] input"
            self.assertFalse(any(e.is_displayed() for e in page.all(tick)), "nothing was refused yet")
            page.click(form + " .row button:not(.plain)")
            page.says(form + " .note.result, %s .fault" % form, "inguém")
            page.there(tick)
            return tick

        # Both work for every department: who is given one of them leaves the others to the colleague.
        page.open(ana)
        department("suporte")
        page.leave("form[data-changes] .primary")
        page.open(bruno)
        department("financeiro")
        department("imprensa")
        tick = refused("form[data-changes]")
        self.fits(page, "user-leaves-nobody")
        self.assertIn(bruno, page.driver.current_url, "nothing was saved")
        page.click(tick)
        page.leave("form[data-changes] .primary")
        page.says(".note.late", "Ninguém atende")
        self.assertNotIn("Imprensa", page.text(".note.late"))
        # Whoever is shut out as the last is so only where that is meant.
        page.open("/admin/users/new")
        for field, text in (("name", "Lia Prado"), ("login", "lia"), ("password", "uma senha longa 1")):
            page.there("form.api [name=%s]" % field).send_keys(text)
        department("hospedagem")
        page.leave("form.api .primary")
        self.assertNotIn("ospedagem", page.text(".note.late"))
        page.open(person("lia"))
        access = "form[data-url$='/disabled']"
        page.click(refused(access))
        page.leave(access + " .danger")
        page.says(".badge.late", "desativado")
        page.open("/admin/users")
        page.says(".note.late", "ospedagem")

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

    def base(self):
        """The demonstration's database: it has no mailbox, these are what reading one leaves behind."""
        return contextlib.closing(sqlite3.connect(self.demo.folder / "data" / "calldesk.sqlite", timeout=20))

    def speak(self, page, language):
        status = page.js(
            """return fetch('/api/v1/me', {method: 'PATCH', body: JSON.stringify({language: arguments[0]}),
                headers: {'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('meta[name=csrf]').content}})
                .then((r) => r.status)""", language)
        self.assertEqual(status, 200)

    def in_each_language(self, page, path, css, words, name):
        """The same place as each reader has it; the first language again at the end."""
        for language, text in words.items():
            self.speak(page, language)
            page.open(path)
            page.says(css, text)
            self.fits(page, "%s-%s" % (name, language))
        self.speak(page, next(iter(words)))

    def test_an_address_that_sends_mail_back_is_marked_at_its_contact(self):
        with self.base() as base, base:
            email = base.execute("SELECT email FROM contact WHERE customer_id = 1 AND email IS NOT NULL").fetchone()[0]
            base.execute("INSERT INTO mail_trouble (address, since, status, returned) VALUES (?, 1795600000000, '5.1.1', 2)", (email,))
        page = self.page().sign_in("sofia")
        words = {"pt-BR": "E-mail devolvido desde", "pt-PT": "E-mail devolvido desde", "en": "E-mail has come back since"}
        self.in_each_language(page, "/admin/customers/1", "details.linked summary", words, "contact-bounced")
        # Another address is another matter: by the keyboard alone, and the mark is gone.
        page.open("/admin/customers/1")
        page.js("document.querySelector('details.linked summary .badge.late').closest('summary').focus()")
        page.press("Enter")
        field = page.there("details.linked[open] input[name=email]")
        field.clear()
        field.send_keys("outro.endereco@exemplo.com.br")
        page.press("Enter")
        page.gone("details.linked summary .badge.late")
        page.says("details.linked summary", "outro.endereco@exemplo.com.br")

    def test_what_a_mail_quoted_is_folded_beneath_what_was_written(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        self.demo.ring("fila", seconds=5)
        page.there("#question")
        interview.until(page, "review", {"summary": "Erro 613 ao emitir"})
        page.press(("Control", "Enter"))
        page.there("#done")
        number = page.text("#done .ticket-number").strip()
        quoted = "Em 20 de novembro, Suporte escreveu:\n> Qual versão aparece em Ajuda > Sobre?\n> " + "uma-palavra-sem-fim" * 20
        with self.base() as base, base:
            base.execute(
                "INSERT INTO entry (ticket_id, kind, author_kind, author_name, body, facts, created_at) SELECT id, 'reply', 'customer',"
                " 'Maria Silva', 'É a 4.2.', ?, created_at + 1000 FROM ticket WHERE number = ?",
                (json.dumps({"mail": {"from": "m•••@exemplo.com.br", "quoted": quoted}}), number),
            )
        page.press("Escape")
        words = {"pt-BR": "Texto citado", "pt-PT": "Texto citado", "en": "Quoted text"}
        self.in_each_language(page, "/desk/tickets/" + number, "details.quoted summary", words, "ticket-quote")
        page.open("/desk/tickets/" + number)
        page.says(".entry .text", "É a 4.2.")
        self.assertNotIn("Qual versão", page.text(".thread"), "folded until it is asked for")
        page.js("document.querySelector('details.quoted summary').focus()")
        page.press("Enter")
        page.says("details.quoted .text", "Qual versão aparece em Ajuda > Sobre?")
        self.fits(page, "ticket-quote-open")
        page.press("Enter")
        wait_for("it to be folded again", lambda: "Qual versão" not in page.text(".thread"))

    def test_the_files_of_a_contact_are_on_its_page(self):
        page = self.page().sign_in("ana")
        page.there("header.top")
        names = ["tela do erro.txt", "relatório-com-um-nome-que-não-acaba-%s.txt" % ("x" * 50)]
        contact = page.js(
            """const [names] = arguments;
            const token = {'X-CSRF-Token': document.querySelector('meta[name=csrf]').content};
            return (async () => {
              const begun = await fetch('/api/v1/interviews', {method: 'POST', body: '{"walk_in": true}', headers: {...token, 'Content-Type': 'application/json'}});
              const id = (await begun.json()).attendance.id;
              for (const name of names) {
                const url = `/api/v1/attendances/${id}/attachments/${encodeURIComponent(name)}`;
                const answer = await fetch(url, {method: 'PUT', body: 'o que o cliente mandou', headers: {...token, 'Content-Type': 'application/octet-stream'}});
                if (answer.status !== 201) return await answer.text();
              }
              return id;
            })()""", names)
        self.assertIsInstance(contact, int, contact)
        path = "/desk/attendances/%d" % contact
        words = {"pt-BR": "Arquivos", "pt-PT": "Ficheiros", "en": "Files"}
        self.in_each_language(page, path, "main", words, "contact-files")
        page.open(path)
        self.assertEqual([link.text for link in page.all(".files a.name")], names)
        # Each is reached by the keyboard, and is what was sent.
        page.js("document.querySelector('.files a.name').focus()")
        self.assertEqual(page.focus()[0], "a")
        content = page.js("return fetch(document.activeElement.href).then((r) => r.text())")
        self.assertEqual(content, "o que o cliente mandou")

    def test_what_is_kept_of_a_customer_is_erased_at_their_request(self):
        staff = Staff(self.demo.url).sign_in("admin")
        made = staff.api("POST", "/customers", {"kind": "person", "name": "Zuleica Quintanilha", "phones": ["(31) 99271-0322"],
                                                "contact": {"name": "Zuleica Quintanilha", "email": "zuleica@exemplo.net.br"}})
        page = self.page().sign_in("admin", "/admin/customers/%d" % made["id"])
        page.says("h1", "Zuleica Quintanilha")
        page.click("#erase summary")
        self.fits(page, "customer-erase")
        page.there("#reason").send_keys("Pedido 12")
        # Not by one click: what cannot be undone is ticked first.
        page.click("#erase .danger")
        self.assertTrue(page.js("return document.querySelector('#erase [type=checkbox]').validity.valueMissing"))
        page.click("#erase [type=checkbox]")
        page.leave("#erase .danger")
        page.says("h1", "Dados apagados")
        page.says("main", "Cópias de segurança")
        self.fits(page, "customer-erased")
        self.assertNotIn("Zuleica", page.text("body"))
        page.open("/admin/customers?q=zuleica")
        self.assertNotIn("Quintanilha", page.text("main"))

    def test_a_call_looked_back_at(self):
        self.demo.ring("abandonada", "11922221111", "Iara Melo", seconds=1)
        page = self.page().sign_in("sofia")

        def is_over():
            page.open("/desk/calls?q=11922221111")
            return "A retornar" in (page.text("main") or "")
        wait_for("the call among the last ones", is_over)
        page.leave("main table a[href^='/desk/calls/']")

        # What the line brought is on the disk a moment after it came.
        def is_told():
            page.driver.refresh()
            return "Termina:" in (page.text("#steps") or "")
        wait_for("the call's steps", is_told)
        self.assertIn("Começa, vinda de fora.", page.text("#steps"))
        self.fits(page, "call-steps")


if __name__ == "__main__":
    unittest.main()
