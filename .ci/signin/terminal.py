"""terminal.py BINARY: what is left of a sign-in on a terminal that is ended with Ctrl-C or a signal. Nothing is."""

import json
import os
import pty
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time

BINARY = sys.argv[1]


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, arguments, environment):
        self.said = ""
        self.screen, theirs = pty.openpty()
        self.before = termios.tcgetattr(self.screen)
        self.process = subprocess.Popen(
            [BINARY, *arguments], env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
        )
        os.close(theirs)

    def type(self, text):
        os.write(self.screen, text.encode())

    def until(self, words, seconds=60):
        """Waits until the command has said something; a missing one ends the test."""
        os.set_blocking(self.screen, False)
        end = time.monotonic() + seconds
        while words not in self.said:
            assert time.monotonic() < end, f"no {words!r} in {self.said!r}"
            try:
                self.said += os.read(self.screen, 65536).decode()
            except BlockingIOError:
                time.sleep(0.01)

    def until_hidden(self):
        self.until("(not shown)")
        end = time.monotonic() + 60
        while termios.tcgetattr(self.screen)[3] & termios.ECHO:
            assert time.monotonic() < end, "what is typed is shown"
            time.sleep(0.01)

    def ended(self):
        """Its exit code."""
        return self.process.wait(60)

    def restored(self):
        return termios.tcgetattr(self.screen)[:4] == self.before[:4]


def free(port):
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port))
    return True


def files(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)


# Below the ports that systems give to whoever connects.
port = random.randrange(20_000, 32_000)
assert free(port)
sandbox = subprocess.Popen(
    [BINARY, "sandbox", "--redirect-uri", f"http://localhost:{port}/callback"], stdout=subprocess.PIPE, text=True
)
info = json.loads(sandbox.stdout.readline())
folder = tempfile.mkdtemp(prefix="terminal-")
environment = {
    "PATH": os.environ["PATH"],
    "TERM": "dumb",
    "JIRA_CONFIG_DIR": folder,
    "ATLASSIAN_AUTH_URL": info["auth_url"],
    "ATLASSIAN_API_URL": info["api_url"],
    "JIRA_OAUTH_CALLBACK_PORT": str(port),
}
app = info["oauth"]


def login(*more):
    return Terminal(["auth", "login", *more], environment)


def end(terminal, how):
    if how == "typed":
        terminal.type("\x03")
    else:
        terminal.process.send_signal(how)
    code = terminal.ended()
    assert code not in (0, None), f"{how}: {code}"
    assert terminal.restored(), f"{how}: the terminal is not as it was"
    assert free(port)
    for path in files(folder):
        assert path.endswith(".lock") and os.path.getsize(path) == 0, path
    status = subprocess.run([BINARY, "auth", "status"], env=environment, capture_output=True, text=True)
    assert "Nobody is signed in" in status.stdout, status


try:
    for how in ("typed", signal.SIGINT, signal.SIGTERM):
        # At the first question, at one whose answer is not shown, and while the browser is waited for.
        terminal = login()
        terminal.until("Your choice")
        end(terminal, how)

        terminal = login("--client-id", app["client_id"])
        terminal.until_hidden()
        terminal.type("half a secr")
        end(terminal, how)
        assert "half" not in terminal.said, terminal.said

        terminal = login("--client-id", app["client_id"])
        terminal.until_hidden()
        terminal.type(app["client_secret"] + "\r")
        terminal.until("Waiting for your answer")
        assert app["client_secret"] not in terminal.said
        end(terminal, how)

        terminal = login("--no-browser", "--client-id", app["client_id"])
        terminal.until_hidden()
        terminal.type(app["client_secret"] + "\r")
        terminal.until("The address")
        end(terminal, how)

        terminal = login("--token", "--site", info["url"], "--email", info["email"])
        terminal.until_hidden()
        end(terminal, how)

    # After all that, the same terminal and the same port serve a sign-in that is not ended.
    terminal = login("--token", "--site", info["url"], "--email", info["email"])
    terminal.until_hidden()
    terminal.type(info["api_token"] + "\r")
    terminal.until("You are signed in")
    assert terminal.ended() == 0
    assert info["api_token"] not in terminal.said
    print("15 sign-ins ended at their questions by Ctrl-C, SIGINT and SIGTERM left nothing behind; one went well")
finally:
    sandbox.terminate()
    sandbox.wait()
    shutil.rmtree(folder)
