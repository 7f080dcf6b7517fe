"""Two tabs of one browser: the stream, the session and what is typed go on in both, whatever happens in one of them."""
import unittest

from browser import BrowserTest, Keys, wait_for
import browser

# A stand-in for the tab that holds the stream: it tells every tab of this person's what a test says.
TELL = """new BroadcastChannel('calldesk:' + document.querySelector('meta[name=account]').content)
    .postMessage(arguments[0]);"""


class Tabs(BrowserTest):
    def other_tab(self, page):
        """Another tab of the same browser, in front from now on; both by their handles."""
        one = page.driver.current_window_handle
        page.driver.switch_to.new_window("tab")
        two = page.driver.current_window_handle
        self.addCleanup(self.close_others, page)
        return one, two

    def close_others(self, page):
        """Leaves the next test the one tab that every browser begins with."""
        for handle in page.driver.window_handles[1:]:
            page.driver.switch_to.window(handle)
            page.driver.close()
        page.driver.switch_to.window(page.driver.window_handles[0])

    def sign_in_here(self, page, name):
        page.there("#login").send_keys(name)
        page.there("#password").send_keys(browser.PASSWORD + Keys.ENTER)
        page.says("#stage", "Pronto")

    def test_a_new_sign_in_in_one_tab_brings_both_back(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        one, two = self.other_tab(page)
        page.open("/desk")
        page.says("#stage", "Pronto")
        # The first tab goes; the second gets the stream, and no session to open it for.
        page.driver.switch_to.window(one)
        page.js("document.querySelector('form[action=\"/desk/sign-out\"]').requestSubmit()")
        page.there("#login")
        page.driver.switch_to.window(two)
        page.there("#signed-out")
        page.driver.switch_to.window(one)
        self.sign_in_here(page, "ana")
        self.demo.ring("fila", seconds=60)
        page.there(".pop, #question", 20)
        # The other tab's token is of the session before: it takes the new one and nobody has to load it again.
        page.driver.switch_to.window(two)
        page.gone("#signed-out", 20)
        page.says("#calls", "Maria Silva", 20)
        page.press(("Alt", "p"))
        page.press(("Alt", "n"))
        wait_for("a contact begun in the old tab", lambda: (page.question() or [""])[0] == "identify", 20)

        # Somebody else at the same machine: nothing of the old tab is done in their name.
        page.driver.switch_to.window(one)
        page.js("document.querySelector('form[action=\"/desk/sign-out\"]').requestSubmit()")
        self.sign_in_here(page, "sofia")
        page.driver.switch_to.window(two)
        before = page.question()
        page.js("document.querySelector('[data-option=skip]').click()")
        page.there("#signed-out")
        self.assertEqual(page.question(), before)
        self.assertNotIn("Sofia", page.text("#account"))

    def test_the_bar_says_the_trouble_that_is_left(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        page.js(TELL, {"kind": "database", "data": '{"ok": false}', "id": ""})
        page.says("#connection", "banco de dados")
        page.js(TELL, {"connection": False})
        page.says("#connection", "Sem conexão")
        page.js(TELL, {"connection": True})
        page.says("#connection", "banco de dados")
        page.js(TELL, {"kind": "database", "data": '{"ok": true}', "id": ""})
        page.gone("#connection")
        # A call that could not be recorded comes again under its own number: one banner, which goes with it.
        me = int(page.js("return document.querySelector('meta[name=account]').content"))
        call = {"line": "demo", "direction": "inbound", "state": "ringing", "number": "+5511955554444", "started_at": "2026-11-20T12:00:00.5Z",
                "number_display": "(11) 95555-4444", "ringing": [me], "unrecorded": True}
        page.js("window.call = (data) => { %s }" % TELL.replace("arguments[0]", "{ kind: 'call', data: JSON.stringify(data), id: '' }"))
        page.js("call(arguments[0])", call)
        page.there(".pop")
        page.js("call(arguments[0])", {**call, "id": 4711, "unrecorded": False})
        wait_for("one banner under the call's number", lambda: page.js(
            "return [...document.querySelectorAll('.pop')].map(e => e.dataset.call).join()") == "4711", 10)
        self.assertEqual(page.text("#calls").count("95555-4444"), 1)
        page.js("call(arguments[0])", {**call, "id": 4711, "unrecorded": False, "state": "ended"})
        page.gone(".pop", 20)

    def test_a_refused_board_is_told_and_read_again(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        page.js("""const plain = window.fetch; window.isAway = true;
            window.fetch = async (...request) => (window.isAway && String(request[0]).startsWith('/api/v1/board')
                ? new Response('', { status: 503 }) : plain(...request));""")
        page.js(TELL, {"kind": "callback", "data": "{}", "id": ""})
        page.says("#connection", "Sem conexão")
        page.js("window.isAway = false")
        page.gone("#connection", 20)
        self.demo.ring("abandonada", number="11955554444", name="Rosa Lima", seconds=2)
        page.says("#to-return", "Rosa Lima")


if __name__ == "__main__":
    unittest.main()
