"""The five descriptions of portals the service was made after, each walked step by step in Chromium on a telephone, a picture a step.

What a step says stands beside it; the labels are those of docs/seeds.md.
"""
import pathlib, re, shutil, tempfile, unittest

from browser import MISSING, PASSWORD, wait_for
from portal import ANA_LUZ, DETAILS, FORM, MARIA, Customer
from test_portal_account import FIELDS, PHRASE, AccountTest
from test_portal_follow import json_text
from test_portal_open import fill

import interview


@unittest.skipIf(MISSING, MISSING)
class Seeds(AccountTest):
    def step(self, page, name):
        self.narrow(page)
        page.shot("seed-" + name)

    def go_on(self, page):
        page.leave("form[enctype] button.primary")

    def form(self, page):
        """The topic's own fields, also what an answer makes it ask besides."""
        for _ in range(3):
            if page.all("[name=passo][value=formulario]"):
                fill(page, FORM)
                self.go_on(page)

    def attach(self, page, css, name):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, True)
        pathlib.Path(folder, name).write_text("erro 613")
        page.there(css).send_keys("%s/%s" % (folder, name))

    def create(self, page, topic="erro-sistema", summary="Nota rejeitada"):
        """From the topic's form to the number."""
        page.open("/abrir/" + topic)
        self.form(page)
        fill(page, {**DETAILS, "summary": summary})
        self.go_on(page)
        page.click("#certo")
        page.leave("form[action^='/abrir/rascunho'] button.primary")
        page.says("h1", "Ticket(s) criado(s)")
        return page.text("table.plain a").strip()

    def mail(self, *words):
        return json_text(wait_for("a mail with %r" % (words,), lambda: next(
            (m for m in self.demo.messages() if m["kind"] == "mail" and all(w in json_text(m) for w in words)), None)))

    def test_1_a_public_service(self):
        """A1–A8: data, telephones, password, a ticket, its protocol, reiterated, restarted."""
        page = self.enter()
        # The tab of one's data: what is mandatory is filled in and sent.
        page.open("/dados")
        page.there("[name^='address-']").clear()
        page.there("[name^='address-']").send_keys("Rua das Acácias, 12")
        self.send(page)
        page.says("[role=status]", "Dados salvos com sucesso!")
        self.step(page, "1-dados")
        # The tab of telephones: one more, then removed.
        page.leave(".tabs a[href='/telefones']")
        self.fill(page, {"number": "(11) 96666-4321"})
        self.send(page, "number")
        code = wait_for("the code", lambda: next((found.group(1) for m in self.demo.messages() if m["kind"] == "sms"
                                                  for found in [re.search(r"(\d{3} \d{3})", m["text"])] if found), None))
        page.there("#code").send_keys(code)
        self.send(page, "code")
        page.says("[role=status]", "Telefone adicionado com sucesso!")
        self.step(page, "1-telefone-adicionado")
        page.click("button[aria-label='Remover (11) 96666-4321']")
        wait_for("the number to go", lambda: "96666" not in page.text("ul.links"))
        # The tab of the password: three fields. Somebody else's, for the others of this class sign in too.
        other = self.enter(ANA_LUZ).open("/senha")
        self.fill(other, {"current": PASSWORD, "password": "outra senha 22", "repeated": "outra senha 22"})
        self.send(other)
        other.says("[role=status]", "Senha alterada com sucesso!")
        self.step(other, "1-senha-alterada")
        self.fill(other, {"current": "outra senha 22", "password": PASSWORD, "repeated": PASSWORD})
        self.send(other)
        other.says("[role=status]", "Senha alterada com sucesso!")
        # Open a ticket: section, request, form with a file, number and protocol, [Fechar].
        page = self.enter()
        page.leave("a[href='/abrir'].primary")
        self.step(page, "1-secoes")
        page.leave(".cards a")
        self.step(page, "1-solicitacoes")
        page.open("/abrir/erro-sistema")
        self.form(page)
        fill(page, DETAILS)
        self.attach(page, "[type=file]", "tela.txt")
        self.go_on(page)
        page.says(".review", "tela.txt")
        page.click("#certo")
        page.leave("form[action^='/abrir/rascunho'] button.primary")
        page.says("main", "Chamado registrado com sucesso")
        page.says("main", "Protocolo")
        self.step(page, "1-registrado")
        number = page.text("table.plain a").strip()
        page.leave("a.button.primary")
        # Follow: protocols, the requests under one, [ver].
        page.open("/protocolos")
        self.step(page, "1-protocolos")
        page.leave("ul.rows a")
        page.says("main", "Nota rejeitada")
        self.step(page, "1-solicitacoes-do-protocolo")
        page.leave("a.button[href$='%s']" % number)
        page.says("h1", number)
        # Reiterate with a mandatory reason.
        self.do(page, "reiterate", "Continuo sem emitir notas.")
        page.says("#aviso", "Demanda reiterada com sucesso")
        self.step(page, "1-reiterada")
        # Restart: it goes back to the department.
        self.staff.move(number, "solve", "Resposta de outro assunto.")
        page.open("/chamados/" + number)
        self.do(page, "restart", "Não era isso.")
        page.says("#aviso", "reiniciado")
        self.step(page, "1-reiniciada")
        self.assertEqual(self.staff.ticket(number)["state"], "triage")

    def test_2_a_service_desk(self):
        """B1–B8: credentials of the desk, home, menu, tool and process, lists, bold and bell, a reply with a file."""
        page = self.phone().open("/")
        page.leave("header.top a[href='/entrar']")
        self.fill(page, {"login": MARIA, "password": PASSWORD})
        page.leave("main form .primary")
        page.says("h1", "Maria")
        page.says(".counts", "Fechados")
        self.step(page, "2-inicio")
        # The menu: my tickets, new ticket, bell, preferences.
        for css in ("header.top a[href='/chamados']", "header.top a[href='/abrir']", "#sino", "main a[href='/preferencias']"):
            self.assertTrue(page.all(css), css)
        page.leave("header.top a[href='/abrir']")
        # A tool has no form of its own: its processes do.
        self.assertTrue(page.all(".cards a[href*='secao=']"))
        page.leave(".cards a[href*='secao=']")
        page.leave(".cards a.topic")
        page.there("form[enctype]")
        self.step(page, "2-descricao-do-dialogo")
        number = self.create(page, summary="Pela ferramenta")
        page.leave("a.button.primary")
        page.there("#n" + number)
        # An answer is bold and rings the bell until it is read.
        self.staff.move(number, "reply", "Veja o menu Fiscal.")
        page.there("#n%s.unread" % number)
        page.there("#sino[data-news]")
        self.step(page, "2-em-destaque")
        page.leave("#n%s a" % number)
        page.says("#conversa", "Veja o menu Fiscal.")
        self.attach(page, "#reply-files", "segunda tela.txt")
        self.do(page, "reply", "Ainda não deu certo.")
        page.says("#conversa", "segunda tela.txt")
        self.step(page, "2-resposta-com-anexo")
        self.staff.move(number, "solve", "Atualizamos o cadastro.")
        page.open("/chamados/" + number)
        page.click("#confirm-assent")
        page.leave("#confirm button")
        page.says("#aviso", "fechado")
        for situation, is_there in (("all", True), ("open", False), ("closed", True)):
            page.open("/chamados?situacao=" + situation)
            self.assertEqual(bool(page.all("#n" + number)), is_there, situation)
        self.step(page, "2-fechados")
        page.leave("#n%s a" % number)
        page.says("#conversa", "Ainda não deu certo.")
        self.assertIn("Veja o menu Fiscal.", self.mail(number, "Veja o menu Fiscal."))

    def test_3_a_portal_for_many_companies(self):
        """C1–C9: registered, signed in, portfolio, service, activity, pop-up, list, buttons of open and closed ones."""
        page = self.phone().open("/")
        page.leave("main a[href='/cadastro']")
        email = "luiza@exemplo.com.br"
        self.fill(page, {**FIELDS, "name": "Luíza Prado", "document": "123.456.789-09", "email": email, "phone": "(31) 99876-0001"})
        first, total = re.search(r"(\d+) \+ .* = (\d+)", page.text("label[for=soma]")).groups()
        page.there("#soma").send_keys(str(int(total) - int(first)))
        self.step(page, "3-solicitacao-de-acesso")
        self.send(page)
        page.says("h1", "Confirme o seu e-mail")
        page.open(self.link("confirmar"))
        self.fill(page, {"password": PHRASE})
        page.leave("main form .primary")
        page.says("h1", "Luíza")
        page.leave("header.top form button")
        page.open("/entrar")
        self.fill(page, {"login": email, "password": PHRASE})
        self.step(page, "3-entrar")
        page.leave("main form .primary")
        # Portfolio, service, activity; found by search as well.
        page.open("/abrir")
        page.there("#busca").send_keys("erro")
        page.leave("form[role=search] button")
        self.step(page, "3-atividades")
        number = self.create(page, summary="Correção de faturas")
        page.says("table.plain", "Prioridade")
        self.step(page, "3-pop-up")
        page.leave("a.button.primary")
        page.there("#n" + number)
        page.size(1280, 800)
        for column in ("Ticket", "Tipo", "Serviço", "Solicitação", "Criada em", "Tarefa", "Grupo atual", "Situação", "SLA",
                       "Prazo limite", "Status do SLA", "Prioridade"):
            page.says("table.requests thead", column)
        page.shot("seed-3-meus-tickets")
        page.size(360, 740)
        page.leave("#n%s a" % number)
        page.says("#descricao", "Ao emitir aparece a mensagem.")
        page.js("document.getElementById('historico').open = true")
        page.says("#historico", "Chamado aberto.")
        self.step(page, "3-em-andamento")
        self.staff.move(number, "solve", "Fatura corrigida.")
        page.open("/chamados/" + number)
        page.click("#confirm-assent")
        page.leave("#confirm button")
        page.says("#solucao", "Fatura corrigida.")
        for deed in ("survey", "opinion", "reopen"):
            self.assertTrue(page.all("#" + deed), deed)
        page.js("document.getElementById('reopen').open = true")
        page.says("#reopen", "Possível até")
        self.step(page, "3-fechada")

    def test_4_requests_for_assistance(self):
        """D1–D6: the subject decides the department, a password handed over, the domain, a copy, the state, no reply to a closed one."""
        customer = self.staff.api("GET", "/customers?q=52998224725")["items"][0]["id"]
        contract = self.staff.api("GET", "/customers/%d/contracts" % customer)["items"][0]["id"]
        self.staff.api("PATCH", "/customers/%d/contracts/%d" % (customer, contract), {"products": ["maria.exemplo.com.br"]})
        self.addCleanup(self.staff.api, "PATCH", "/customers/%d/contracts/%d" % (customer, contract), {"products": []})
        page = self.enter().open("/abrir")
        page.there("#busca").send_keys("biometria")
        page.leave("form[role=search] button")
        page.leave("a.topic[href='/abrir/biometria-integracao']")
        page.click("details.info summary")
        page.says("details.info", "72 h")
        self.step(page, "4-password")
        page.open("/abrir/erro-sistema")
        self.form(page)
        page.says("main", "O produto não está associado a um domínio")
        fill(page, {**DETAILS, "summary": "Sobre o domínio", "product": "maria.exemplo.com.br"})
        self.step(page, "4-dominio")
        self.go_on(page)
        page.says(".review", "maria.exemplo.com.br")
        page.click("#certo")
        page.leave("form[action^='/abrir/rascunho'] button.primary")
        number = page.text("table.plain a").strip()
        self.assertTrue(self.staff.ticket(number)["department"])
        copy = self.mail(number, "Ao emitir aparece a mensagem.")
        self.assertIn("Erro 613", copy)
        page.open("/chamados")
        page.says("#n" + number, "Em triagem")
        self.step(page, "4-historico")
        page.open("/estados").says("main", "Fechado")
        self.step(page, "4-estados")
        self.staff.move(number, "solve", "Feito.")
        self.maria.do(number, "confirm", assent="yes")
        page.open("/chamados/" + number)
        self.assertEqual(page.all("#reply"), [])
        page.leave("a[href*='/abrir?ref=%s']" % number)
        page.says("main", number)
        self.step(page, "4-novo-que-refere")

    def test_5_by_the_site_and_by_telephone(self):
        """E1–E8: guides, an account over the phone, the form that explains, the mail with its link; dial 4."""
        page = self.enter().open("/guias")
        page.there("ul.links a")
        self.step(page, "5-guias")
        page.open("/abrir/erro-sistema").says("main", "Isto já ajuda?")
        self.assertTrue(page.all(".question .hint"))
        self.step(page, "5-topico")
        page.open("/abrir?busca=outra").says(".cards", "Outra solicitação")
        number = self.create(page, summary="Pelo site")
        token = re.search(r"/t/([A-Za-z0-9_-]{43})", self.mail(number, "/t/")).group(1)
        quick = self.phone().open("/t/" + token)
        quick.says("h1", number)
        self.step(quick, "5-link-rapido")
        page.open("/chamados/" + number).says(".outlook", "ordem de abertura")
        # By telephone: the technician identifies the caller and asks; the mail goes to the customer.
        desk = self.page().sign_in("ana")
        self.demo.ring("fila")
        desk.there("#question")
        interview.until(desk, "review", {"summary": "Pelo telefone"})
        desk.shot("seed-5-conferencia-ao-telefone")
        desk.press(("Control", "Enter"))
        desk.there("#done")
        spoken = desk.text("#done .ticket-number").strip()
        desk.shot("seed-5-aberto-ao-telefone")
        self.assertIn("/t/", self.mail(spoken, "/t/"))


if __name__ == "__main__":
    unittest.main()
