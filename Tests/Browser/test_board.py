"""The desk's board while answers are late, overtaken or refused: what the stream told is not undone by what was asked before."""
import unittest

from between import Between
from browser import BrowserTest, wait_for

# The board's next answers are kept back, read as they were given; `late[n]()` lets one go, `shown` counts those that are done with.
HOLD = """
const plain = window.fetch;
window.late = []; window.shown = 0; window.isHeld = true;
window.fetch = async (...request) => {
  const answer = await plain(...request);
  if (!window.isHeld || !String(request[0]).startsWith('/api/v1/board')) return answer;
  const text = await answer.text();
  await new Promise((go) => window.late.push(go));
  const given = new Response(text, { status: answer.status, headers: answer.headers });
  given.json = async () => { setTimeout(() => { window.shown += 1; }, 0); return JSON.parse(text); };
  return given;
};
"""


class Board(BrowserTest):
    def held(self, page, count):
        wait_for("%d answers kept back" % count, lambda: page.js("return window.late.length >= arguments[0]", count))

    def test_a_call_that_comes_while_the_board_is_asked_stays(self):
        ana = self.page().sign_in("ana")
        ana.says("#stage", "Pronto")
        ana.js(HOLD)
        self.demo.ring("abandonada", number="11955554444", name="Rosa Lima", seconds=2)
        self.held(ana, 1)
        self.demo.ring("fila", number="11987654321", name="Maria Silva", seconds=120)
        # From here on nothing more is told of the call for two minutes.
        ana.says("#calls", "em conversa")
        ana.js("window.late[0]()")
        ana.says("#to-return", "Rosa Lima")
        self.assertIn("Maria Silva", ana.text("#calls"))
        self.assertIn("em conversa", ana.text("#calls"))

    def test_an_answer_that_was_overtaken_brings_nothing_back(self):
        ana, bruno = self.page().sign_in("ana"), self.page().sign_in("bruno")
        self.demo.ring("abandonada", number="11955554444", name="Rosa Lima", seconds=2)
        for page in (ana, bruno):
            page.says("#to-return", "Rosa Lima")
        bruno.js(HOLD)
        self.demo.ring("abandonada", number="11911112222", name="Rita Melo", seconds=2)
        self.held(bruno, 1)
        bruno.js("window.isHeld = false")
        ana.says("#to-return", "Rita Melo")
        for name in ("Rosa Lima", "Rita Melo"):
            ana.js("""[...document.querySelectorAll('#to-return .missed')].find((e) => e.innerText.includes(arguments[0]))
                .querySelector('[data-returned]').click()""", name)
            wait_for("%s to go" % name, lambda: name not in ana.text("#to-return"))
        bruno.says("#to-return", "Ninguém espera retorno")
        bruno.js("window.late[0]()")
        wait_for("the late answer", lambda: bruno.js("return window.shown === 1"))
        bruno.says("#to-return", "Ninguém espera retorno", 0)

    def test_a_desk_that_is_refused_its_board_at_the_start_begins_when_it_gets_it(self):
        between = Between(self.demo.port)
        self.addCleanup(between.stop)
        ana = self.page()
        ana.url = between.url
        between.refuse(lambda path: path.startswith("/api/v1/board"))
        ana.sign_in("ana")
        ana.says("#connection", "Sem conexão")
        self.assertTrue(between.refused)
        between.pass_all()
        ana.says("#stage", "Pronto")
        self.demo.ring("fila", number="11987654321", name="Maria Silva", seconds=60)
        ana.there(".pop, #question")
        ana.says("#calls", "Maria Silva")
        self.assertTrue(ana.js("return document.getElementById('connection').hidden"))


if __name__ == "__main__":
    unittest.main()
