"""A password that was erased early stays erased, whatever older backup is restored, by the commands an operator gives."""
import shutil, unittest

import desk as lab
import nodes

SECRET = "Girassol#4711"


class SQLite(unittest.TestCase):
    def database(self, name):
        """A database's setting, new and empty."""
        return "sqlite:%s" % (self.folder / (name + ".sqlite"))

    def setUp(self):
        self.folder = lab.scratch(self)

    def ticket(self, desk):
        body = {"topic": "erro-sistema", "customer": {"name": "Maria Silva"}, "summary": "Erro 613", "module": "fiscal",
                "description": "Ao emitir.", "what_changed": "nada", "answers": nodes.ANSWERS}
        made = desk.post("/api/v1/tickets", body)
        self.assertEqual(made.status, 201, made.body)
        written = desk.post("/api/v1/tickets/%d/note" % made["id"], {"body": "senha: " + SECRET, "passwords": "seal"})
        self.assertEqual(written.status, 200, written.body)
        return made["id"], written["entry"]["facts"]["sealed"][0]

    def shown(self, desk, ticket, reference):
        """What a technician sees who looks at the password."""
        browser = lab.Browser(desk)
        self.assertEqual(browser.form("/desk/sign-in", login="ana", password="uma senha longa 1"), 303)
        answer = browser.post("/api/v1/tickets/%d/secrets" % ticket, {"reference": reference, "reason": "Entrar"})
        self.assertEqual(answer.status, 200, answer.body)
        return answer["text"]

    def keys(self, desk):
        return sorted(path.name for path in (desk.folder / "data" / "vault").glob("*/*"))

    def test_ended_early_and_restored_from_before(self):
        desk = lab.Desk(self.folder / "desk", database=self.database("desk"))
        desk.command("user", "add", "ana", "--name", "Ana", "--role", "administrator", stdin="uma senha longa 1\n")
        desk.start()
        self.addCleanup(desk.stop)
        (ended, gone), (open_, kept) = self.ticket(desk), self.ticket(desk)
        self.assertEqual(self.shown(desk, ended, gone), SECRET)
        self.assertEqual(len(self.keys(desk)), 2)
        backup = str(self.folder / "backup")
        desk.command("backup", backup)
        # The customer gives it up, within the contact in which they opened it.
        contact = desk.get("/api/v1/tickets/%d" % ended)["attendance_id"]
        answer = desk.post("/api/v1/tickets/%d/cancel" % ended, {"body": "Foi engano.", "attendance_id": contact})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertNotIn(SECRET, self.shown(desk, ended, gone))
        # Within a minute, and at every start.
        self.assertEqual(desk.stop(), 0)
        desk.start()
        lab.wait_for("the password's own key to go", lambda: len(self.keys(desk)) == 1)
        self.assertEqual(desk.stop(), 0)

        # The same folder, a database that is not there yet, and the copy from before.
        settings = desk.config.read_text()
        desk.config.write_text(settings.replace(self.database("desk"), self.database("restored")))
        said = desk.command("restore", backup).stdout
        self.assertIn("passwords without a key, to be asked for again: 1", said)
        self.assertIn("ok", desk.command("vault", "check").stdout)
        desk.start()
        self.assertNotIn(SECRET, self.shown(desk, ended, gone))
        # What was not erased still opens.
        self.assertEqual(self.shown(desk, open_, kept), SECRET)
        self.assertEqual(desk.stop(), 0)


class PostgreSQL(SQLite):
    def setUp(self):
        super().setUp()
        if not shutil.which("pg_dump"):
            self.skipTest("not on this machine: pg_dump (Debian: postgresql-client)")
        self.server = nodes.PostgreSQL("start")
        self.addCleanup(self.server.stop)
        self.server.sql("CREATE DATABASE restored")

    def database(self, name):
        return self.server.url if name == "desk" else self.server.url.rsplit("/", 1)[0] + "/" + name


if __name__ == "__main__":
    unittest.main()
