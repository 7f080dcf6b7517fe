"""The customers' accounts in a real browser, on a telephone of 360 px: a test for each label of docs/seeds.md, and the pages before signing in."""
import re, shutil, subprocess, tempfile, unittest, pathlib

from browser import BINARY, MISSING, PASSWORD, SHOTS, BrowserTest, Demo, ports, wait_for
from portal import ANA_LUZ, MARIA, Customer, Web
from test_portal_follow import PortalTest, json_text

PHRASE = "uma senha longa 1"
FIELDS = {
    "name": "Joana Prates", "document": "111.444.777-35", "phone": "(31) 99876-1234", "cep": "30110-000",
    "address": "Rua das Flores, 10", "email": "joana@exemplo.com.br", "password": PHRASE, "repeated": PHRASE,
}


class AccountTest(PortalTest):
    def fill(self, page, values):
        for name, value in values.items():
            field = page.there("[name=%s]:not([type=hidden])" % name)
            field.clear()
            field.send_keys(value)

    def send(self, page, field=None):
        """Sends the form that holds a field, else the first."""
        if field:
            page.leave("form:has([name=%s]:not([type=hidden])) .primary" % field)
        else:
            page.leave("main form .primary")

    def look(self, page, name, language="pt-BR"):
        """One page in both colours, on a telephone and at 200 %."""
        for width, dark in ((360, False), (360, True), (640, False)):
            page.size(width, 740)
            page.dark(dark)
            with self.subTest("%s %s %d%s" % (name, language, width, " dark" if dark else "")):
                if language == "pt-BR":
                    page.shot("portal-%s-%d%s" % (name, width, "-dark" if dark else ""))
                self.narrow(page)
                self.assertEqual(page.axe(), [])
        page.dark(False)
        page.size(360, 740)

    def link(self, part):
        """The path of the last mail's link that holds a word."""
        def found():
            paths = re.findall(r"http://[^\s\"\\<]*?(/%s/[0-9a-f]{64})" % part, str(self.demo.messages()))
            return paths[0] if paths else None
        return wait_for("a mail with /%s/" % part, found)

    def phone(self):
        page = self.page()
        page.size(360, 740)
        return page


@unittest.skipIf(MISSING, MISSING)
class Before(AccountTest):
    """What is seen before somebody has signed in."""

    def test_every_page_in_every_language(self):
        page = self.phone()
        for language in ("pt-BR", "pt-PT", "en"):
            page.open("/estados").driver.add_cookie({"name": "calldesk_language", "value": language})
            for path in ("/", "/entrar", "/cadastro", "/consultar", "/esqueci", "/guias"):
                page.open(path)
                self.assertEqual(page.js("return document.documentElement.lang"), language)
                self.look(page, path.strip("/") or "inicio", language)

    def test_the_first_page_is_light_and_later_ones_lighter(self):
        page = self.phone()
        page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        measure = """const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
            return [all.length, all.reduce((sum, e) => sum + e.transferSize, 0)]"""
        requests, size = page.open("/").js(measure)
        self.assertTrue(0 < requests <= 10, requests)
        self.assertTrue(1_000 < size < 100_000, size)
        for path in ("/entrar", "/cadastro", "/consultar", "/esqueci", "/guias", "/estados"):
            self.assertLess(page.open(path).js(measure)[1], 20_000, path)

    def test_C1_registration_with_the_sum_and_a_mail(self):
        page = self.phone().open("/cadastro")
        self.fill(page, {**FIELDS, "email": "financeiro@exemplo.com.br"})
        page.there("#soma").send_keys("99")
        self.send(page)
        page.says("#soma-about", "conta")
        page.says("#email-about", "setor")
        self.look(page, "cadastro-errado")
        page.open("/cadastro")
        # As it is copied out of a mail.
        self.fill(page, {**FIELDS, "email": "Joana Prates <joana@exemplo.com.br>"})
        first, total = re.search(r"(\d+) \+ .* = (\d+)", page.text("label[for=soma]")).groups()
        page.there("#soma").send_keys(str(int(total) - int(first)))
        self.send(page)
        page.says("h1", "Confirme o seu e-mail")
        page.says("main", "joana@exemplo.com.br")
        page.open(self.link("confirmar"))
        self.look(page, "confirmar")
        self.fill(page, {"password": PHRASE})
        self.send(page)
        page.says("h1", "Joana")

    def test_E6_a_departments_address_is_refused_with_the_reason(self):
        page = self.phone().open("/cadastro")
        self.fill(page, {**FIELDS, "email": "financeiro@exemplo.com.br"})
        page.there("#soma").send_keys("99")
        self.send(page)
        page.says("#email-about", "setor")

    def test_B1_credentials_from_the_desk_lead_to_tickets_under_way_and_closed(self):
        page = self.phone().open("/entrar")
        self.fill(page, {"login": MARIA, "password": PASSWORD})
        self.send(page)
        page.says("h1", "Maria")
        page.says(".counts", "Abertos")
        page.says(".counts", "Fechados")
        page.shot("portal-B1-inicio")

    def test_E5_the_desk_invites_and_the_customer_activates(self):
        desk = self.page().sign_in("ana", "/admin/customers")
        [row for row in desk.all("main tbody a") if "João Reis" in row.text][0].click()
        desk.click("details.linked summary")
        desk.says("details.linked", "sem conta")
        [button for button in desk.all("button") if "Convidar para o portal" in button.text][0].click()
        desk.says("main", "Convite enviado.")
        desk.click("details.linked summary")
        desk.says("details.linked", "conta criada, à espera da ativação")
        self.assertEqual(desk.axe(), [])
        page = self.phone().open(self.link("ativar"))
        self.look(page, "ativar")
        self.fill(page, {"password": PHRASE, "repeated": PHRASE})
        self.send(page)
        page.says("main", "João")
        page.open("/chamados")
        page.says("h1", "Meus chamados")


@unittest.skipIf(MISSING, MISSING)
class Own(AccountTest):
    """What is one's own, signed in."""

    def test_every_tab(self):
        page = self.enter()
        for path in ("/dados", "/telefones", "/senha", "/preferencias"):
            page.open(path)
            self.look(page, path.strip("/"))

    def test_A1_data_are_changed_and_what_is_mandatory_is_enforced(self):
        page = self.enter().open("/dados")
        address = page.there("[name^='address-']")
        address.clear()
        address.send_keys("Rua Nova, 7")
        self.send(page)
        page.says("[role=status]", "Dados salvos com sucesso!")
        page.shot("portal-A1-dados")
        self.assertEqual(page.js("return document.querySelector(\"[name^='address-']\").value"), "Rua Nova, 7")
        self.assertTrue(page.js("return document.querySelector('[name=name]').required"))
        page.there("[name=name]").clear()
        # Past the browser's own check, which a program would not make either.
        page.js("document.querySelector('[name=name]').form.noValidate = true")
        self.send(page)
        page.there("[name=name][aria-invalid]")

    def test_A2_a_telephone_is_added_by_its_code_and_removed(self):
        page = self.enter().open("/telefones")
        self.fill(page, {"number": "(11) 97777-1234"})
        self.send(page, "number")
        code = wait_for("the code", lambda: next((found.group(1) for m in self.demo.messages() if m["kind"] == "sms"
                                                  for found in [re.search(r"(\d{3} \d{3})", m["text"])] if found), None))
        page.there("#code").send_keys(code)
        page.shot("portal-A2-codigo")
        self.send(page, "code")
        page.says("[role=status]", "Telefone adicionado com sucesso!")
        page.says("ul.links", "(11) 97777-1234")
        self.look(page, "A2-telefone-adicionado")
        page.click("button[aria-label='Remover (11) 97777-1234']")
        wait_for("the number to go", lambda: "97777" not in page.text("ul.links"))

    def test_A3_a_contract_without_sms_is_said(self):
        page = self.enter().open("/telefones")
        page.says("section.card", "Os avisos por SMS chegam aos celulares desta lista.")
        staff = self.staff
        customer = next(c for c in staff.api("GET", "/customers?q=Oficina+Norte")["items"])
        contract = staff.api("GET", "/customers/%d/contracts" % customer["id"])["items"][0]
        self.assertTrue(contract["sms"])
        maria = next(c for c in staff.api("GET", "/customers?q=52998224725")["items"])
        own = staff.api("GET", "/customers/%d/contracts" % maria["id"])["items"][0]
        staff.api("PATCH", "/customers/%d/contracts/%d" % (maria["id"], own["id"]), {"sms": False})
        self.addCleanup(staff.api, "PATCH", "/customers/%d/contracts/%d" % (maria["id"], own["id"]), {"sms": True})
        page.open("/telefones").says("section.card", "O contrato não tem o serviço de SMS")
        page.shot("portal-A3-sem-sms")

    def test_A4_three_fields_change_the_password(self):
        page = self.enter(ANA_LUZ).open("/senha")
        self.assertEqual(len(page.all("main form [type=password][required]")), 3)
        self.fill(page, {"current": PASSWORD, "password": "outra senha 22", "repeated": "outra senha 22"})
        self.send(page)
        page.says("[role=status]", "Senha alterada com sucesso!")
        page.shot("portal-A4-senha")
        self.fill(page, {"current": "outra senha 22", "password": PASSWORD, "repeated": PASSWORD})
        self.send(page)
        page.says("[role=status]", "Senha alterada com sucesso!")

    def test_B2_menu_bell_and_preferences_with_a_photo(self):
        page = self.enter()
        for path in ("/chamados", "/abrir"):
            self.assertTrue(page.all("header.top nav a[href='%s']" % path))
        self.assertTrue(page.all("#sino"))
        page.shot("portal-B2-menu")
        page.open("/preferencias")
        page.there("#photo").send_keys(str(SHOTS / "portal-B2-menu.png"))
        self.send(page, "photo")
        page.says("[role=status]", "Foto salva com sucesso!")
        wait_for("the photo", lambda: page.js("const i = document.querySelector('img.portrait'); return i && i.naturalWidth") == 256)
        self.look(page, "B2-foto")


@unittest.skipIf(MISSING, MISSING)
class Domains(AccountTest):
    """Signing in where there is more than one domain: a desk whose settings name a directory, which is down."""

    @classmethod
    def setUpClass(cls):
        BrowserTest.setUpClass.__func__(cls)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="domains-in-chromium-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        port, down = ports.reserve(2), None
        (folder / "calldesk.yml").write_text(SETTINGS % {"folder": folder, "port": port, "down": port + 1})
        log = open(folder / "log", "ab")
        process = subprocess.Popen([BINARY, "serve", "--config", str(folder / "calldesk.yml")], cwd=folder, stdout=log, stderr=log)
        log.close()

        def stop():
            process.terminate()
            process.wait(30)
        cls.addClassCleanup(stop)
        cls.shared = Web("http://127.0.0.1:%d" % port)

        def answers():
            if process.poll() is not None:
                raise AssertionError((folder / "log").read_text()[-2000:])
            try:
                return "h1" in cls.shared.get("/entrar")
            except OSError:
                return False
        wait_for("the desk to listen", answers)

    def test_C2_domain_language_and_forgotten_password(self):
        page = self.phone().open("/entrar")
        self.assertEqual([option.text for option in page.all("#domain option")][-1], "citsmart.local")
        self.assertTrue(page.all("a[href='/esqueci']") and page.all("a[href='/cadastro']"))
        for language in ("pt-BR", "pt-PT", "en"):
            page.driver.add_cookie({"name": "calldesk_language", "value": language})
            page.open("/entrar")
            self.assertEqual(page.js("return document.documentElement.lang"), language)
            self.look(page, "C2-dominios", language)
        page.js("document.getElementById('idioma').value = 'pt-BR'")
        page.leave("footer form button")
        self.assertEqual(page.js("return document.documentElement.lang"), "pt-BR")
        self.assertIn("/entrar", page.driver.current_url, "another language is the same page")
        self.fill(page, {"login": "maria", "password": "uma senha 1"})
        page.js("document.getElementById('domain').value = 'citsmart.local'")
        self.send(page)
        page.says("#message", "não pode ser consultado agora")
        self.assertEqual(page.js("return document.getElementById('domain').value"), "citsmart.local")
        self.look(page, "C2-diretorio-fora")


SETTINGS = """
desk: {name: Central, url: "http://127.0.0.1:%(port)d", data: "%(folder)s/data"}
http: {host: 127.0.0.1, port: %(port)d}
database: "sqlite:%(folder)s/calldesk.sqlite"
ldap:
  - {domain: citsmart.local, url: "ldap://127.0.0.1:%(down)d", base: "dc=citsmart,dc=local"}
"""


if __name__ == "__main__":
    unittest.main()
