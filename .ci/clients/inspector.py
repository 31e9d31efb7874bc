"""The inspector does every job, by its two command lines: inspector.py FOLDER WORLD TRANSPORT/ERA...

`mcpdo` holds connections, and asks whoever runs it; `mcp-inspector --cli` connects for one request, and cannot be asked.
FOLDER is where npm put them; what they keep goes into the home directory.
"""

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from jobs import Client, Result, check_all
from world import World

CONFIG = Path.home() / "servers.json"


class Inspector(Client):
    """A connection that `mcpdo` holds, or one for each call where nobody can be asked."""

    name = "inspector"

    async def __aenter__(self) -> "Inspector":
        self.place = f"{self.transport}-{self.era}"
        if self.ask:
            connection = await self.mcpdo("--config", str(CONFIG), "connect", self.place)
            # It tells the era and not the version.
            self.protocol = connection["protocolEra"]
        return self

    async def __aexit__(self, *error: object) -> None:
        """All connections end with the daemon that holds them."""

    async def tools(self) -> set[str]:
        listed = await self.once("--method", "tools/list", "--strict")
        return {tool["name"] for tool in listed["tools"]}

    async def call(self, tool: str, arguments: dict[str, Any]) -> Result:
        if not self.ask:
            arguments_json = json.dumps(arguments)
            result = await self.once("--method", "tools/call", "--tool-name", tool, "--tool-args-json", arguments_json)
        else:
            result = await self.mcpdo(f"@{self.place}", "tools/call", tool, json.dumps(arguments))
            while question := result.get("elicitationPending"):
                content = self.ask(question["message"])
                answer = "--decline" if content is None else json.dumps(content)
                result = await self.mcpdo("elicitation/respond", question["elicitationId"], answer)
        return Result(result.get("isError", False), result["content"][0]["text"], result.get("structuredContent"))

    async def hear(self, tool: str, arguments: dict[str, Any]) -> list[str]:
        call, screen = await self.in_terminal(tool, arguments)
        printed, _ = await call.communicate()
        shown = printed.decode() + all_of(screen)
        assert call.returncode == 0, shown
        return [line for line in shown.splitlines() if "limits the rate" in line]

    async def cancel(self, tool: str, arguments: dict[str, Any], when: Awaitable[None]) -> None:
        call, screen = await self.in_terminal(tool, arguments)
        await when
        call.send_signal(signal.SIGINT)
        await call.communicate()
        assert "cancelled" in all_of(screen)

    async def in_terminal(self, tool: str, arguments: dict[str, Any]) -> tuple[Process, int]:
        """A call by somebody at a terminal, and the terminal: only there Ctrl-C cancels it."""
        screen, terminal = pty.openpty()
        command = ["mcpdo", f"@{self.place}", "tools/call", tool, json.dumps(arguments)]
        call = await asyncio.create_subprocess_exec(*command, stdin=terminal, stdout=PIPE, stderr=terminal)
        os.close(terminal)
        return call, screen

    async def mcpdo(self, *arguments: str) -> Any:
        return await answer("mcpdo", "--format", "json", *arguments)

    async def once(self, *arguments: str) -> Any:
        server = ["--config", str(CONFIG), "--server", self.place]
        answered = await answer("mcp-inspector", "--cli", *server, "--format", "json", "-q", *arguments)
        return answered["result"]


def all_of(screen: int) -> str:
    """What was written to a terminal that nobody has open any more."""
    shown = b""
    with open(screen, "rb", buffering=0) as file:
        try:
            while part := file.read(1 << 16):
                shown += part
        except OSError:
            pass  # Linux's way to tell the end.
    return shown.decode()


async def answer(*command: str) -> Any:
    """What a command prints; 5 is its code for a tool's error."""
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.DEVNULL, stdout=PIPE, stderr=PIPE)
    out, wrong = await process.communicate()
    assert process.returncode in (0, 5) and out, wrong.decode()
    return json.loads(out)


def servers(world: World, places: list[str]) -> dict[str, Any]:
    """The inspector's configuration: a server for each place."""
    kinds = {
        "stdio": {"command": world.command[0], "args": world.command[1:], "env": world.env},
        "http": {"type": "streamable-http", "url": world.http},
        "sse": {"type": "sse", "url": world.sse},
    }
    split = (place.split("/") for place in places)
    return {f"{transport}-{era}": kinds[transport] | {"protocolEra": era} for transport, era in split}


def main(folder: str, file: str, *places: str) -> None:
    world = World.read(file)
    os.environ["PATH"] = f"{folder}/node_modules/.bin:{os.environ['PATH']}"
    # Half of what each of its many short lives takes.
    os.environ["NODE_COMPILE_CACHE"] = f"{folder}/compiled"
    private = subprocess.run(["mcpdo", "private"], check=True, capture_output=True, text=True).stdout
    os.environ.update(re.findall(r"export (\w+)='([^']*)'", private))
    CONFIG.write_text(json.dumps({"mcpServers": servers(world, list(places))}))
    try:
        asyncio.run(check_all(Inspector, world, list(places)))
    finally:
        subprocess.run(["mcpdo", "daemon", "stop"], check=True, capture_output=True)


main(*sys.argv[1:])
