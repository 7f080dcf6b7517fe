"""Markup, formulas, scripts and disguised files in every field: shown as what they are, run as nothing."""
import pathlib, tempfile, unittest

from browser import BrowserTest, wait_for
import interview

#: Each would leave `window.owned` behind, or an element of its own, if any place took it for markup.
MARKUP = "<img src=x onerror=window.owned=1><script>window.owned=1</script>"
QUOTES = "\"'><svg/onload=window.owned=1> {{csrf}} ${7*7} =cmd|' /C calc'!A0"


class Hostile(BrowserTest):
    def unowned(self, page):
        self.assertIsNone(page.js("return window.owned ?? null"), page.driver.current_url)
        self.assertEqual(page.all("img[src=x], svg[onload], main script"), [], page.driver.current_url)

    def test_every_answer_of_an_interview_is_text_wherever_it_is_shown(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        self.demo.ring("fila", number="11955550000", name=MARKUP[:60], seconds=60)
        page.there("#question")
        self.unowned(page)
        before = page.question()
        page.type(QUOTES)
        page.press("Enter")
        wait_for("an answer to the search", lambda: page.question()[2] != before[2])
        self.unowned(page)
        before = page.question()
        page.js("document.querySelector('[data-option=skip]').click()")
        page.next_question(before)
        answers = {prompt: MARKUP + QUOTES for prompt in ("caller.name", "summary", "description", "what_changed", "field.mensagem")}
        answers["field.versao"] = "\"'><b>4.2"
        for _ in range(40):
            prompt, kind, _ = page.question()
            if prompt == "review":
                break
            if kind == "text" and prompt not in answers:
                answers[prompt] = "4.2"
            interview.answer(page, answers)
            self.unowned(page)
        page.says(".review", MARKUP)
        page.press(("Control", "Enter"))
        page.there("#done")
        number = page.text("#done .ticket-number").strip()
        self.unowned(page)
        for path in ("/desk/tickets/" + number, "/desk/tickets?q=onerror", "/desk/calls", "/desk"):
            page.open(path)
            page.there("#main")
            self.unowned(page)
        page.open("/desk/tickets/" + number)
        page.says("main", MARKUP)
        page.says("main", "=cmd|")
        page.open("/demo/messages")
        self.unowned(page)

    def test_every_form_of_the_administration_takes_markup_for_text(self):
        page = self.page().sign_in("admin")
        for path, fields in (
            ("/admin/customers/new", {"name": MARKUP, "contact.email": "a@b.example", "phones": "(11) 3333-4444"}),
            ("/admin/users/new", {"name": MARKUP, "login": "intruso", "extensions": "PJSIP/9999", "password": "senha longa 1"}),
        ):
            page.open(path)
            for name, value in fields.items():
                page.there("form.api [name='%s']" % name).send_keys(value)
            page.click("form.api .primary")
            page.there("p.note.done")
            self.unowned(page)
            page.says("main", "<script>")
        page.open("/admin/customers?q=" + "%3Cscript%3E")
        page.there("#main")
        self.unowned(page)
        page.open("/desk/tickets?q=%22%3E%3Cscript%3Ewindow.owned=1%3C/script%3E")
        self.assertEqual(page.js("return document.getElementById('q').value"), '"><script>window.owned=1</script>')
        self.unowned(page)
        # A template that would be markup is shown, not run; one that cannot be filled in says where it is wrong.
        page.open("/admin/templates/ticket_opened/mail/pt-BR")
        body = page.there("#body")
        body.send_keys(MARKUP)
        page.says("#preview", "onerror")
        self.unowned(page)
        body.send_keys("{{nada}}")
        page.says(".fault", "nada")
        page.press(("Control", "k"))
        page.there("#palette")
        page.type("<script>")
        page.says("#palette", "window.owned")
        self.unowned(page)

    def test_files_that_are_not_what_they_say_are_refused_beside_their_names(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="desk-in-chromium-"))
        files = {"foto.png": b"MZ\x90\x00 this program cannot be run", "nota.html": b"<script>window.owned=1</script>",
                 "relatório final.txt": "Erro 613 às 14h".encode(), "vazio.txt": b""}
        for name, content in files.items():
            (folder / name).write_bytes(content)
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        page.press(("Alt", "n"))
        page.there("#question")
        before = page.question()
        page.js("document.querySelector('[data-option=skip]').click()")
        page.next_question(before)
        interview.until(page, "attachments")
        page.js("return document.getElementById('answer')").send_keys("\n".join(str(folder / name) for name in files))
        page.says("#question .files", "relatório final.txt")
        wait_for("the others to be refused", lambda: len(page.all(".files .late")) == 3)
        page.says(".files", "O arquivo está vazio")
        page.shot("question-files-refused")
        self.unowned(page)
        page.press(("Control", "Enter"))
        wait_for("the review", lambda: page.question()[0] == "review")
        page.says(".review", "relatório final.txt")
        self.assertNotIn("foto.png", page.text(".review"))


if __name__ == "__main__":
    unittest.main()
