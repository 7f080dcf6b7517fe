"""What hands began is there when they come back: files on their way, what is typed beside the question, a ticket's reply."""
import pathlib, shutil, tempfile, unittest

from browser import BrowserTest, wait_for
import interview

PNG = b"\x89PNG\r\n\x1a\n" + b"\x07" * 500
# Files wait until `late[n]()` lets one go.
HOLD = """const plain = XMLHttpRequest.prototype.send; window.late = [];
XMLHttpRequest.prototype.send = function (body) { window.late.push(() => plain.call(this, body)); };"""


class Kept(BrowserTest):
    def ready(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        return page

    def file(self, name):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="desk-in-chromium-"))
        self.addCleanup(shutil.rmtree, folder, True)
        (folder / name).write_bytes(PNG)
        return str(folder / name)

    def test_a_file_that_arrives_after_its_question_was_left_is_its_answer(self):
        page = self.ready()
        self.demo.ring("fila", seconds=60)
        page.there("#question", 20)
        interview.until(page, "attachments", {"summary": "Erro 613"})
        page.js(HOLD)
        page.js("return document.getElementById('answer')").send_keys(self.file("tela.png"))
        wait_for("the file on its way", lambda: page.js("return window.late.length"))
        before = page.question()
        page.press(("Alt", "Left"))
        left = page.next_question(before)
        page.js("window.late[0]()")
        page.says("#quiet-news", "tela.png")
        page.press(("Control", "Enter"))
        page.next_question(left)
        page.says(".files .name", "tela.png", 10)
        # The same with the whole contact put away.
        page.js("window.late = []")
        page.js("return document.getElementById('answer')").send_keys(self.file("outra.png"))
        wait_for("the other file on its way", lambda: page.js("return window.late.length"))
        page.press(("Alt", "p"))
        page.says("#stage", "Pronto")
        page.js("window.late[0]()")
        page.says("#quiet-news", "outra.png")
        page.click("#calls [data-attendance], #drafts [data-attendance]")
        page.says(".files", "outra.png", 10)
        self.assertEqual(len(page.all(".files li.file")), 2)

    def test_what_is_typed_beside_the_question_stays_when_the_card_is_read_again(self):
        page = self.ready()
        self.demo.ring("fila", seconds=60)
        page.there("#question", 20)
        interview.answer(page)
        page.click("#prove summary")
        page.there("#proof-said").send_keys("529")
        told = """window.drawn = document.querySelector('#right').firstElementChild;
            const channel = new BroadcastChannel('calldesk:' + document.querySelector('meta[name=account]').content);
            const plain = window.fetch;
            window.fetch = async (...request) => {
              const answer = await plain(...request);
              if (!String(request[0]).includes('/card')) return answer;
              const card = await answer.json();
              return new Response(JSON.stringify({ ...card, notes: 'Cliente desde 1999' }), { headers: { 'Content-Type': 'application/json' } });
            };
            channel.postMessage({ kind: 'entry', data: '{"ticket_id": 1}', id: '' });"""
        page.js(told)
        page.says("#right", "Cliente desde 1999")
        self.assertTrue(page.js("return document.getElementById('prove').open"))
        self.assertEqual(page.js("return document.getElementById('proof-said').value"), "529")
        self.assertEqual(page.focus()[1], "proof-said")
        page.type(".982.247-99")
        page.press("Enter")
        wait_for("the answer", lambda: page.text("#proof-fault").strip())

    def test_a_reply_with_its_files_outlives_the_page_and_goes_once(self):
        page = self.ready()
        self.demo.ring("fila", seconds=5)
        page.there("#question", 20)
        interview.until(page, "review", {"summary": "Nota fiscal não sai"})
        page.press(("Control", "Enter"))
        number = page.there("#done .ticket-number").text.strip()

        # Enter in the palette means what its words find, not what stood there before.
        page.press("Escape")
        page.gone("#done")
        page.js("""const plain = window.fetch; window.late = [];
            window.fetch = async (...request) => {
              const answer = await plain(...request);
              if (String(request[0]).startsWith('/api/v1/search')) await new Promise((go) => window.late.push(go));
              return answer;
            };""")
        page.press(("Control", "k"))
        page.there("#palette[open]")
        page.type(number)
        page.press("Enter")
        wait_for("the search", lambda: page.js("return window.late.length"))
        self.assertIn("/desk", page.driver.current_url)
        page.js("for (const go of window.late) go()")
        page.says("h1", "Nota fiscal não sai", 20)

        page.js(HOLD)
        page.there("#body").send_keys("Segue a tela.")
        page.js("return document.getElementById('upload')").send_keys(self.file("tela.png"))
        wait_for("the file on its way", lambda: page.js("return window.late.length"))
        page.there("#body").click()
        page.press(("Control", "Enter"))
        page.says("#composer .note", "Espere os arquivos")
        page.js("window.late[0]()")
        # Named while it is on its way, and there once it can be unticked.
        page.there("#uploads input[name=files]")
        page.open("/desk/tickets/" + number)
        page.says("#uploads", "tela.png", 10)
        self.assertEqual(page.js("return document.getElementById('body').value"), "Segue a tela.")
        self.assertTrue(page.js("return document.querySelector('#uploads input').checked"))

        # The answer is lost, not what was sent: nobody is told that nothing arrived, and sent again it is there once.
        page.js("""const plain = window.fetch; window.isLost = true;
            window.fetch = async (...request) => {
              const answer = await plain(...request);
              if (!window.isLost || request[1]?.method !== 'POST') return answer;
              window.isLost = false;
              throw new TypeError('lost');
            };
            document.addEventListener('accepted', ({ target }) => queueMicrotask(() => {
              sessionStorage.setItem('wasDisabled', target.querySelector('button.primary').disabled); }));""")
        page.there("#body").click()
        page.press(("Control", "Enter"))
        page.says("#composer .note", "não se sabe")
        page.there("#composer button.primary:enabled")
        page.js("window.isOld = true")
        page.there("#body").click()
        page.press(("Control", "Enter"))
        wait_for("the page anew", lambda: page.js("return !window.isOld"))
        page.says(".thread", "Segue a tela.")
        self.assertEqual(page.text(".thread").count("Segue a tela."), 1)
        self.assertEqual(page.js("return sessionStorage.getItem('wasDisabled')"), "true")
        self.assertEqual(page.text("#uploads").strip(), "")


if __name__ == "__main__":
    unittest.main()
