"""Where the server and its Jira are, and the sandbox's controls: what makes Jira slow, and tells whether it was asked."""

import base64
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class World:
    """The part that clients need of it is handed to them as JSON."""

    jira: str
    command: list[str]
    env: dict[str, str]
    http: str
    sse: str

    @classmethod
    def read(cls, file: str) -> "World":
        return cls(**json.loads(Path(file).read_text()))

    def limit(self, method: str, path: str, seconds: int, times: int = 1) -> None:
        """Jira asks to come back after so long, so often."""
        trouble = {"rate_limited": {"retry_after": seconds}}
        self._control("faults", {"method": method, "path": path, "times": times, "trouble": trouble})

    def left(self, method: str, path: str) -> int:
        """How often Jira will still do so."""
        faults = self._control("faults")
        return sum(fault["times"] for fault in faults if (fault["method"], fault["path"]) == (method, path))

    def until_left(self, method: str, path: str, times: int) -> None:
        """Waits until the server has asked so often that this is left."""
        end = time.monotonic() + 20
        while self.left(method, path) != times:
            assert time.monotonic() < end, f"the server did not ask Jira: {method} {path}"
            time.sleep(0.02)

    def exists(self, issue: str) -> bool:
        """Whether Jira has an issue, by its own word."""
        account = f"{self.env['JIRA_EMAIL']}:{self.env['JIRA_API_TOKEN']}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(account).decode()}"}
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{self.jira}/rest/api/3/issue/{issue}", headers=headers)):
                return True
        except urllib.error.HTTPError as error:
            assert error.code == 404, error
            return False

    def _control(self, name: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.jira}/__sandbox/{name}", data)
        with urllib.request.urlopen(request) as reply:
            return json.loads(reply.read() or "null")
