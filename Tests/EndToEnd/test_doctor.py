"""What `calldesk doctor` says of others, and how it asks them."""
import socket, threading, unittest

import desk as lab


class Switch:
    """Listens where a FreeSWITCH would, and notes what each connection says first."""

    def __init__(self, refuses):
        self.refuses, self.first = refuses, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with lab.contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                threading.Thread(target=self.greet, args=(connection,), daemon=True).start()

    def greet(self, connection):
        with connection, lab.contextlib.suppress(OSError):
            if self.refuses:
                text = b"Access Denied, go away.\n"
                self.first.append(b"")
                connection.sendall(b"Content-Type: text/rude-rejection\nContent-Length: %d\n\n%s" % (len(text), text))
                return
            connection.sendall(b"Content-Type: auth/request\n\n")
            said = b""
            while b"\n\n" not in said and (data := connection.recv(4096)):
                said += data
            self.first.append(said)
            connection.sendall(b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n")
            # Whoever was refused hangs up by themselves.
            connection.recv(4096)

    def close(self):
        self.listener.close()


class Doctor(unittest.TestCase):
    def switch(self, refuses):
        switch = Switch(refuses)
        self.addCleanup(switch.close)
        desk = lab.Desk(
            lab.scratch(self) / "desk",
            pbx=[{"line": "filial", "kind": "freeswitch", "port": switch.port, "secret": "segredo"}],
        )
        done = desk.command("doctor", check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        return switch, next(line for line in done.stdout.splitlines() if "pbx filial" in line)

    def test_a_switch_that_refuses_the_address_is_asked_once_and_told_with_the_remedy(self):
        # Each connection it refuses so stays open in the switch until that ends (signalwire/freeswitch#2316).
        switch, line = self.switch(refuses=True)
        self.assertIn("apply-inbound-acl", line)
        self.assertEqual(len(switch.first), 1)

    def test_a_switch_is_never_connected_to_without_a_word(self):
        switch, line = self.switch(refuses=False)
        self.assertIn("event_socket.conf.xml", line)
        self.assertTrue(switch.first and all(said.startswith(b"auth ") for said in switch.first), switch.first)

    def test_receivers_that_would_be_refused_now_are_named_without_their_addresses(self):
        desk = lab.Desk(lab.scratch(self) / "desk").start()
        self.addCleanup(desk.stop)
        for name, host in (("ERP", "127.0.0.1:9"), ("Folha", "10.9.8.7")):
            made = desk.post(
                "/api/v1/webhooks", {"name": name, "url": "http://%s/t0ken" % host, "events": ["call"]}
            )
            self.assertEqual(made.status, 201)
        told = desk.command("doctor", check=False).stdout
        lines = [line for line in told.splitlines() if "webhooks" in line]
        self.assertEqual(len(lines), 2, told)
        for line, name in zip(lines, ("'ERP' at 127.0.0.1", "'Folha' at 10.9.8.7")):
            self.assertIn(name, line)
            self.assertIn("hooks.allow_private", line)
            self.assertNotIn("t0ken", line)
        settings = lab.json.loads(desk.config.read_text())
        settings["hooks"] = {"allow_private": ["127.0.0.0/8", "10.0.0.0/8"]}
        desk.config.write_text(lab.json.dumps(settings))
        told = desk.command("doctor", check=False).stdout
        self.assertIn("✓ webhooks: no receiver's address would be refused", told)


if __name__ == "__main__":
    unittest.main()
