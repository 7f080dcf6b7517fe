"""Every page of the portal: WCAG 2.2 AA by axe-core, in three languages and both colours, narrow and enlarged; its weight; without scripts."""
import unittest

from browser import MISSING, PASSWORD
from portal import DETAILS, FORM, MARIA
from test_portal_follow import PortalTest
from test_portal_open import fill

PAGES = ["/", "/chamados", "/chamados?situacao=all&busca=nada-disso", "/chamados/{ticket}", "/chamados/{closed}", "/chamados/999999",
         "/protocolos", "/guias", "/estados", "/abrir", "/abrir/erro-sistema", "/abrir?busca=erro"]


@unittest.skipIf(MISSING, MISSING)
class Pages(PortalTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket, cls.closed = cls.maria.open_ticket("À vista"), cls.maria.open_ticket("Encerrado")
        cls.staff.move(cls.ticket, "reply", "Olá.")
        cls.staff.move(cls.closed, "solve", "Pronto.")
        cls.maria.do(cls.closed, "confirm", assent="yes")

    def look(self, page, name, language):
        for width, dark in ((360, False), (1280, True), (640, False)):
            page.size(width, 740)
            page.dark(dark)
            where = "%s %s %d%s" % (name, language, width, " dark" if dark else "")
            with self.subTest(where):
                self.narrow(page)
                # 640 px is the wide page at 200 %: looked at by width alone.
                if width != 640:
                    self.assertEqual(page.axe(), [])
            if language == "pt-BR":
                page.shot("portal-" + where.replace("/", "_").replace("?", "_").replace(" ", "-"))
        page.dark(False)

    def test_every_page_in_every_language(self):
        page = self.enter()
        for language in ("pt-BR", "pt-PT", "en"):
            page.driver.add_cookie({"name": "calldesk_language", "value": language})
            for path in PAGES:
                page.open(path.format(ticket=self.ticket, closed=self.closed))
                self.assertEqual(page.js("return document.documentElement.lang"), language)
                self.assertEqual(page.js("return document.querySelectorAll('h1').length"), 1, path)
                self.look(page, path.format(ticket="n", closed="fechado").strip("/") or "inicio", language)

    def test_a_request_page_by_page(self):
        page = self.enter().open("/abrir/erro-sistema")
        page.leave("form[enctype] button.primary")
        page.there("#faltas")
        self.look(page, "formulario-faltas", "pt-BR")
        for _ in range(2):
            if page.all("[name=passo][value=formulario]"):
                fill(page, FORM)
                page.leave("form[enctype] button.primary")
        page.there("[name=description]")
        self.look(page, "detalhes", "pt-BR")
        fill(page, DETAILS)
        page.leave("form[enctype] button.primary")
        page.there("#certo")
        self.look(page, "conferir", "pt-BR")
        page.click("#certo")
        page.leave("form[action^='/abrir/rascunho'] button.primary")
        page.says("h1", "Ticket(s) criado(s)")
        self.look(page, "criado", "pt-BR")

    def test_weight(self):
        page = self.enter()
        page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        measure = """const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter(e => !e.name.endsWith('/events'));
            return [all.length, all.reduce((sum, e) => sum + e.transferSize, 0)]"""
        requests, size = page.open("/chamados/" + self.ticket).js(measure)
        self.assertLessEqual(requests, 10)
        self.assertLess(size, 100_000)
        for path in ("/", "/chamados", "/abrir", "/abrir/erro-sistema", "/protocolos"):
            requests, size = page.open(path).js(measure)
            self.assertLess(size, 20_000, path)

    def test_without_scripts(self):
        page = self.page(width=360, height=740)
        page.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.addCleanup(page.driver.execute_cdp_cmd, "Emulation.setScriptExecutionDisabled", {"value": False})
        page.open("/entrar")
        page.there("#login").send_keys(MARIA)
        page.there("#password").send_keys(PASSWORD)
        page.click("form.card button.primary")
        page.click("#sino")
        page.open("/chamados/" + self.ticket)
        page.there("#reply textarea").send_keys("Sem scripts.")
        page.click("#reply button")
        page.says("#aviso", "Mensagem enviada.")

    def test_print(self):
        page = self.enter().open("/chamados/" + self.ticket)
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        # Browsers are used again.
        self.addCleanup(page.driver.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"media": ""})
        self.assertEqual(page.js("return [...document.querySelectorAll('form')].filter(f => f.offsetParent).length"), 0)
        page.shot("portal-impresso")


if __name__ == "__main__":
    unittest.main()
