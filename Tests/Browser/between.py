"""A proxy between browser and service that answers 503 to whatever a test chooses, as one does while a service starts anew."""
import contextlib, re, socket, socketserver, threading

REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Between:
    """Each connection carries one request: what is refused is chosen by its path."""

    def __init__(self, port):
        self.service, self.refuses, self.refused = port, lambda path: False, []
        self.open = set()
        between = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    between.carry(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

        # The system gives a port that is free.
        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def carry(self, browser):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = browser.recv(65536)
            if not piece:
                return
            head += piece
        path = head.split(b" ", 2)[1].decode()
        if self.refuses(path):
            browser.sendall(REFUSAL)
            self.refused.append(path)
            return
        fields, rest = head.split(b"\r\n\r\n", 1)
        fields = re.sub(rb"(?im)^connection:[^\r\n]*\r\n", b"", fields + b"\r\n") + b"Connection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.service)) as service:
            self.open |= {browser, service}
            try:
                service.sendall(fields + rest)
                threading.Thread(target=self.pump, args=(browser, service), daemon=True).start()
                self.pump(service, browser)
            finally:
                self.open -= {browser, service}

    @staticmethod
    def pump(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)

    def refuse(self, what):
        """Refuses the paths that `what` holds of from now on; what is open ends."""
        self.refuses = what
        for end in list(self.open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def pass_all(self):
        self.refuses = lambda path: False

    def stop(self):
        self.refuse(lambda path: True)
        self.server.shutdown()
        self.server.server_close()
