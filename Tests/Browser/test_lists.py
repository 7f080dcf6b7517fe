"""Lists of tickets: what is chosen is done at once, taken back within a minute, and a list is kept by its name."""
import unittest

from browser import BrowserTest, wait_for
import interview


class Lists(BrowserTest):
    def ticket(self, page):
        self.demo.ring("fila")
        page.there("#question", 20)
        interview.until(page, "review", {"summary": "Nota fiscal não sai"})
        page.press(("Control", "Enter"))
        number = page.there("#done .ticket-number").text.strip()
        page.press("Escape")
        page.gone("#done")
        return number

    def test_what_is_asked_of_many_again_after_a_lost_answer_is_done_once(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        number = self.ticket(page)
        page.open("/desk/tickets?list=unassigned")
        page.says("main", number)
        page.js("""
            const real = window.fetch;
            window.fetch = async (...request) => {
              const answer = await real(...request);
              if (!String(request[0]).endsWith('/ticket-moves')) return answer;
              window.fetch = real;
              throw new TypeError('lost');
            };""")
        page.click("tbody input.pick")
        page.click('#bulk button[data-move="take"]')
        page.says("#said", "Sem conexão")
        page.click('#bulk button[data-move="take"]')
        page.says("#said", "1 chamado alterado")
        page.click("#said button")
        page.says("main", number)

    def test_many_are_taken_at_once_and_given_back(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        number = self.ticket(page)
        page.open("/desk/tickets?list=unassigned")
        page.says("main", number)
        self.assertEqual(page.axe(), [])
        page.shot("lists")
        page.click("tbody input.pick")
        page.says("#chosen", "1 chamado escolhido")
        page.click('#bulk button[data-move="take"]')
        page.says("#said", "1 chamado alterado")
        page.shot("lists-undo")
        wait_for("the list to be empty", lambda: "Nenhum chamado sem responsável" in page.text("main"))
        page.click("#said button")
        page.says("main", number)
        page.says("main", "Desfeito")
        # The other ways to it: next, and a list of one's own that stays.
        page.open("/desk/tickets?list=department&priority=high&order=due")
        page.says("main", number)
        page.click("details.keep summary")
        page.there("#name").send_keys("Altas por prazo")
        page.click("details.keep form button")
        page.says("nav.lists", "Altas por prazo")
        page.says("nav.lists li:has([aria-current]) .badge", "1")
        # The same name once more is asked about, and what was typed stays.
        page.open("/desk/tickets?list=department")
        page.click("details.keep summary")
        page.there("#name").send_keys("Altas por prazo")
        page.click("details.keep form button")
        page.says("details.keep .note", "Você já guarda uma lista com este nome")
        self.assertEqual(page.js("return document.getElementById('name').value"), "Altas por prazo")
        self.assertEqual(page.axe(), [])
        page.shot("lists-same-name")
        page.click('details.keep input[name="replaces"]')
        page.click("details.keep form button")
        page.says("nav.lists", "Altas por prazo")
        # In one look: the page that follows may come while the old one is read.
        named = "return [...document.querySelectorAll('nav.lists li')].filter((e) => e.innerText.includes('Altas por prazo')).length"
        wait_for("one list of the name", lambda: page.js(named) == 1)
        page.open("/desk/tickets?list=department&priority=high&order=due")
        page.click("#next")
        wait_for("the ticket's page", lambda: page.driver.current_url.endswith("/" + number))
        page.says("main", "Ao emitir a nota aparece a mensagem.")
        page.open("/desk/tickets?list=mine")
        page.says("main", number)
        page.size(360, 740)
        self.assertEqual(page.axe(), [])
        self.assertLessEqual(page.js("return document.documentElement.scrollWidth"), 360)
        page.shot("lists-360")


if __name__ == "__main__":
    unittest.main()
