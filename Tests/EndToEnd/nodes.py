"""What the tests of several nodes need beside one desk: PostgreSQL, an event stream, and programs that open tickets."""
import json, os, pathlib, subprocess, threading, time, urllib.error, urllib.request

import desk as lab

SERVER = lab.ROOT / "Tests" / "Support" / "postgres-lab"
ANSWERS = {"mensagem": "Erro 613", "versao": "4.2", "quando": "2026-11-20", "frequencia": "sempre", "parado": True,
           "usuarios": 3, "computador": "um"}


class PostgreSQL:
    """A server of the test's own, or a replica of one."""

    def __init__(self, *arguments):
        told = subprocess.run([SERVER, *arguments], capture_output=True, text=True)
        if told.returncode == 3:
            raise lab.unittest.SkipTest("not on this machine: PostgreSQL (Debian: postgresql)")
        told.check_returncode()
        self.url, self.folder = told.stdout.splitlines()
        self.port = int(self.url.rsplit(":", 1)[1].split("/")[0])

    def do(self, what, *more):
        subprocess.run([SERVER, what, self.folder, *more], check=True, capture_output=True)

    def sql(self, *statements):
        for statement in statements:
            subprocess.run(["psql", "-qtA", self.url, "-c", statement], check=True, capture_output=True, text=True)

    def replica(self):
        return PostgreSQL("replica", self.folder)

    def stop(self):
        subprocess.run([SERVER, "stop", self.folder], capture_output=True)


class Stream:
    """A reader of a node's events, as a browser is one; it comes back by itself."""

    def __init__(self, desk):
        self.desk, self.events, self.ended = desk, [], False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        lab.wait_for("the stream to be open", lambda: getattr(self, "opened", False))

    def run(self):
        while not self.ended:
            with lab.contextlib.suppress(OSError, urllib.error.URLError):
                request = urllib.request.Request(
                    "http://127.0.0.1:%d/api/v1/events" % self.desk.port,
                    headers={"Authorization": "Bearer " + self.desk.token},
                )
                with urllib.request.urlopen(request, timeout=60) as reply:
                    self.opened = True
                    kind = None
                    for line in reply:
                        if self.ended:
                            return
                        name, _, value = line.decode().rstrip("\n").partition(": ")
                        if name == "event":
                            kind = value
                        elif name == "data":
                            self.events.append((kind, json.loads(value)))
            time.sleep(0.2)

    def find(self, kind, test=lambda data: True):
        return [data for found, data in list(self.events) if found == kind and test(data)]

    def close(self):
        self.ended = True


class Writers:
    """Programs that open tickets, one after the other; each order is repeated under its key until it is acknowledged."""

    def __init__(self, desks, customer, count):
        self.desks, self.customer = desks, customer
        self.acknowledged = {}
        self.refused = 0
        self.ending = threading.Event()
        self.faults = []
        self.threads = [threading.Thread(target=self.run, args=(n,), daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        turn = 0
        while not self.ending.is_set():
            turn += 1
            self.open("writer-%d-%d" % (number, turn), number)
            self.ending.wait(0.25)

    def open(self, key, number):
        body = {"topic": "erro-sistema", "customer_id": self.customer, "summary": "Pedido " + key, "module": "fiscal",
                "description": "Ao emitir aparece a mensagem.", "what_changed": "nada", "answers": ANSWERS}
        end = time.monotonic() + 60
        while time.monotonic() < end:
            # To another node when this one does not answer, as a balancer would.
            desk = self.desks[number % len(self.desks)]
            try:
                answer = desk.call("POST", "/api/v1/tickets", body, **{"Idempotency-Key": key})
            except OSError:
                number += 1
                self.refused += 1
                continue
            if answer.status in (200, 201):
                ticket = answer.body["ticket"] if "ticket" in answer.body else answer.body
                self.acknowledged[key] = ticket["number"]
                return
            if answer.status < 500 and answer.status != 409:
                self.faults.append((answer.status, answer.body))
                return
            self.refused += 1
            time.sleep(0.2)
        self.faults.append("never acknowledged: " + key)

    def wait_for_refusals(self, count):
        """Until so many more orders were refused and stay to be repeated."""
        goal = self.refused + count
        lab.wait_for("%d refused orders" % count, lambda: self.faults or self.refused >= goal, 60)

    def wait_for(self, count):
        lab.wait_for("%d tickets" % count, lambda: self.faults or len(self.acknowledged) >= count, 60)

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(70)


def everything(desk, path):
    """All pages of a list."""
    items, after = [], None
    while True:
        page = desk.get("%s%slimit=200%s" % (path, "&" if "?" in path else "?", "&after=%d" % after if after else ""))
        items += page["items"]
        after = page["next"]
        if not after:
            return items
