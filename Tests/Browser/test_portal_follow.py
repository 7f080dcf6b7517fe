"""The customers' side in real Chromium, a test for each label of docs/seeds.md: following, answering and ending tickets."""
import json, pathlib, re, shutil, tempfile, time, unittest

from between import Between
from browser import MISSING, BrowserTest, Demo, wait_for
from portal import ANA_LUZ, MARIA, Customer, Staff


class PortalTest(BrowserTest):
    """One demonstration for all tests of a class: each has tickets of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix="portal-in-chromium-")
        cls.addClassCleanup(shutil.rmtree, folder, True)
        cls.shared = Demo(folder)
        cls.addClassCleanup(cls.shared.stop)
        cls.shared.start()
        cls.staff = Staff(cls.shared.url).sign_in()
        cls.maria = Customer(cls.shared.url).sign_in()

    def setUp(self):
        self.demo = self.shared

    def enter(self, login=MARIA, width=360, **options):
        """A telephone with somebody signed in."""
        page = self.page(width=width, height=740, **options) if options else self.page()
        page.size(width, 740)
        # The session of one sign-in: a person has ten at the most, and hashing is dear.
        who = self.maria if login == MARIA else Customer(self.demo.url).sign_in(login)
        page.open("/estados")
        for cookie in who.jar:
            page.driver.add_cookie({"name": cookie.name, "value": cookie.value})
        page.open("/")
        page.there("#sino")
        return page

    def unfold(self, page, deed):
        page.js("document.getElementById(arguments[0]).open = true", deed)
        return "#" + deed

    def do(self, page, deed, text=None, button=True):
        box = self.unfold(page, deed)
        if text is not None:
            page.there(box + " textarea").send_keys(text)
        if button:
            page.leave(box + " button")

    def narrow(self, page):
        self.assertLessEqual(page.js("return document.documentElement.scrollWidth - innerWidth"), 0, "it scrolls sideways")


@unittest.skipIf(MISSING, MISSING)
class Following(PortalTest):
    def test_A6_protocols_then_requests_then_details(self):
        number = self.maria.open_ticket("Pelo protocolo")
        page = self.enter()
        page.open("/protocolos")
        page.leave("ul.rows a")
        page.says("h1", "Protocolo")
        page.shot("portal-A6-protocolo")
        page.says("main", "Pelo protocolo")
        page.leave("a.button[href$='%s']" % number)
        page.says("h1", number)
        self.narrow(page)

    def test_A7_reiterate_with_a_mandatory_reason(self):
        number = self.maria.open_ticket("Para reiterar")
        page = self.enter().open("/chamados/" + number)
        box = self.unfold(page, "reiterate")
        page.says(box, "Motivo reiteração")
        page.there(box + " button").click()
        self.assertIn("/chamados/" + number, page.driver.current_url)
        self.assertTrue(page.js("return document.querySelector('#reiterate textarea').validity.valueMissing"))
        page.there(box + " textarea").send_keys("Continuo parada.")
        page.there(box + " button").click()
        page.says("#aviso", "Demanda reiterada com sucesso")
        page.shot("portal-A7-reiterada")
        self.assertEqual(self.staff.ticket(number)["reiterations"], 1)

    def test_A8_restart_goes_back_to_the_department(self):
        number = self.maria.open_ticket("Para reiniciar")
        self.staff.move(number, "solve", "Outra coisa.")
        page = self.enter().open("/chamados/" + number)
        page.shot("portal-A8-resolvido")
        self.do(page, "restart", "Não era isso.")
        page.says("#aviso", "reiniciado")
        self.assertEqual(self.staff.ticket(number)["state"], "triage")

    def test_B5_lists_of_all_open_and_closed(self):
        open_one, closed = self.maria.open_ticket("Ainda aberto"), self.maria.open_ticket("Já fechado")
        self.staff.move(closed, "solve", "Pronto.")
        self.maria.do(closed, "confirm", assent="yes")
        page = self.enter().open("/chamados")
        page.says(".tabs", "Todos")
        page.there("#n" + open_one)
        self.assertEqual(page.all("#n" + closed), [])
        page.open("/chamados?situacao=closed").there("#n" + closed)
        page.shot("portal-B5-fechados")
        self.narrow(page)

    def test_B6_an_answer_is_bold_and_rings_until_read(self):
        number = self.maria.open_ticket("Com novidade")
        page = self.enter().open("/chamados")
        page.there("#n" + number)
        # The list changes by itself.
        self.staff.move(number, "reply", "Estamos vendo.")
        page.there("#n%s.unread" % number)
        page.there("#sino[data-news]")
        page.shot("portal-B6-novidade")
        page.leave("#n%s a" % number)
        page.says("#conversa", "Estamos vendo.")
        page.open("/chamados")
        self.assertEqual(page.all("#n%s.unread" % number), [])

    def test_an_answer_in_a_tab_that_nobody_looks_at_is_not_read_by_it(self):
        number = self.maria.open_ticket("Em outra aba")
        page = self.enter().open("/chamados/" + number)
        see = "Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => '%s'})"
        page.js(see % "hidden")
        self.staff.move(number, "reply", "Escrito sem ninguém olhando.")
        self.assertIn(number, self.maria.get("/chamados?situacao=news"))
        # A page that is looked at shows it within a second.
        time.sleep(2)
        self.assertIn(number, self.maria.get("/chamados?situacao=news"))
        page.js(see % "visible" + "; document.dispatchEvent(new Event('visibilitychange'))")
        page.says("#conversa", "Escrito sem ninguém olhando.")

    def test_an_answer_shows_by_itself_after_the_stream_was_refused_for_a_while(self):
        between = Between(self.demo.port)
        self.addCleanup(between.stop)
        number = self.maria.open_ticket("Durante um reinício")
        page = self.enter()
        page.open("/estados").url = between.url
        page.open("/chamados/" + number)
        stream = lambda: [path for path in between.refused if path == "/events"]  # noqa: E731
        # As a proxy does while the service starts anew: what was open ends, what comes is refused.
        between.refuse(lambda path: True)
        wait_for("the stream to be refused", stream)
        self.staff.move(number, "reply", "Escrito enquanto ninguém ouvia.")
        between.pass_all()
        page.says("#conversa", "Escrito enquanto ninguém ouvia.")
        # It hears again as before.
        self.staff.move(number, "reply", "E agora ouve de novo.")
        page.says("#conversa", "E agora ouve de novo.")

    def test_the_stream_tells_a_signed_out_customer_apart_without_being_opened(self):
        page = self.enter()
        look = """const done = arguments[arguments.length - 1];
            fetch('/events', { method: 'HEAD' }).then((answer) => done(answer.status), (fault) => done(String(fault)));"""
        self.assertEqual(page.driver.execute_async_script(look), 200)
        page.driver.delete_all_cookies()
        self.assertEqual(page.driver.execute_async_script(look), 401)

    def test_B7_closed_tickets_keep_the_conversation(self):
        number = self.maria.open_ticket("Conversa inteira")
        self.maria.do(number, "reply", text="Aconteceu de novo.")
        self.staff.move(number, "reply", "Veja o menu Fiscal.")
        self.staff.move(number, "solve", "Atualizamos o cadastro.")
        self.maria.do(number, "confirm", assent="yes")
        page = self.enter().open("/chamados/" + number)
        for words in ("Aconteceu de novo.", "Veja o menu Fiscal.", "Atualizamos o cadastro."):
            page.says("#conversa", words)
        mails = [m for m in self.demo.messages() if number in json_text(m)]
        self.assertTrue(any("Veja o menu Fiscal." in json_text(m) for m in mails), "the answer goes by mail too")

    def test_B8_reply_with_files_under_the_fields(self):
        number = self.maria.open_ticket("Com anexo")
        page = self.enter().open("/chamados/" + number)
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, True)
        name = folder + "/tela do erro.txt"
        pathlib.Path(name).write_text("erro 613")
        page.there("#reply-files").send_keys(name)
        self.do(page, "reply", "Segue a tela.")
        page.says("#conversa", "tela do erro.txt")
        page.shot("portal-B8-anexo")

    def test_C6_search_order_and_columns(self):
        number = self.maria.open_ticket("Impressora do caixa")
        page = self.enter(width=1280).open("/chamados")
        for column in ("Ticket", "Tipo", "Serviço", "Solicitação", "Criada em", "Tarefa", "Grupo atual", "Situação", "SLA",
                       "Prazo limite", "Status do SLA", "Prioridade"):
            page.says("table.requests thead", column)
        page.shot("portal-C6-lista-1280")
        page.there("#busca").send_keys("impressora")
        page.leave("form.search button")
        page.there("#n" + number)
        self.assertEqual(len(page.all("table.requests tbody tr")), 1)
        page.size(360, 740)
        page.says("#n%s td[data-label='Prazo limite']" % number, "")
        page.shot("portal-C6-cartao-360")
        self.narrow(page)

    def test_C7_open_tickets_description_files_note_history(self):
        number = self.maria.open_ticket("Tudo do aberto")
        page = self.enter().open("/chamados/" + number)
        page.says("#descricao", "Ao emitir aparece a mensagem.")
        self.assertEqual(page.all("#arquivos"), [], "the files are shown only where there are some")
        page.says("#reply", "Responder ou acrescentar")
        page.js("document.getElementById('historico').open = true")
        page.says("#historico", "Chamado aberto.")
        page.shot("portal-C7-aberto")

    def test_C8_closed_tickets_opinion_survey_reopen_solution(self):
        number = self.maria.open_ticket("Tudo do fechado")
        self.staff.move(number, "solve", "Corrigido.")
        page = self.enter().open("/chamados/" + number)
        page.there("#confirm-assent").click()
        page.leave("#confirm button")
        page.says("#aviso", "fechado")
        page.says("#solucao", "Corrigido.")
        self.unfold(page, "survey")
        self.assertEqual(page.all("#survey input:checked"), [], "no mark is chosen in advance")
        page.there("#survey input[value='5']").click()
        page.leave("#survey button")
        page.says("#aviso", "Obrigado")
        # The page is drawn anew by what the survey changed, at a moment of its own: what follows is on a page after that.
        page.open("/chamados/" + number)
        self.unfold(page, "opinion")
        page.js("document.querySelector(\"#opinion input[value='praise']\").click()")
        self.do(page, "opinion", "Rápido e gentil.")
        page.says("#aviso", "Opinião registrada")
        page.shot("portal-C8-fechado")

    def test_C9_reopen_within_its_hours(self):
        number = self.maria.open_ticket("Para reabrir")
        self.staff.move(number, "solve", "Corrigido.")
        self.maria.do(number, "confirm", assent="yes")
        page = self.enter().open("/chamados/" + number)
        page.js("document.getElementById('reopen').open = true")
        page.says("#reopen", "Possível até")
        self.do(page, "reopen", "Voltou a acontecer.")
        page.says("#aviso", "reaberto")

    def test_D2_every_request_shows_its_state(self):
        number = self.maria.open_ticket("Com situação")
        page = self.enter().open("/chamados")
        page.says("#n" + number, "Em triagem")
        page.open("/estados").says("main", "Aguardando você")
        page.shot("portal-D2-estados")

    def test_D6_a_closed_request_takes_no_reply(self):
        number = self.maria.open_ticket("Sem resposta")
        self.maria.do(number, "cancel", text="Desisti.")
        page = self.enter().open("/chamados/" + number)
        self.assertEqual(page.all("#reply"), [])
        page.leave("a[href*='/abrir?ref=%s']" % number)
        page.says("main", number)

    def test_E4_the_quick_link_needs_no_login(self):
        number = self.maria.open_ticket("Pelo link")
        mail = wait_for("the confirmation", lambda: next((m for m in self.demo.messages() if number in json_text(m) and "/t/" in json_text(m)), None))
        token = re.search(r"/t/([A-Za-z0-9_-]{43})", json_text(mail)).group(1)
        page = self.page()
        page.size(360, 740)
        page.open("/t/" + token)
        page.says("h1", number)
        page.shot("portal-E4-link")
        self.assertEqual(page.axe(), [])
        self.narrow(page)
        self.do(page, "reply", "Mais um detalhe, pelo link.")
        page.says("#aviso", "Mensagem enviada.")
        page.says("#conversa", "Pelo link enviado a")

    def test_E7_the_number_lets_one_follow_and_look_back(self):
        number = self.maria.open_ticket("Pelo número")
        page = self.enter().open("/chamados/" + number)
        page.says(".outlook", "ordem de abertura")

    def test_a_stranger_sees_nothing(self):
        number = self.maria.open_ticket("De Maria")
        page = self.enter(ANA_LUZ).open("/chamados/" + number)
        self.assertNotIn("De Maria", page.text("body"))
        self.assertNotIn("De Maria", page.open("/chamados?situacao=all&busca=Maria").text("main"))


def json_text(message):
    return json.dumps(message, ensure_ascii=False)


if __name__ == "__main__":
    unittest.main()
