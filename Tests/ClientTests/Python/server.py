"""The server under test, as a separate process."""
import os
import re
import signal
import subprocess

root = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))


class Server:
    def __init__(self, executable, *arguments):
        self.executable = executable
        self.arguments = arguments
        self.port = 0
        self.start()

    def start(self):
        """Starts the server; a restart uses the same port."""
        self.process = subprocess.Popen([self.executable, *self.arguments, "--port", str(self.port)], cwd=root,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.search(r"(\d+)/?$", line.strip())
        if not match:
            raise SystemExit(f"{self.executable} did not print its address, but: {line!r}")
        self.port = int(match[1])
        self.address = f"http://127.0.0.1:{self.port}"

    @classmethod
    def over(cls, scheme):
        """The class of servers for http or https."""
        return {"http": Server, "https": SecureServer}[scheme]

    def stop(self):
        """Stops the server by SIGTERM, and checks that it exits with status 0."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        assert status == 0, f"the server ended with {status}"

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.kill()


class SecureServer(Server):
    """The server over TLS, with the certificate of the tests; its authority is in `authority`."""

    certificates = os.path.join(root, "Tests/GustTLSTests/Certificates")
    authority = os.path.join(certificates, "authority.pem")

    def __init__(self, executable, *arguments):
        super().__init__(executable, "--tls-certificate", os.path.join(self.certificates, "server.pem"),
                         "--tls-key", os.path.join(self.certificates, "server.key"), *arguments)

    def start(self):
        super().start()
        self.address = f"https://localhost:{self.port}"
