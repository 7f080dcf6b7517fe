"""The labs themselves: no two servers get one port, one that is taken is not the end, and what a server says is kept."""
import multiprocessing, os, pathlib, queue, shutil, socket, subprocess, tempfile, unittest

import desk as lab

SUPPORT = lab.ROOT / "Tests" / "Support"


def take(owner):
    return lab.ports.reserve(3, owner)


class Ports(unittest.TestCase):
    def test_many_at_once_get_different_ports_below_those_of_outgoing_connections(self):
        with tempfile.TemporaryDirectory() as owner, multiprocessing.Pool(8) as pool:
            bases = pool.map(take, [owner] * 40)
        given = [base + n for base in bases for n in range(3)]
        self.assertEqual(len(given), len(set(given)))
        self.assertTrue(all(lab.ports.LOWEST <= port < lab.ports.first_outgoing() for port in given))

    def test_a_port_is_given_again_when_its_owner_is_gone_and_not_before(self):
        folder = pathlib.Path(tempfile.mkdtemp())
        port = lab.ports.reserve(1, str(folder))
        book = pathlib.Path(tempfile.gettempdir()) / ("calldesk-ports-%d" % os.geteuid())
        self.assertTrue(lab.ports.is_given(book, port))
        folder.rmdir()
        self.assertFalse(lab.ports.is_given(book, port))


class Servers(unittest.TestCase):
    """Each lab runs beside a `ports.py` that first gives a port on which somebody listens already."""

    def setUp(self):
        self.folder = lab.scratch(self)
        shutil.copytree(SUPPORT / "lab", self.folder / "lab")
        shutil.copy(SUPPORT / "postgres-lab", self.folder)
        (self.folder / "lab" / "ports.py").rename(self.folder / "lab" / "more.py")
        # Neighbours, as Kannel and Asterisk want them.
        base = lab.ports.reserve(75, str(self.folder))
        for port, kind in [(base + n, socket.SOCK_STREAM) for n in (0, 1, 3, 38, 39)] + [(base + 60, socket.SOCK_DGRAM)]:
            taken = socket.socket(type=kind)
            self.addCleanup(taken.close)
            taken.bind(("127.0.0.1", port))
            if kind == socket.SOCK_STREAM:
                taken.listen()
        self.base = base
        (self.folder / "lab" / "ports.py").write_text(
            "#!/bin/sh\nset -C\nif true 2>/dev/null >%s/asked; then echo %d; else exec %s/lab/more.py \"$@\"; fi\n"
            % (self.folder, base, self.folder))
        (self.folder / "lab" / "ports.py").chmod(0o755)

    def run_lab(self, program, *arguments):
        with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as said:
            status = subprocess.run([self.folder / program, *arguments], stdout=told, stderr=said).returncode
            told.seek(0), said.seek(0)
            return status, told.read(), said.read()

    def test_postgresql_starts_on_another_port_and_says_why_it_cannot_on_its_own(self):
        status, told, said = self.run_lab("postgres-lab", "start")
        if status == 3:
            self.skipTest("not on this machine: PostgreSQL (Debian: postgresql)")
        self.assertEqual(status, 0, said)
        url, folder = told.split()
        self.addCleanup(self.run_lab, "postgres-lab", "stop", folder)
        self.assertNotIn(":%d/" % self.base, url)
        self.run_lab("postgres-lab", "pause", folder)
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", int(url.rsplit(":", 1)[1].split("/")[0])))
            taken.listen()
            status, _, said = self.run_lab("postgres-lab", "resume", folder)
        self.assertEqual(status, 1)
        self.assertIn("Address already in use", said)
        status, _, said = self.run_lab("postgres-lab", "resume", folder)
        self.assertEqual(status, 0, said)

    def test_kannel_starts_on_other_ports(self):
        if not lab.Kannel.can_be_had():
            self.skipTest("not on this machine: Kannel (Debian: kannel, kannel-extras)")
        folder = str(self.folder / "kannel")
        self.addCleanup(self.run_lab, "lab/kannel-lab", "stop", folder)
        status, told, said = self.run_lab("lab/kannel-lab", "start", folder)
        self.assertEqual(status, 0, said)
        self.assertNotEqual(int(told), self.base + 2)
        self.assertTrue(lab.reachable(int(told)))
        # Once it is told, it stays.
        self.run_lab("lab/kannel-lab", "stop", folder)
        self.assertEqual(self.run_lab("lab/kannel-lab", "start", folder)[1], told)

    def test_asterisk_starts_on_other_ports(self):
        suite = next((suite for suite in ("forky", "bullseye") if lab.Asterisk.can_be_had(suite)), None)
        if not suite:
            self.skipTest("not on this machine: Asterisk (Tests/Support/lab/asterisk-lab install)")
        folder = str(self.folder / "asterisk")
        self.addCleanup(self.run_lab, "lab/asterisk-lab", "stop", folder)
        status, told, said = self.run_lab("lab/asterisk-lab", "start", folder, suite)
        self.assertEqual(status, 0, said)
        self.assertIn("Address already in use", said)
        ami = int(told.rsplit(":", 1)[1])
        self.assertNotEqual(ami, self.base + 38)
        self.assertGreaterEqual(ami, lab.ports.LOWEST)


class Phones(unittest.TestCase):
    """A PBX under load leaves the beginning of a call unanswered, and counts on its being sent again."""

    def setUp(self):
        self.pbx = socket.socket(type=socket.SOCK_DGRAM)
        self.addCleanup(self.pbx.close)
        self.pbx.bind(("127.0.0.1", 0))
        self.pbx.settimeout(30)
        self.phone = lab.sipphone.Phone("1001", ("127.0.0.1", 0), self.pbx.getsockname())
        self.addCleanup(self.phone.close)

    def heard(self):
        return lab.sipphone.Message(self.pbx.recv(65535))

    def test_a_call_that_nobody_answers_is_made_again_as_the_same_call(self):
        call = self.phone.call("5000")
        first, again = self.heard(), self.heard()
        self.assertEqual([first.method, first["via"], first.cseq], [again.method, again["via"], again.cseq])
        self.assertEqual(first["call-id"], again["call-id"])
        reply = ["SIP/2.0 486 Busy Here"] + ["%s: %s" % (n, again[n]) for n in ("via", "from", "call-id", "cseq")]
        self.pbx.sendto("\r\n".join(reply + ["To: %s;tag=x" % again["to"], "", ""]).encode(), self.phone.address)
        self.assertTrue(call.ended.wait(30))
        self.assertEqual(call.status, 486)

    def test_an_answer_that_nobody_acknowledges_is_given_again(self):
        calls = queue.Queue()
        self.phone.on_call = calls.put
        lines = ["INVITE sip:1001@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx", "From: <sip:a@b>;tag=a",
                 "To: <sip:1001@127.0.0.1>", "Call-ID: one", "CSeq: 1 %s", "Contact: <sip:a@127.0.0.1>", "", ""]
        self.pbx.sendto(("\r\n".join(lines) % "INVITE").encode(), self.phone.address)
        call = calls.get(timeout=30)
        self.assertTrue(call.answer())
        self.assertEqual([self.heard().status, self.heard().status], [200, 200])
        self.pbx.sendto(("\r\n".join(lines) % "ACK").replace("INVITE sip", "ACK sip").encode(), self.phone.address)
        self.assertTrue(call.acknowledged.wait(30))


if __name__ == "__main__":
    unittest.main()
