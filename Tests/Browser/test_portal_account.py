"""The customers' accounts in a real browser, on a telephone of 360 px and without scripts: register, confirm, one's own data."""
import re
import unittest

from browser import SHOTS, BrowserTest, wait_for

PHRASE = "uma senha longa 1"
FIELDS = {
    "name": "Joana Prates", "document": "111.444.777-35", "phone": "(31) 99876-1234", "cep": "30110-000",
    "address": "Rua das Flores, 10", "email": "joana@exemplo.com.br", "password": PHRASE, "repeated": PHRASE,
}


class PortalAccount(BrowserTest):
    def fill(self, page, values):
        for name, value in values.items():
            field = page.there("[name=%s]" % name)
            field.clear()
            field.send_keys(value)

    def send(self, page):
        page.click("main form .primary")

    def look(self, page, name):
        """One page in both colours, on a telephone and at 200 %."""
        for width, dark in ((360, False), (360, True), (640, False)):
            page.size(width, 740)
            page.dark(dark)
            with self.subTest("%s %d%s" % (name, width, " dark" if dark else "")):
                page.shot("portal-%s-%d%s" % (name, width, "-dark" if dark else ""))
                overflow = page.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                self.assertLessEqual(overflow, 0, "it scrolls sideways")
                self.assertEqual(page.axe(), [])
        page.dark(False)
        page.size(360, 740)

    def link(self, part):
        """The path of the last mail's link that holds a word."""
        def found():
            paths = re.findall(r"http://[^\s\"\\<]*?(/%s/[0-9a-f]{64})" % part, str(self.demo.messages()))
            return paths[0] if paths else None
        return wait_for("a mail with /%s/" % part, found)

    def register(self, page):
        page.open("/cadastro")
        self.fill(page, FIELDS)
        first, total = re.search(r"(\d+) \+ .* = (\d+)", page.text("label[for=soma]")).groups()
        page.there("#soma").send_keys(str(int(total) - int(first)))
        self.send(page)
        page.says("h1", "Confirme o seu e-mail")
        page.open(self.link("confirmar"))
        self.look(page, "confirmar")
        self.fill(page, {"password": PHRASE})
        self.send(page)
        page.says("h1", "Joana")

    def test_c1_registration_and_a1_to_a4_and_b2(self):
        page = self.page(width=360, height=740)
        for path in ("/", "/entrar", "/cadastro", "/consultar", "/esqueci"):
            page.open(path)
            self.look(page, path.strip("/") or "inicio")
        self.register(page)
        for path in ("/dados", "/telefones", "/senha", "/preferencias"):
            page.open(path)
            self.look(page, path.strip("/"))
        self.photo(page)
        page.open("/senha")
        self.fill(page, {"current": PHRASE, "password": "outra senha 22", "repeated": "outra senha 22"})
        self.send(page)
        page.says("[role=status]", "Senha alterada com sucesso!")
        page.open("/telefones")
        self.fill(page, {"number": "(31) 99876-4321"})
        page.js("document.querySelector('[name=number]:not([type=hidden])').form.querySelector('.primary').click()")
        page.says("[role=status]", "Telefone adicionado com sucesso!")
        self.look(page, "telefone-adicionado")

    def photo(self, page):
        """A photo of a screen's own picture, taken by the page and shown as a square."""
        page.open("/preferencias")
        page.there("#photo").send_keys(str(SHOTS / "portal-preferencias-360.png"))
        page.js("document.getElementById('photo').form.querySelector('.primary').click()")
        page.says("[role=status]", "Foto salva com sucesso!")
        wait_for("the photo", lambda: page.js("const i = document.querySelector('img.portrait'); return i && i.naturalWidth") == 256)
        self.look(page, "foto")

    def test_e6_a_departments_address_is_refused_with_the_reason(self):
        page = self.page(width=360, height=740)
        page.open("/cadastro")
        self.fill(page, {**FIELDS, "email": "financeiro@exemplo.com.br"})
        page.there("#soma").send_keys("99")
        self.send(page)
        page.says("#email-about", "setor")
        self.look(page, "cadastro-errado")

    def test_e5_b1_the_desk_invites_and_the_customer_activates(self):
        desk = self.page().sign_in("ana", "/admin/customers")
        [row for row in desk.all("main tbody a") if "João Reis" in row.text][0].click()
        desk.click("details.linked summary")
        desk.says("details.linked", "sem conta")
        [button for button in desk.all("button") if "Convidar para o portal" in button.text][0].click()
        desk.says("main", "Convite enviado.")
        desk.click("details.linked summary")
        desk.says("details.linked", "conta criada, à espera da ativação")
        self.assertEqual(desk.axe(), [])
        page = self.page(width=360, height=740)
        page.open(self.link("ativar"))
        self.look(page, "ativar")
        self.fill(page, {"password": PHRASE, "repeated": PHRASE})
        self.send(page)
        page.says("main", "João")
        page.open("/chamados")
        page.says("h1", "Meus chamados")


if __name__ == "__main__":
    unittest.main()
