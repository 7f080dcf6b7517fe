"""Several people at once: whose screen a call shows on, who has it, and nobody's words lost between them."""
import unittest

from browser import BrowserTest, wait_for
import interview


class Colleagues(BrowserTest):
    def test_a_call_that_rings_at_two_shows_at_both_and_closes_at_the_other_naming_who_took_it(self):
        ana, bruno, sofia = (self.page().sign_in(name) for name in ("ana", "bruno", "sofia"))
        for page in (ana, bruno, sofia):
            page.says("#stage", "Pronto")
        self.demo.ring("fila", seconds=40)
        ana.there(".pop", 10)
        bruno.there(".pop", 10)
        self.assertEqual(len(bruno.all(".pop")), 1, "one call is one banner")
        bruno.says(".pop", "Atendida por Ana Souza", 15)
        bruno.shot("pop-taken")
        ana.there("#question", 10)
        bruno.gone(".pop", 15)
        bruno.says("#stage", "Pronto")
        # The supervisor sees the call in the list; it is nobody's banner but theirs whose telephone rang.
        sofia.says("#calls", "Maria Silva")
        sofia.says("#calls", "com Ana Souza")
        self.assertEqual(sofia.all(".pop"), [])

    def test_a_transferred_call_brings_its_answers_along(self):
        ana, bruno = (self.page().sign_in(name) for name in ("ana", "bruno"))
        for page in (ana, bruno):
            page.says("#stage", "Pronto")
        self.demo.ring("transferida", number="21999998888", name="João Reis", seconds=60)
        bruno.there("#question", 15)
        bruno.says("#q-say", "João Reis")
        interview.answer(bruno)
        interview.answer(bruno)
        reached = bruno.question()[0]
        # The consultation begins and the call moves on: the screen follows, with what Bruno took down.
        wait_for("Ana to have the same question", lambda: (ana.question() or [""])[0] == reached, 60)
        bruno.says("#stage", "Transferida para Ana Souza")
        bruno.shot("transfer-gone")
        ana.shot("transfer-come")
        before = ana.question()
        ana.type("Apareceu o erro 613")
        ana.press("Enter")
        ana.next_question(before)

    def test_a_contact_is_handed_over_and_taken_back_in_time(self):
        ana, bruno = (self.page().sign_in(name) for name in ("ana", "bruno"))
        ana.press(("Alt", "n"))
        ana.there("#question")
        ana.click(".more summary")
        ana.click(".menu.up button")
        ana.says("#hand", "Bruno Lima")
        ana.says("#hand", "disponível")
        [button for button in ana.all("#hand .option") if "Bruno" in button.text][0].click()
        ana.says("#stage", "Transferido para Bruno Lima")
        bruno.says(".pop", "Ana Souza passou um atendimento")
        bruno.press(("Alt", "a"))
        bruno.there("#question")
        # What Ana opens now is Bruno's: she is told, and may take it back.
        [button for button in ana.all("#stage button") if "Retomar" in button.text][0].click()
        ana.there("#question")
        bruno.says("#stage", "Agora é com Ana Souza")
        bruno.shot("held")

    def test_each_person_chooses_what_a_call_does_on_their_screen(self):
        ana, sofia = self.page().sign_in("ana", "/desk/profile"), self.page().sign_in("sofia")

        def choose(value):
            ana.open("/desk/profile")
            ana.there("input[value=%s]" % value).click()
            ana.click("form.api .primary")
            ana.there("p.note.done")
            ana.open("/desk")
            ana.says("#stage", "Pronto")

        choose("banner")
        self.demo.ring("fila", seconds=4)
        ana.says(".pop", "Você está nesta ligação", 15)
        self.assertIsNone(ana.question(), "nothing opens by itself")
        ana.press(("Alt", "a"))
        ana.there("#question")
        sofia.says("#calls", "Nenhuma ligação", 20)

        choose("off")
        self.demo.ring("fila", number="21999998888", name="João Reis", seconds=30)
        ana.says("#calls", "João Reis", 15)
        ana.says("#calls", "em conversa", 15)
        self.assertEqual(ana.all(".pop"), [])
        self.assertIsNone(ana.question())
        # Somebody wonders why nothing came up: the list says so.
        sofia.open("/desk")
        sofia.says("#calls", "desligou os avisos")
        sofia.shot("why-not")

    def test_a_caller_who_gave_up_waits_to_be_called_back(self):
        ana = self.page().sign_in("ana")
        ana.says("#stage", "Pronto")
        self.demo.ring("abandonada", number="11955554444", name="Rosa Lima", seconds=2)
        ana.says("#to-return", "Rosa Lima", 40)
        ana.says("#to-return", "(11) 95555-4444")
        # The banner said that they hung up, and goes by itself.
        ana.gone(".pop", 10)
        # What came of it stays beside them, however often the list is drawn anew.
        ana.click("[data-dial]")
        ana.there("#to-return .why.done, #to-return .why.late")
        ana.shot("call-back")
        ana.click("[data-returned]")
        ana.says("#to-return", "Ninguém espera retorno")

    def without_the_minutes_look(self):
        """A browser whose pages load the board when something tells them to, and never because a minute is over."""
        page = self.page()
        script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            const every = window.setInterval;
            window.setInterval = (body, time, ...more) => (time === 60000 ? 0 : every(body, time, ...more));"""})
        self.addCleanup(page.driver.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        return page

    def test_a_caller_whose_call_dropped_waits_at_a_desk_whose_phone_never_rang(self):
        ana, bruno = self.without_the_minutes_look().sign_in("ana"), self.page().sign_in("bruno")
        for page in (ana, bruno):
            page.says("#stage", "Pronto")
        self.demo.ring("direta", number="11911112222", name="Rita Melo", seconds=120)
        bruno.there("#question", 15)
        bruno.press(("Alt", "e"))
        bruno.there("#end")
        bruno.press("2", "Enter")
        bruno.says("#stage", "Ligação caiu")
        ana.says("#to-return", "a ligação caiu")

    def test_who_was_called_back_leaves_the_list_of_a_desk_whose_phone_never_rang(self):
        ana = self.page().sign_in("ana")
        self.demo.ring("abandonada", number="11955554444", name="Rosa Lima", seconds=2)
        ana.says("#to-return", "Rosa Lima")
        # Bruno comes when the call is over: nothing of it makes his screen load again.
        bruno = self.without_the_minutes_look().sign_in("bruno")
        bruno.says("#to-return", "Rosa Lima")
        ana.click("[data-returned]")
        bruno.says("#to-return", "Ninguém espera retorno")

    def test_two_screens_of_one_person_answer_the_same_question_once(self):
        one = self.page().sign_in("ana")
        one.press(("Alt", "n"))
        one.there("#question")
        path = wait_for("the contact in the address", lambda: one.js("return location.search"))
        two = self.page().sign_in("ana")
        # The second hears nothing of what happens: its network holds the stream back.
        two.driver.execute_cdp_cmd("Network.enable", {})
        two.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/desk/events?after*"]})
        two.open("/desk" + path)
        two.there("#question")
        three = self.page().sign_in("ana", "/desk" + path)
        three.there("#question")
        before = one.question()
        self.assertEqual(two.question(), before)
        one.js("document.querySelector('[data-option=skip]').click()")
        after = one.next_question(before)
        # One that hears follows by itself.
        wait_for("the other screen to follow", lambda: three.question() == after)
        three.says("#said", "outra tela")
        two.js("document.querySelector('[data-option=new]').click()")
        wait_for("the second screen to be told", lambda: two.question() == after)
        two.says("#said", "já respondeu a esta pergunta")


if __name__ == "__main__":
    unittest.main()
