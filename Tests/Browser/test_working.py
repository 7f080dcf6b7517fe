"""Working a ticket: dialogs by their keys, prepared texts, files, a merge undone, two people on one ticket."""
import unittest

from browser import BrowserTest, wait_for
import interview


class Working(BrowserTest):
    def ticket(self, page, summary):
        self.demo.ring("fila")
        page.there("#question", 20)
        interview.until(page, "review", {"summary": summary})
        page.press(("Control", "Enter"))
        number = page.there("#done .ticket-number").text.strip()
        page.press("Escape")
        page.gone("#done")
        return number

    def test_a_ticket_is_worked_by_the_keyboard(self):
        page = self.page().sign_in("ana")
        page.says("#stage", "Pronto")
        number = self.ticket(page, "Nota fiscal não sai")
        other = self.ticket(page, "A nota ainda não sai")
        page.open("/desk/replies")
        page.there("#name").send_keys("Saudação")
        page.there("#text").send_keys("Olá {{fulano}}")
        page.click("form.card button.primary")
        page.says('.fault[data-for="body"]', "fulano")
        page.there("#text").clear()
        page.there("#text").send_keys("Olá {{first_name}}, sobre o chamado {{ticket}}:")
        page.click("form.card button.primary")
        page.says(".thread", "Saudação")
        self.assertEqual(page.axe(), [])
        page.shot("replies")

        page.open(f"/desk/tickets/{number}")
        page.press("w")
        page.there("#do-watch[open]")
        page.shot("work-watch")
        page.press("Escape")
        page.press("d")
        page.there("#do-due[open]")
        page.click('#do-due input[value="open"]')
        page.click("#do-due button.primary")
        page.gone("#do-due[open]")
        page.says("main", "A combinar")
        page.press("m")
        page.there("#canned[open]")
        page.says("#canned-list", f"sobre o chamado {number}")
        page.press("Enter")
        wait_for("the text in the composer", lambda: number in page.js("return document.getElementById('body').value"))
        # What is written outlives the page.
        page.open(f"/desk/tickets/{number}")
        wait_for("the text to be back", lambda: number in page.js("return document.getElementById('body').value"))
        page.there("#minutes").send_keys("5")
        page.there("#body").click()
        page.press(("Control", "Enter"))
        page.says(".thread", "Tempo gasto: 5 min")
        page.says("main", "Tempo gasto")
        self.assertEqual(page.axe(), [])
        page.shot("work")

        # A merge by the other's number, taken back.
        page.press("j")
        page.there("#do-merge[open] .other").send_keys(other)
        page.says("#do-merge .found", "A nota ainda não sai")
        page.shot("work-merge")
        page.click("#do-merge button.primary")
        page.says("h1", other)
        page.click("#said button")
        page.says("main", "Desfeito")
        page.open(f"/desk/tickets/{number}")
        page.says("h1", "Nota fiscal não sai")
        page.size(360, 740)
        self.assertEqual(page.axe(), [])
        self.assertLessEqual(page.js("return document.documentElement.scrollWidth"), 360)
        page.shot("work-360")

    def test_two_people_on_one_ticket_see_each_other(self):
        ana = self.page().sign_in("ana")
        ana.says("#stage", "Pronto")
        number = self.ticket(ana, "Relatório em branco")
        bruno = self.page().sign_in("bruno")
        ana.open(f"/desk/tickets/{number}")
        ana.there("#body")
        bruno.open(f"/desk/tickets/{number}")
        bruno.says("#others", "Ana")
        ana.says("#others", "Bruno")
        bruno.there("#body").send_keys("Vou ver isso.")
        ana.says("#others", "está escrevendo")
        ana.there("#body").send_keys("Já respondi.")
        ana.press(("Control", "Enter"))
        ana.says(".thread", "Já respondi.")
        # Sent over what somebody else did, it is refused, shown and kept; sent again it goes.
        bruno.there("#body").click()
        bruno.press(("Control", "Enter"))
        bruno.says("#composer .note", "Já respondi.")
        self.assertEqual(bruno.js("return document.getElementById('body').value"), "Vou ver isso.")
        bruno.shot("work-stale")
        bruno.press(("Control", "Enter"))
        bruno.says(".thread", "Vou ver isso.")


if __name__ == "__main__":
    unittest.main()
