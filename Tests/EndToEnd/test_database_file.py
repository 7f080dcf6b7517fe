"""The database's file as an operator sees it: whole after every end, and another program's is left alone."""
import hashlib, os, pathlib, shutil, sqlite3, subprocess, tempfile, unittest

from desk import BINARY, Desk

# Every command that opens the database, with what it reads from standard input.
COMMANDS = [
    (["user", "list"], None),
    (["user", "add", "ana", "--name", "Ana"], "uma senha bem longa\n"),
    (["user", "disable", "ana"], None),
    (["token", "add", "t", "--scope", "admin"], None),
    (["token", "list"], None),
    (["token", "revoke", "1"], None),
    (["export", "calls"], None),
    (["export", "tickets"], None),
    (["vault", "check"], None),
    (["vault", "forget"], None),
    (["link", "list", "1"], None),
    (["link", "revoke", "1"], None),
    (["doctor"], None),
]


def look(path):
    """A file's bytes, its log's, and its journal mode as two bytes of its header say (1 rollback, 2 WAL)."""
    parts = [pathlib.Path(f"{path}{part}") for part in ("", "-wal")]
    hashes = [hashlib.sha256(part.read_bytes()).hexdigest() for part in parts if part.exists()]
    return hashes, tuple(parts[0].read_bytes()[18:20])


class TheDatabaseFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.desk = Desk(self.folder / "desk")
        self.addCleanup(lambda: self.desk.stop())
        self.file = self.desk.folder / "desk.sqlite"

    def beside(self):
        return sorted(path.name for path in self.file.parent.glob("desk.sqlite*"))

    def run_all(self, chosen=None):
        """Every command once, or the chosen; those that are refused what they ask end as well."""
        csv = self.folder / "people.csv"
        csv.write_text("nome;telefone\nMaria;11987654321\n")
        backup = self.folder / "backup.sqlite"
        for command, stdin in [*COMMANDS, (["customer", "import", str(csv)], None), (["backup", str(backup)], None)]:
            if chosen is not None and command not in chosen:
                continue
            yield command, self.desk.command(*command, stdin=stdin, check=False)

    def test_a_copy_of_the_file_alone_is_whole_after_every_end(self):
        self.desk.start()
        self.desk.post("/api/v1/customers", {"name": "Maria Silva"})
        self.assertEqual(self.desk.stop(), 0)
        self.assertEqual(self.beside(), ["desk.sqlite"])
        with sqlite3.connect(f"file:{self.file}?immutable=1", uri=True) as copy:
            self.assertEqual(copy.execute("SELECT count(*) FROM customer WHERE name = 'Maria Silva'").fetchone(), (1,))
        copy.close()
        for command, _ in self.run_all():
            self.assertEqual(self.beside(), ["desk.sqlite"], command)
        # A start that is refused ends like any other.
        broken = self.folder / "broken.xml"
        broken.write_text("<catalogue/>")
        refused = subprocess.run(
            [BINARY, "serve", "--config", str(self.desk.config)], capture_output=True, text=True, timeout=60,
            env={**os.environ, "CALLDESK_CATALOGUE": str(broken)},
        )
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertEqual(self.beside(), ["desk.sqlite"])

    def test_a_file_that_is_not_ours_stays_as_it_is(self):
        def foreign(mode):
            def make(path):
                with sqlite3.connect(path) as db:
                    db.execute(f"PRAGMA journal_mode = {mode}")
                    db.execute("CREATE TABLE notes (text TEXT)")
                    db.execute("INSERT INTO notes VALUES ('theirs')")
                db.close()
            return make

        def newer(path):
            self.desk.command("user", "add", "rui", "--name", "Rui", "--no-password")
            with sqlite3.connect(path) as db:
                db.execute("INSERT INTO schema_step (name, applied_at) VALUES ('9999-future', 0)")
            db.close()

        def crashed(path):
            """As a program that was killed leaves it: what it wrote last stands in the log alone."""
            theirs = self.folder / "theirs.sqlite"
            db = sqlite3.connect(theirs)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE notes (text TEXT)")
            db.commit()
            for part in ("", "-wal", "-shm"):
                shutil.copy(f"{theirs}{part}", f"{path}{part}")
            db.close()
            theirs.unlink()

        kinds = {
            "crashed": (crashed, "another program's"),
            "rollback": (foreign("DELETE"), "another program's"),
            "wal": (foreign("WAL"), "another program's"),
            "newer": (newer, "newer release"),
            "text": (lambda path: path.write_bytes(b"no database " * 2000), "damaged"),
        }
        for kind, (make, words) in kinds.items():
            with self.subTest(kind):
                for path in self.file.parent.glob("desk.sqlite*"):
                    path.unlink()
                make(self.file)
                before, beside = look(self.file), self.beside()
                # All of them open it in the same way: every command sees one kind, the others see three.
                few = None if kind == "wal" else [["user", "list"], ["token", "add", "t", "--scope", "admin"], ["doctor"]]
                for command, done in self.run_all(few):
                    self.assertEqual(done.returncode, 1, (command, done.stdout))
                    self.assertIn(words, done.stdout + done.stderr, command)
                    self.assertEqual((look(self.file), self.beside()), (before, beside), command)
                serve = subprocess.run(
                    [BINARY, "serve", "--config", str(self.desk.config)], capture_output=True, text=True, timeout=60
                )
                self.assertEqual(serve.returncode, 1)
                self.assertIn(words, serve.stderr)
                # As a backup it is refused too, and leaves nothing where the desk was to be.
                elsewhere = Desk(self.folder / f"restored-{kind}")
                refused = elsewhere.command("restore", str(self.file), check=False)
                self.assertEqual(refused.returncode, 1)
                self.assertIn("a log stands beside it" if kind == "crashed" else words, refused.stderr)
                self.assertEqual([path.name for path in elsewhere.folder.glob("desk.sqlite*")], [])
                self.assertEqual((look(self.file), self.beside()), (before, beside))

    def restored(self, backup, folder):
        """A desk in `folder` after a restore: its exit code, its words, and its files."""
        desk = Desk(folder)
        done = desk.command("restore", str(backup), check=False)
        return done.returncode, done.stderr, sorted(path.name for path in desk.folder.glob("desk.sqlite*"))

    def test_what_cannot_be_written_does_not_pass_for_a_whole_answer(self):
        self.desk.start()
        self.desk.stop()
        commands = (["export", "tickets"], ["export", "calls"], ["token", "list"], ["catalogue", "show"])
        for command in commands:
            options = [] if command[0] == "catalogue" else ["--config", str(self.desk.config)]
            for target, code in (("/dev/full", 1), ("/dev/null", 0)):
                with self.subTest(command=command, target=target), open(target, "w") as out:
                    done = subprocess.run(
                        [BINARY, *command, *options], stdout=out, stderr=subprocess.PIPE, text=True, timeout=60
                    )
                    self.assertEqual(done.returncode, code, done.stderr)
                    self.assertEqual("could be written" in done.stderr, code == 1, done.stderr)

    def test_a_restore_is_whole_or_nothing(self):
        self.desk.start()
        self.desk.post("/api/v1/customers", {"name": "Maria Silva"})
        backup = self.folder / "backup.sqlite"
        self.desk.command("backup", str(backup))
        # The desk that runs has its file: nothing is put in its place, and it goes on.
        refused = self.desk.command("restore", str(backup), check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("nothing is replaced", refused.stderr)
        self.assertTrue(self.desk.alive())
        self.assertEqual(self.desk.stop(), 0)
        code, said, files = self.restored(backup, self.folder / "once")
        self.assertEqual((code, files), (0, ["desk.sqlite"]), said)
        code, said, files = self.restored(backup, self.folder / "once")
        self.assertEqual((code, files), (1, ["desk.sqlite"]), said)
        data = backup.read_bytes()
        for size in (0, 100, len(data) // 2, len(data) - 4096):
            cut = self.folder / f"cut-{size}"
            cut.write_bytes(data[:size])
            code, said, files = self.restored(cut, self.folder / f"from-{size}")
            if size == 0:
                # An empty file is an empty database for SQLite; it is no backup.
                self.assertEqual((code, files), (1, []), said)
            else:
                self.assertEqual((code, files), (1, []), (size, said))
        if os.geteuid() == 0 and shutil.which("mount"):
            small = self.folder / "small"
            small.mkdir()
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)])
            if mounted.returncode == 0:
                self.addCleanup(subprocess.run, ["umount", str(small)], check=False)
                code, said, files = self.restored(backup, small)
                self.assertEqual((code, files), (1, []), said)
                self.assertIn("no room", said)


if __name__ == "__main__":
    unittest.main()
