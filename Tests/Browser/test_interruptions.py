"""Reloads, crashes and lost networks in the middle of an interview: not a word is typed twice."""
import unittest

from browser import BrowserTest, Keys, wait_for
import interview


class Interruptions(BrowserTest):
    def begun(self):
        """A walk-in with the topic chosen, at a question that takes words."""
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        page.press(("Alt", "n"))
        page.there("#question")
        before = page.question()
        page.js("document.querySelector('[data-option=skip]').click()")
        page.next_question(before)
        interview.until(page, "description", {"caller.name": "Rui", "summary": "Nota fiscal não sai"})
        return page

    def test_what_is_typed_survives_a_reload_and_a_crash_of_the_browser(self):
        page = self.begun()
        before = page.question()
        page.type("Meia frase que ainda não foi envi")
        path = page.js("return location.pathname + location.search")
        page.driver.refresh()
        wait_for("the same question", lambda: page.question() == before)
        self.assertEqual(page.js("return document.getElementById('answer').value"), "Meia frase que ainda não foi envi")
        # The browser dies; another machine knows every answer that was given.
        page.crash()
        other = self.page().sign_in("ana")
        other.says("#drafts", "Descrição")
        other.click("#drafts button")
        wait_for("the same question elsewhere", lambda: other.question() == before)
        self.assertIn("/desk?a=", path)
        interview.until(other, "review")
        other.says(".review", "Nota fiscal não sai")

    def test_an_answer_given_while_the_service_is_dead_goes_when_it_is_back(self):
        page = self.begun()
        before = page.question()
        self.demo.kill()
        page.type("Escrito durante a queda.")
        page.press(("Control", "Enter"))
        page.says("#said", "Sem conexão")
        page.says("#connection", "Sem conexão", 20)
        page.shot("desk-offline")
        self.demo.start("--keep")
        page.next_question(before, 30)
        wait_for("the bar to go", lambda: page.js("return document.getElementById('connection').hidden"), 30)
        interview.until(page, "review")
        page.says(".review", "Escrito durante a queda.")
        page.press(("Control", "Enter"))
        page.there("#done")

    def test_a_session_that_ended_is_taken_up_where_it_was(self):
        page = self.begun()
        before = page.question()
        page.driver.delete_all_cookies()
        page.type("Quase tudo escrito")
        page.press(("Control", "Enter"))
        page.says("#signed-out", "Sua sessão terminou")
        old = page.driver.current_window_handle
        page.press("Enter")
        # The session begins again in a tab of its own, which has what was typed too.
        wait_for("the other tab", lambda: len(page.driver.window_handles) == 2)
        page.driver.switch_to.window(page.driver.window_handles[1])
        page.there("#login").send_keys("ana")
        page.there("#password").send_keys("demonstracao1" + Keys.ENTER)
        wait_for("the question", lambda: page.question() == before)
        self.assertEqual(page.js("return document.getElementById('answer').value"), "Quase tudo escrito")
        page.driver.close()
        page.driver.switch_to.window(old)
        page.gone("#signed-out")
        self.assertEqual(page.js("return document.getElementById('answer').value"), "Quase tudo escrito")
        page.press(("Control", "Enter"))
        page.next_question(before)


if __name__ == "__main__":
    unittest.main()
