"""Where the hands go on: the focus after every deed, nothing chosen by itself, nothing typed lost."""
import unittest

from browser import BrowserTest, wait_for
import interview


class Hands(BrowserTest):
    def ready(self, name="ana"):
        page = self.page().sign_in(name)
        page.says("#stage", "Pronto")
        return page

    def walk_in(self, page):
        """A contact without a call whose caller stays unidentified, at the topic."""
        page.press(("Alt", "n"))
        page.there("#question")
        before = page.question()
        page.press(("Alt", "u"))
        page.next_question(before)
        for words in ("Rui", "11987650000"):
            before = page.question()
            page.there("#answer")
            page.js("document.getElementById('answer').value = ''")
            page.type(words)
            page.press("Enter")
            page.next_question(before)
        self.assertEqual(page.question()[0], "topic")
        return page

    def topic(self, page, words):
        """Chooses a topic by words: found while typing, shown, taken by its digit."""
        page.type(words)
        wait_for("a hit", lambda: page.js("return document.querySelectorAll('#question .options button').length") >= 1)
        page.press("Enter")
        wait_for("the hits under the hands", lambda: page.focus()[0] == "button")
        before = page.question()
        page.press("1")
        return page.next_question(before)

    def at_answer(self, page):
        return page.js("const q = document.getElementById('question'); return Boolean(q && q.contains(document.activeElement))")

    def test_a_topic_is_found_while_typing_and_shown_before_it_is_taken(self):
        page = self.walk_in(self.ready())
        before = page.question()
        page.type("ilumin")
        wait_for("the word marked", lambda: "ilumin" in page.text("#question mark").lower())
        self.assertEqual(page.question(), before, "typing chooses nothing")
        self.assertTrue(page.text("#question .options button kbd").startswith("1"))
        page.shot("topic-while-typing")
        page.press("Enter")
        now = page.next_question(before)
        self.assertEqual(now[0], "topic", "one hit alone is shown first")
        page.press("1")
        page.next_question(now)
        page.says(".caller", "Iluminação")

    def test_the_focus_is_at_the_question_after_every_deed(self):
        page = self.ready()
        self.demo.ring("fila", seconds=60)
        page.there("#question", 15)
        wait_for("the hands at the question", lambda: self.at_answer(page))
        # A dialog gives the hands back, whichever way it is left.
        for keys in (("Alt", "t"), ("Alt", "e"), ("Control", "k")):
            page.press(keys)
            page.there("dialog[open]")
            page.press("Escape")
            page.gone("dialog")
            wait_for("the hands back after %s" % (keys,), lambda: self.at_answer(page))
        page.click(".more summary")
        page.there(".menu.up")
        page.press("Escape")
        page.gone(".menu.up")
        wait_for("the hands back from the menu", lambda: self.at_answer(page))
        before = page.question()
        page.press("1")
        page.next_question(before)
        wait_for("the hands at the next question", lambda: self.at_answer(page))
        # From the left column too: what is opened gets the hands.
        page.press(("Alt", "p"))
        page.says("#stage", "Pronto")
        page.click("#calls [data-attendance], #drafts [data-attendance]")
        page.there("#question")
        wait_for("the hands at the opened contact", lambda: self.at_answer(page))

    def test_a_wrong_number_ends_by_three_keys(self):
        page = self.ready()
        self.demo.ring("fila", number="11911112222", name="", seconds=60)
        page.there("#question", 15)
        page.press(("Alt", "e"))
        page.there("#end")
        self.assertEqual(page.js("return document.querySelectorAll('#end input:checked').length"), 0, "no reason is chosen beforehand")
        page.press("3", "Enter")
        page.says("#stage", "Número errado")
        self.assertEqual(page.focus()[2].strip(), "Concluir")
        wait_for("the way to the next call", lambda: page.press("Enter") or "Pronto" in page.text("#stage"))

    def test_nothing_in_a_choice_is_chosen_by_enter_and_digits_choose(self):
        page = self.walk_in(self.ready())
        self.topic(page, "erro no sistema")
        seen = set()
        for _ in range(30):
            prompt, kind, revision = page.question()
            if prompt == "review":
                break
            if kind in ("choice", "yes-no") and kind not in seen:
                seen.add(kind)
                self.assertEqual(page.js("return document.querySelectorAll('#question .option.current').length"), 0)
                page.press("Enter")
                if page.js("return document.querySelector('#question .badge') !== null"):
                    page.next_question((prompt, kind, revision))
                    continue
                page.says("#q-error", "Escolha uma das opções")
                self.assertEqual(page.question(), [prompt, kind, revision])
            interview.answer(page)
        self.assertTrue(seen, "no choice was met")

    def test_an_address_with_a_wrong_code_stays_as_it_was_typed(self):
        page = self.walk_in(self.ready())
        self.topic(page, "iluminação")
        wait_for("the address", lambda: page.question()[1] == "address")
        given = {"answer": "3014", "address-street": "Rua da Bahia", "address-number": "1148", "address-city": "Belo Horizonte",
                 "address-state": "MG"}
        for name, text in given.items():
            page.there("#" + name).send_keys(text)
        page.press("Enter")
        page.says("#q-error", "CEP inválido")
        for name, text in given.items():
            self.assertEqual(page.js("return document.getElementById(arguments[0]).value", name), text)
        self.assertEqual(page.focus()[1], "answer", "the code is what is wrong")
        # A reload loses nothing either.
        page.js("document.getElementById('address-district').value = 'Centro'; document.getElementById('address-district').dispatchEvent(new Event('input', {bubbles: true}))")
        page.driver.refresh()
        page.there("#address-district")
        self.assertEqual(page.js("return document.getElementById('address-district').value"), "Centro")
        self.assertEqual(page.js("return document.getElementById('address-street').value"), "Rua da Bahia")

    def test_enter_in_the_dialog_of_success_finishes(self):
        page = self.ready()
        self.demo.ring("fila", seconds=60)
        page.there("#question", 15)
        interview.until(page, "review", {"summary": "Erro 613"})
        # What goes where stands before the answers.
        first = page.js("return [...document.querySelectorAll('#question .note.done, #question .review')].map(e => e.className)")
        self.assertEqual(first, ["note done", "review"])
        page.press(("Control", "Enter"))
        page.there("#done")
        # One more in the same contact: who it is stays, what it is about is asked.
        protocol = page.text(".caller .protocol")
        page.press(("Alt", "o"))
        wait_for("the topic of another ticket", lambda: (page.question() or [""])[0] == "topic")
        self.assertEqual(page.text(".caller .protocol"), protocol)
        self.assertTrue(self.at_answer(page))
        interview.until(page, "review", {"summary": "Erro 614"})
        page.press(("Control", "Enter"))
        page.there("#done")
        self.assertEqual(page.focus()[2].strip(), "Concluir")
        wait_for("the dialog to be finished", lambda: page.press("Enter") or not page.all("#done"))
        page.says("#stage", "Pronto")

    def test_what_a_caller_keyed_in_the_menu_is_not_asked_again(self):
        page = self.ready()
        self.demo.ring("menu", seconds=60)
        page.there("#question", 30)
        self.assertNotIn(page.question()[0], ("identify", "topic"))
        page.says(".caller", "Maria Silva")
        self.assertNotIn("a confirmar", page.text(".caller"))

    def test_banners_cover_neither_the_question_nor_each_other(self):
        page = self.ready("bruno")
        self.walk_in(page)
        for number in ("11987654321", "21999998888"):
            self.demo.ring("direta", number=number, name="", seconds=60)
        wait_for("two banners", lambda: len(page.all(".pop")) == 2, 40)
        overlap = """const box = e => e.getBoundingClientRect();
          const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom && a.width && b.width;
          const pops = [...document.querySelectorAll('.pop')].map(box), asked = ['#q-say', '#answer'].map(s => box(document.querySelector(s)));
          return pops.some((p, i) => asked.some(a => meets(p, a)) || pops.some((q, j) => j > i && meets(p, q)));"""
        for width, height in ((1280, 900), (1100, 700), (640, 400), (360, 740)):
            page.size(width, height)
            page.shot("banners-%d" % width)
            with self.subTest(width=width):
                self.assertFalse(page.js(overlap))
        page.size(1280, 900)
        keys = page.text(".pop kbd")
        self.assertIn("Alt A", keys)
        self.assertIn("Alt 2", keys)

    def test_the_question_is_seen_on_a_small_screen(self):
        page = self.walk_in(self.ready())
        for width, height in ((640, 400), (360, 640)):
            page.size(width, height)
            page.js("document.querySelector('#answer').focus(); document.querySelector('#answer').scrollIntoView({block: 'nearest'})")
            page.shot("small-%d" % width)
            with self.subTest(width=width):
                seen = page.js("""const box = document.querySelector('#q-say').getBoundingClientRect(), foot = document.querySelector('.foot').getBoundingClientRect();
                  return box.bottom > 0 && box.top < Math.min(innerHeight, foot.top)""")
                self.assertTrue(seen, "the sentence to say is off the screen")
        page.size(1280, 900)

    def test_drafts_left_behind_are_ended_together(self):
        page = self.ready()
        for _ in range(2):
            self.walk_in(page)
            page.press(("Alt", "p"))
            page.says("#stage", "Pronto")
        page.says("#drafts", "há ")
        page.click("[data-close-drafts]")
        page.there("#close")
        for box in page.all("#close [name=draft]"):
            if not box.is_selected():
                box.click()
        page.all("#close [name=reason]")[3].click()
        page.click("#close .primary")
        page.says("#drafts", "Nenhum rascunho")


if __name__ == "__main__":
    unittest.main()
