"""The customers' side in real Chromium, a test for each label of docs/seeds.md: opening a ticket."""
import pathlib, shutil, tempfile, unittest

from browser import MISSING, wait_for
from portal import DETAILS, FORM
from test_portal_follow import PortalTest, json_text


def fill(page, answers):
    for name, value in answers.items():
        kind = page.js(
            """const f = document.getElementsByName(arguments[0]); if (!f.length) return '';
            const e = [...f].find(x => x.type !== 'hidden'); return e ? (e.type === 'radio' || e.type === 'checkbox' ? 'pick' : e.tagName === 'SELECT' ? 'select' : e.type === 'date' ? 'date' : 'text') : ''""", name)
        if kind == "pick":
            page.js("[...document.getElementsByName(arguments[0])].find(x => x.value === arguments[1]).click()", name, value)
        elif kind in ("select", "date"):
            page.js("document.getElementsByName(arguments[0])[0].value = arguments[1]", name, value)
        elif kind == "text":
            box = page.js("return [...document.getElementsByName(arguments[0])].find(x => x.type !== 'hidden')", name)
            box.clear()
            box.send_keys(value)


@unittest.skipIf(MISSING, MISSING)
class Opening(PortalTest):
    def go_on(self, page):
        page.leave("form[enctype] button.primary")

    def fill_form(self, page):
        """The topic's form, also what an answer makes it ask besides."""
        for _ in range(3):
            if page.all("[name=passo][value=formulario]"):
                fill(page, FORM)
                self.go_on(page)

    def through(self, page, topic="erro-sistema"):
        page.open("/abrir/" + topic)
        self.fill_form(page)
        fill(page, DETAILS)
        self.go_on(page)

    def send(self, page):
        page.click("#certo")
        page.leave("form[action^='/abrir/rascunho'] button.primary")
        page.says("h1", "Ticket(s) criado(s)")

    def test_A5_from_the_section_to_the_number(self):
        page = self.enter()
        page.leave("a.primary")
        page.says("h1", "Abrir chamado")
        page.shot("portal-A5-secoes")
        page.leave(".cards a")
        page.shot("portal-A5-solicitacoes")
        self.narrow(page)
        self.through(page)
        page.shot("portal-A5-conferir")
        self.send(page)
        page.says("main", "Chamado registrado com sucesso")
        page.says("main", "Protocolo")
        page.shot("portal-A5-criado")

    def test_B3_a_section_cannot_be_chosen_a_request_can(self):
        page = self.enter().open("/abrir")
        self.assertTrue(page.all(".cards a[href*='secao=']"))
        page.leave(".cards a[href*='secao=']")
        page.leave(".cards a.topic")
        page.there("form[enctype]")

    def test_B4_fields_of_the_process(self):
        page = self.enter().open("/abrir/erro-sistema")
        self.assertGreaterEqual(len(page.all(".question")), 4)
        page.shot("portal-B4-formulario")

    def test_C3_portfolio_service_activity_with_search(self):
        page = self.enter().open("/abrir")
        page.there("#busca").send_keys("erro")
        page.leave("form[role=search] button")
        page.leave("a.topic[href^='/abrir/erro-sistema']")
        page.says("nav.trail", "›")

    def test_C4_description_is_owed_files_are_not(self):
        page = self.enter().open("/abrir/erro-sistema")
        self.fill_form(page)
        self.go_on(page)
        page.says("#faltas", "Confira os campos")
        page.shot("portal-C4-faltas")
        self.assertTrue(page.all("[name=description][aria-invalid]"))
        self.assertFalse(page.all("[type=file][aria-invalid]"))
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, True)
        pathlib.Path(folder, "foto.txt").write_text("tela")
        page.there("[type=file]").send_keys(folder + "/foto.txt")
        fill(page, {**DETAILS, "description": ""})
        self.go_on(page)
        page.says(".file", "foto.txt")
        fill(page, DETAILS)
        self.go_on(page)
        page.says(".review", "foto.txt")

    def test_C5_pop_up_then_the_list(self):
        page = self.enter()
        self.through(page)
        self.send(page)
        page.says("table.plain", "Prioridade")
        number = page.text("table.plain a").strip()
        page.leave("a.button.primary")
        page.there("#n" + number)
        page.shot("portal-C5-na-lista")

    def test_D1_the_subject_decides_the_department(self):
        number = self.maria.open_ticket("Do assunto")
        self.assertTrue(self.staff.ticket(number)["department"])

    def test_D3_a_password_is_handed_over_safely(self):
        page = self.enter().open("/abrir/biometria-integracao")
        self.assertTrue(page.all("input[type=password][autocomplete=off]"))
        page.click("details.info summary")
        page.says("details.info", "72 h")
        page.shot("portal-D3-senha")

    def test_D4_which_product_it_concerns_or_none(self):
        customer = self.staff.api("GET", "/customers?q=52998224725")["items"][0]["id"]
        path = "/customers/%d/contracts" % customer
        path += "/%d" % self.staff.api("GET", path)["items"][0]["id"]
        self.staff.api("PATCH", path, {"products": ["exemplo.com.br", "exemplo.net.br"]})
        self.addCleanup(self.staff.api, "PATCH", path, {"products": []})
        page = self.enter().open("/abrir/erro-sistema")
        self.fill_form(page)
        page.says("main", "O produto não está associado a um domínio")
        self.assertEqual(page.all("[name=product]:checked"), [], "nothing is chosen in advance")
        fill(page, {**DETAILS, "product": "exemplo.net.br"})
        page.shot("portal-D4-dominios")
        self.narrow(page)
        self.assertEqual(page.axe(), [])
        self.go_on(page)
        page.says(".review", "exemplo.net.br")
        self.send(page)
        number = page.text("table.plain a").strip()
        self.assertIn("exemplo.net.br", json_text(self.staff.ticket(number)))

    def test_D5_a_copy_goes_out_at_once(self):
        number = self.maria.open_ticket("Com cópia")
        wait_for("the copy", lambda: next((m for m in self.demo.messages() if all(words in json_text(m) for words in
                                          (number, "Erro 613", "Ao emitir aparece a mensagem."))), None))

    def test_E1_guides_before_the_form(self):
        page = self.enter().open("/abrir/erro-sistema")
        page.says("main", "Isto já ajuda?")
        page.open("/guias").there("ul.links a")
        page.shot("portal-E1-guias")

    def test_E3_every_field_explains_itself(self):
        page = self.enter().open("/abrir/erro-sistema")
        self.assertTrue(page.all(".question .hint"))

    def test_E8_other_request(self):
        page = self.enter().open("/abrir?busca=outra")
        page.says(".cards", "Outra solicitação")

    def test_drafts_are_kept(self):
        page = self.enter().open("/abrir/erro-sistema")
        self.fill_form(page)
        page.open("/abrir")
        page.leave("ul.rows a[href^='/abrir/rascunho/']")
        page.there("[name=description]")

    def test_by_the_keyboard_alone(self):
        page = self.enter().open("/abrir/erro-sistema")
        for name, value in FORM.items():
            if not page.js("return document.getElementsByName(arguments[0]).length", name):
                continue
            self.tab_to(page, name)
            kind = page.js("return document.activeElement.type")
            if kind == "radio":
                page.press("Space")
                wanted = page.js("return [...document.getElementsByName(arguments[0])].findIndex(x => x.value === arguments[1])", name, value)
                for _ in range(wanted):
                    page.press("Arrow_Down")
            elif kind == "date":
                # The field's order is the browser's own, not the page's.
                for keys in ("11202026", "20112026"):
                    if not page.js("return document.activeElement.value"):
                        page.type(keys)
            else:
                page.type(value)
        self.tab_to(page, "ir")
        page.press("Enter")
        wait_for("the draft; it says %r" % page.text(".fault"), lambda: "/abrir/rascunho/" in page.driver.current_url)

    def tab_to(self, page, name):
        for _ in range(60):
            page.press("Tab")
            if page.js("return document.activeElement.name") == name:
                return
        self.fail("the keyboard does not come to " + name)


if __name__ == "__main__":
    unittest.main()
