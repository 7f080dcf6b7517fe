"""What people see over time: contacts by their protocol, a customer's story, duplicates made one, what customers said."""
import unittest

from browser import BrowserTest, wait_for


class Supervision(BrowserTest):
    def fits(self, page, name):
        """No fault of accessibility on a desk's screen and on a telephone's, where nothing is wider than the screen."""
        self.assertEqual(page.axe(), [])
        page.shot(name)
        page.size(360, 740)
        self.assertEqual(page.axe(), [])
        self.assertLessEqual(page.js("return document.documentElement.scrollWidth"), 360)
        page.shot(name + "-360")
        page.size(1280, 800)

    def test_contacts_story_duplicates_and_results(self):
        page = self.page().sign_in("sofia")
        page.open("/desk/attendances?list=all")
        page.says("h1", "Atendimentos")
        self.fits(page, "attendances")
        link = page.js("return document.querySelector('tbody a')?.getAttribute('href') ?? null")
        if link:
            page.open(link)
            page.says("h1", "Atendimento")
            self.fits(page, "attendance")
        page.open("/admin/satisfaction?by=technician")
        page.says("h1", "Satisfação dos clientes")
        self.fits(page, "satisfaction")
        page.open("/admin/customers")
        first, second = page.js("return [...document.querySelectorAll('tbody a')].slice(0, 2).map((a) => a.getAttribute('href'))")
        name = page.js("return document.querySelectorAll('tbody a')[1].textContent")
        page.open(second + "?like=" + page.js("return encodeURIComponent(document.querySelectorAll('tbody a')[0].textContent)"))
        page.says("#story", "Histórico")
        self.fits(page, "customer-story")
        # Merged by the list, and taken back on the page of the one that stayed.
        page.js("const s = document.getElementById('into'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", first.rsplit("/", 1)[1])
        page.click("#twins form.api button.danger")
        wait_for("the other's page", lambda: page.driver.current_url.endswith(first))
        page.says("#twins", name)
        page.shot("customer-merged")
        page.click("#twins li form.api button")
        wait_for("its own page", lambda: page.driver.current_url.endswith(second))
        page.says("h1", name)


if __name__ == "__main__":
    unittest.main()
