"""The nightly backup as the timer runs it: of a desk that works, ended in the middle, and what it must not carry."""
import os, pathlib, shutil, signal, subprocess, tarfile, tempfile, unittest

from desk import BINARY, ROOT, Desk, wait_for


class Backup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.desk = Desk(self.folder / "desk")
        self.data, self.target = self.desk.folder / "data", self.folder / "backups"
        # The script asks the program beside it; one that is to be caught in the middle waits there, with a piece written.
        self.script, self.gate = self.folder / "calldesk-backup", self.folder / "gate"
        shutil.copy(ROOT / "packaging" / "calldesk-backup", self.script)
        program = self.folder / "calldesk"
        program.write_text(
            '#!/bin/sh\nif [ -p "%s" ]; then echo piece >"$2"; cat "%s"; exit 1; fi\nexec "%s" "$@"\n' % (self.gate, self.gate, BINARY)
        )
        program.chmod(0o755)
        self.desk.command("user", "add", "ana", "--name", "Ana", "--no-password")
        self.data.mkdir(exist_ok=True)
        (self.data / "desk.note").write_text("stays")

    def begin(self):
        # A group of its own, as a unit's processes are ended together.
        return subprocess.Popen(
            [self.script, self.desk.config, self.data, self.target], start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )

    def run_whole(self):
        run = self.begin()
        said = run.communicate(timeout=120)[1]
        self.assertEqual(run.returncode, 0, said)
        return said

    def kept(self):
        return sorted(path.name for path in self.target.iterdir() if not path.name.startswith("."))

    def caught(self):
        """A run in the middle of its work."""
        os.mkfifo(self.gate)
        run = self.begin()
        self.addCleanup(run.stderr.close)
        self.addCleanup(lambda: run.poll() is None and self.let_go(run, signal.SIGKILL))
        wait_for("the copy to begin", lambda: list(self.target.glob("*.part/database")))
        return run

    def let_go(self, run, with_signal):
        os.killpg(run.pid, with_signal)
        self.gate.unlink()
        return run.wait(60)

    def test_a_file_that_grows_while_it_is_copied_fails_no_backup(self):
        with open(self.data / "big", "wb") as big:
            big.truncate(64 << 20)
        grows = subprocess.Popen(["sh", "-c", 'while :; do echo more >>"$0"; done', self.data / "big"])
        try:
            # Whether a copy of the file is caught growing is up to the machine; it nearly always is.
            for _ in range(10):
                said = self.run_whole()
                [name] = self.kept()
                self.assertTrue((self.target / name / "database").exists())
                with tarfile.open(self.target / name / "data.tar") as tar:
                    self.assertIn("./desk.note", tar.getnames())
                if "file changed as we read it" in said:
                    return self.assertIn("the backup is kept", said)
                shutil.rmtree(self.target / name)
        finally:
            grows.kill()
            grows.wait()
        self.fail("no copy was caught growing")

    def test_what_cannot_be_read_fails_it_and_leaves_nothing(self):
        shutil.rmtree(self.data)
        run = self.begin()
        said = run.communicate(timeout=120)[1]
        self.assertGreater(run.returncode, 1, said)
        self.assertEqual(self.kept(), [])

    def test_neither_keys_nor_what_the_lines_brought_are_in_it(self):
        for name in ("vault/2026-11-21.key", "lines/matriz/1.tape", "attachments/ab/file"):
            (self.data / name).parent.mkdir(parents=True, exist_ok=True)
            (self.data / name).write_text("bytes")
        for name in ("vault.key", "files.key", "webhooks.key"):
            (self.data / name).write_text("key")
        self.run_whole()
        with tarfile.open(self.target / self.kept()[0] / "data.tar") as tar:
            names = tar.getnames()
        self.assertIn("./attachments/ab/file", names)
        self.assertEqual([name for name in names if "key" in name or "vault" in name or "lines" in name], [])

    def test_one_that_is_ended_leaves_nothing(self):
        run = self.caught()
        self.assertEqual(self.let_go(run, signal.SIGTERM), 143)
        self.assertEqual(self.kept(), [])

    def test_what_a_killed_one_left_goes_with_the_next(self):
        run = self.caught()
        self.let_go(run, signal.SIGKILL)
        self.assertTrue(self.kept()[0].endswith(".part"))
        self.run_whole()
        [name] = self.kept()
        self.assertFalse(name.endswith(".part"))

    def test_a_second_one_leaves_the_first_alone(self):
        first = self.caught()
        second = self.begin()
        said = second.communicate(timeout=60)[1]
        self.assertEqual(second.returncode, 1)
        self.assertIn("under way", said)
        self.assertTrue(list(self.target.glob("*.part/database")))
        self.let_go(first, signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
