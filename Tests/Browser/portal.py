"""Customers and technicians by plain HTTP, as a browser without scripts would: to set up what a test looks at."""
import html, http.cookiejar, json, re, urllib.parse, urllib.request

from browser import PASSWORD

import described

MARIA = "maria.silva@exemplo.com.br"
ANA_LUZ = "ana@padarialuz.com.br"

#: Answers of the shipped topic `erro-sistema`, page by page.
FORM = {"field.mensagem": "Erro 613", "field.versao": "4.2", "field.quando": "2026-11-20", "field.frequencia": "sempre",
        "field.parado": "yes", "field.usuarios": "3", "field.computador": "um"}
DETAILS = {"summary": "Nota rejeitada", "module": "fiscal", "description": "Ao emitir aparece a mensagem.", "what_changed": "nada"}


class Web:
    """A browser without scripts: cookies, pages, forms."""

    def __init__(self, url):
        self.url, self.page, self.place = url, "", ""
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path):
        return self._go(urllib.request.Request(self.url + path))

    def post(self, path, fields):
        return self._go(urllib.request.Request(self.url + path, data=urllib.parse.urlencode(fields).encode()))

    def _go(self, request):
        request.add_header("Accept", "text/html")
        request.add_header("Accept-Language", "pt-BR")
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as fault:
            answer = fault
        self.page, self.place = answer.read().decode(), urllib.parse.urlsplit(answer.geturl()).path
        return self.page

    def forms(self):
        """Every form: where it is sent, and its hidden fields."""
        found = []
        for tag, inside in re.findall(r"(?s)<form ([^>]*)>(.*?)</form>", self.page):
            action = re.search(r'action="([^"]*)"', tag)
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', inside)
            found.append((html.unescape(action.group(1)) if action else "", [(n, html.unescape(v)) for n, v in hidden]))
        return found

    def send(self, which, **more):
        """Sends the first form whose hidden fields or address hold `which`."""
        for action, hidden in self.forms():
            if which in action or any(which in (name, value) for name, value in hidden):
                return self.post(action, hidden + list(more.items()))
        raise AssertionError("no form for %s at %s" % (which, self.place))


class Customer(Web):
    def sign_in(self, login=MARIA):
        self.get("/entrar")
        self.send("/entrar", login=login, password=PASSWORD)
        return self

    def open_ticket(self, summary="Nota rejeitada", topic="erro-sistema", form=FORM):
        """A request from its first page to its number."""
        self.get("/abrir/" + topic)
        # An answer may make the form ask more.
        for _ in range(3):
            if 'name="passo" value="formulario"' in self.page:
                self.send("formulario", ir="seguir", **form)
        self.send("detalhes", ir="seguir", **{**DETAILS, "summary": summary})
        self.send("enviar", assent="yes")
        return re.search(r'href="/chamados/(\d+)"', self.page).group(1)

    def do(self, number, deed, **fields):
        self.get("/chamados/" + number)
        return self.send(deed, **fields)


class Staff(Web):
    """A technician by the API, with the session's token."""

    description = None

    def sign_in(self, login="sofia"):
        self.get("/desk/sign-in")
        self.send("form", login=login, password=PASSWORD)
        self.csrf = re.search(r'<meta name="csrf" content="([^"]+)"', self.get("/desk")).group(1)
        return self

    def api(self, method, path, body=None):
        """Asks the API, whose answer must be one that the service describes."""
        if self.description is None:
            self.description = described.Description(self._ask("GET", "/openapi.json"))
        return self._ask(method, path, body)

    def _ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + "/api/v1" + path, method=method, data=body and json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        request.add_header("X-CSRF-Token", self.csrf)
        with self.opener.open(request, timeout=30) as reply:
            answer = json.loads(reply.read() or "null")
        if self.description is not None:
            self.description.check(method, path, reply.status, reply.headers.get_content_type(), answer)
        return {} if answer is None else answer

    def ticket(self, number):
        return self.api("GET", "/ticket-numbers/" + number)

    def move(self, number, move, text="", **more):
        return self.api("POST", "/tickets/%d/%s" % (self.ticket(number)["id"], move), {"body": text, **more})
