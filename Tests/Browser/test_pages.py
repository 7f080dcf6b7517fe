"""Every page, light and dark, wide and on a telephone: WCAG 2.2 AA by axe-core, nothing cut off, nothing complained of."""
import unittest

from browser import BrowserTest, Keys, wait_for
import interview

#: What is looked at, by who may.
TECHNICIAN = ["/desk", "/desk/tickets", "/desk/tickets?q=erro", "/desk/calls", "/desk/profile", "/admin/customers",
              "/admin/customers/new", "/admin/customers/1", "/desk/tickets/{ticket}", "/desk/tickets/999999"]
ADMINISTRATOR = ["/admin", "/admin/users", "/admin/users/new", "/admin/users/1", "/admin/catalogue", "/admin/templates",
                 "/admin/templates/ticket_opened/sms/pt-BR", "/admin/templates/ticket_opened/mail/en", "/admin/notices", "/admin/lines",
                 "/admin/webhooks", "/admin/webhooks/new", "/admin/callers"]


class Pages(BrowserTest):
    def ticket(self, page):
        """Opens one by a call, so that there is something to look at."""
        self.demo.ring("fila", seconds=5)
        page.there("#question")
        interview.until(page, "review", {"summary": "Erro 613 ao emitir"})
        page.press(("Control", "Enter"))
        page.there("#done")
        return page.text("#done .ticket-number").strip()

    def look(self, page, name):
        """One state of one page, in both colours and both widths."""
        for width, height, dark in ((1280, 900, False), (1280, 900, True), (640, 450, False), (360, 740, False)):
            page.size(width, height)
            page.dark(dark)
            where = "%s %d%s" % (name, width, " dark" if dark else "")
            page.shot(where.replace("/", "_").replace("?", "_").replace(" ", "-"))
            # 640 px is the wide page at 200 %: the same rules as for the telephone, looked at by width alone.
            with self.subTest(where):
                overflow = page.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                self.assertLessEqual(overflow, 0, "it scrolls sideways")
                if width != 640:
                    self.assertEqual(page.axe(), [])
        page.dark(False)
        page.size(1280, 900)

    def visit(self, page, paths, **values):
        for path in paths:
            page.open(path.format(**values))
            page.there("#main")
            # Lists and previews are there before the page is looked at.
            wait_for("the page to be still", lambda: page.js("return document.readyState === 'complete' && !document.querySelector('[aria-busy=true]')"))
            self.look(page, path.format(ticket="10019").strip("/"))
            self.assertEqual(page.js("return document.querySelectorAll('h1').length"), 1, path)

    def test_weight(self):
        page = self.page().sign_in("ana")
        page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
        measure = """const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
            .filter(e => !e.name.endsWith('/events') && !e.name.includes('/api/'));
            return [all.length, all.reduce((sum, e) => sum + e.transferSize, 0), all.map(e => e.name)]"""
        page.open("/desk").there("#main")
        page.there("#walk-in")
        requests, size, names = page.js(measure)
        self.assertLessEqual(requests, 10, names)
        self.assertLess(size, 100_000)

    def test_the_technicians_pages(self):
        page = self.page().open("/desk/sign-in")
        self.look(page, "sign-in")
        page.sign_in("ana")
        page.says("#stage", "Pronto")
        number = self.ticket(page)
        page.says("#done .fates", "entregue")
        self.look(page, "desk done")
        page.press("Escape")
        self.look(page, "desk finished")
        self.visit(page, TECHNICIAN, ticket=number)

    def test_the_administrations_pages(self):
        page = self.page().sign_in("admin")
        self.visit(page, ADMINISTRATOR)
        page.open("/admin/lines")
        page.click("#self-test")
        page.says("#hops", "Fim da ligação", 30)
        self.look(page, "admin lines tested")

    def test_a_subscriber_is_made_tried_paused_and_removed(self):
        page = self.page().sign_in("admin", "/admin/webhooks/new")
        # Nobody listens there, and loopback is refused: the log has something to say.
        page.js("document.getElementById('name').value = 'ERP'; document.getElementById('url').value = 'https://localhost:9/x'")
        page.click("#subscriber [name=events][value=ticket]")
        page.click("#subscriber button.primary")
        page.there("#told")
        first = page.js("return document.getElementById('told').value")
        self.assertTrue(first.startswith("whsec_"), first)
        page.leave("#subscriber a.primary")
        page.there("#try")
        self.assertNotIn(first, page.js("return document.documentElement.innerHTML"))
        page.click("#try button")
        page.says("#log", "Teste")
        self.look(page, "admin webhook")
        page.click("#rotate button")
        page.there("#told")
        self.assertNotEqual(page.js("return document.getElementById('told').value"), first)
        page.leave("#rotate a.primary")
        page.there("#rotate button")
        page.click("#subscriber [name=paused]")
        page.click("#subscriber button.primary")
        page.says("header .badge", "em pausa")
        page.open("/admin/webhooks")
        page.says("table", "em pausa")
        self.look(page, "admin webhooks filled")
        page.leave("tbody a")
        page.there("#try")
        page.js("window.confirm = () => true")
        page.click("button.remove")
        page.says("main", "Nenhum programa")

    def test_callers_rules_are_put_in_order_tried_and_saved(self):
        page = self.page().sign_in("admin", "/admin/callers")
        page.gone("#rules[aria-busy]")
        self.demo.ring("direta", number="11987650001", name="Trote", seconds=3)
        page.click(".add[data-table=blocks]")
        page.js("document.querySelector('#blocks [name=value]').value = 'abc'")
        page.click("#rules button.primary")
        page.says("#blocks .fault", "E.164")
        page.js("document.querySelector('#blocks [name=kind]').value = 'prefix';"
                "document.querySelector('#blocks [name=value]').value = '+551198765000'")
        for pattern in ("00*", "000*"):
            page.click(".add[data-table=incoming]")
            page.js("const r = document.querySelector('#incoming tbody tr:last-child');"
                    "r.querySelector('[name=pattern]').value = arguments[0]; r.querySelector('[name=to]').value = '+*'", pattern)
        page.click("#incoming tbody tr:last-child .up")

        def is_tried():
            page.click("#preview")
            return "não atendida" in (page.text("#calls") or "")
        wait_for("the call among the last ones", is_tried)
        self.look(page, "admin callers tried")
        page.click("#rules button.primary")
        page.says("main", "Salvo.")
        page.gone("#rules[aria-busy]")
        self.assertEqual(page.js("return [...document.querySelectorAll('#incoming [name=pattern]')].map(e => e.value)"), ["000*", "00*"])
        # The line knows no rules: a blocked caller who gives up is no missed call.
        self.demo.ring("abandonada", number="11987650002", name="Trote", seconds=3)

        def is_blocked():
            page.open("/desk/calls")
            return "bloqueada" in page.text("main table").casefold()
        wait_for("the call to be told as blocked", is_blocked)
        # The next tests ring as they please.
        page.open("/admin/callers")
        page.gone("#rules[aria-busy]")
        for table in ("blocks", "incoming", "incoming"):
            page.click("#%s .away" % table)
        page.click("#rules button.primary")
        page.gone("#blocks tbody tr")

    def test_questions_and_dialogs(self):
        page = self.page().sign_in("bruno")
        page.says("#stage", "Pronto")
        self.demo.ring("direta", number="3132710322", name="Padaria", seconds=100)
        page.there("#question")
        self.look(page, "question candidates")
        page.js("document.querySelector('.option.candidate').click()")
        wait_for("another question", lambda: page.question()[0] != "identify")
        seen = set()
        for _ in range(40):
            prompt, kind, _ = page.question()
            if prompt == "review":
                break
            if kind not in seen:
                seen.add(kind)
                self.look(page, "question " + kind)
            interview.answer(page)
        self.look(page, "question review")
        page.press("?")
        page.there("#keys")
        self.look(page, "dialog keys")
        page.press("Escape", ("Control", "k"))
        page.there("#palette")
        page.type("maria")
        page.says("#palette", "Maria Silva")
        self.look(page, "dialog palette")
        page.press("Escape")
        for index, name in enumerate(("hand", "end")):
            page.click(".more summary")
            page.all(".menu.up button")[index].click()
            page.there("#" + name)
            self.look(page, "dialog " + name)
            page.press("Escape")
        page.click("#account summary")
        self.look(page, "menu account")

    def test_focus_is_seen_and_goes_in_the_order_of_the_page(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        seen = []
        for _ in range(20):
            page.press("Tab")
            tag, identity, words = page.focus()
            if tag == "body":
                break
            # Whoever has the focus shows it: a ring of its own, or the browser's.
            ring = page.js("const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'")
            self.assertTrue(ring, "no ring: %s %s" % (tag, identity))
            seen.append((tag, identity, words.strip()))
        self.assertEqual(seen[0][2], "Ir para o conteúdo")
        self.assertIn(("button", "walk-in"), [entry[:2] for entry in seen])


if __name__ == "__main__":
    unittest.main()
