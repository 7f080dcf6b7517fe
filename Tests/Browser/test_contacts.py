"""Two contacts on one screen: a call that comes while hands are at another one, and answers that come late or are lost."""
import unittest

from browser import BrowserTest, wait_for
import interview

# The answers whose address holds `window.held` are kept back; `late[n]()` lets one go. Those of `window.lost` arrive and are lost.
LATE = """
const plain = window.fetch;
window.late = []; window.held = null; window.lost = null;
window.fetch = async (...request) => {
  const answer = await plain(...request);
  if (window.lost && request[1]?.method !== 'GET' && String(request[0]).endsWith(window.lost)) {
    window.lost = null;
    throw new TypeError('lost');
  }
  if (window.held && String(request[0]).includes(window.held)) await new Promise((go) => window.late.push(go));
  return answer;
};
"""


class Contacts(BrowserTest):
    def ready(self, name):
        page = self.page().sign_in(name)
        page.says("#stage", "Pronto")
        return page

    def test_the_next_call_takes_the_place_of_the_dialogs_of_the_one_before(self):
        page = self.ready("ana")
        self.demo.ring("fila", seconds=3)
        page.there("#question", 20)
        interview.until(page, "review", {"summary": "Nota fiscal não sai"})
        page.press(("Control", "Enter"))
        page.there("#done")
        before = page.js("return location.search")
        self.demo.ring("fila", number="21999998888", name="João Reis", seconds=60)
        wait_for("the next call", lambda: page.js("return location.search") != before and page.question(), 30)
        page.gone("dialog", 5)
        # Enter means this call's question now, and puts nothing away.
        asked, call = page.question(), page.js("return location.search")
        page.press("Enter")
        page.next_question(asked)
        self.assertEqual(page.js("return location.search"), call)

    def test_a_dialog_is_about_the_contact_it_was_opened_for(self):
        page = self.ready("bruno")
        page.js(LATE)
        page.press(("Alt", "n"))
        page.there("#question")
        page.press(("Alt", "e"))
        page.there("#end")
        # A key that begins something else does nothing under a dialog.
        before = page.js("return location.search")
        page.press(("Alt", "n"))
        page.there("#end")
        self.assertEqual(page.js("return location.search"), before)
        self.demo.ring("direta", seconds=120)
        page.there(".pop", 20)
        page.press(("Alt", "a"))
        wait_for("the call", lambda: page.js("return location.search") != before and page.question(), 20)
        page.gone("dialog", 5)

        # An answer that is late leaves the next contact alone, and the next contact does not wait for it.
        call = page.js("return location.search")
        page.click('#drafts [data-attendance="%s"]' % before.split("=")[1])
        wait_for("the contact before", lambda: page.js("return location.search") == before and page.question(), 20)
        page.js("window.held = '/answers'")
        page.js("document.querySelector('[data-option=skip]').click()")
        wait_for("an answer kept back", lambda: page.js("return window.late.length"))
        page.click('[data-attendance="%s"]' % call.split("=")[1])
        wait_for("the call's question", lambda: page.js("return location.search") == call and page.question(), 10)
        asked = page.question()
        page.js("window.held = null; window.late[0]()")
        page.press(("Alt", "t"))
        page.there("#hand")
        self.assertEqual(page.question(), asked)
        self.assertEqual(page.js("return location.search"), call)
        page.press("Escape")
        page.gone("#hand")

    def test_what_is_sent_again_after_a_lost_answer_is_done_once(self):
        page = self.ready("ana")
        page.js(LATE)
        page.js("window.lost = '/interviews'")
        page.press(("Alt", "n"))
        first = wait_for("the contact", lambda: page.question(), 20)
        page.js("document.querySelector('[data-option=skip]').click()")
        page.next_question(first)
        interview.until(page, "caller.phone", {"caller.name": "Rui"})
        before = page.question()
        page.js("window.lost = '/back'")
        page.press(("Alt", "Left"))
        back = page.next_question(before, 20)
        self.assertEqual(back[0], "caller.name")
        self.assertNotIn("já respondeu", page.text("#said"))
        drafts = "const done = arguments[0]; fetch('/api/v1/board').then(r => r.json()).then(b => done(b.drafts.length))"
        self.assertEqual(page.driver.execute_async_script(drafts), 1)


if __name__ == "__main__":
    unittest.main()
