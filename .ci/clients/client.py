"""A client for Python does every job: client.py mcp|fastmcp WORLD TRANSPORT/ERA..."""

import asyncio
import sys
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import Any

from jobs import Client, Result, check_all
from world import World

MODES = {"legacy": "legacy", "auto": "auto", "modern": "2026-07-28"}


class Package(Client):
    """What both packages have in common: the one is built on the other."""

    def open(self) -> Any:
        """The package's own client."""
        raise NotImplementedError

    async def __aenter__(self) -> "Package":
        async with AsyncExitStack() as stack:
            self.client = await stack.enter_async_context(self.open())
            self.protocol = self.client.protocol_version
            self.stack = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stack.aclose()

    async def call(self, tool: str, arguments: dict[str, Any], **options: Any) -> Result:
        result = await self.client.call_tool(tool, arguments, **options)
        return Result(result.is_error, result.content[0].text, result.structured_content)

    async def hear(self, tool: str, arguments: dict[str, Any]) -> list[str]:
        words: list[str] = []

        async def heard(progress: float, total: float | None, message: str | None) -> None:
            words.append(message or "")

        await self.call(tool, arguments, **{self.HEARS: heard})
        return words

    async def cancel(self, tool: str, arguments: dict[str, Any], when: Awaitable[None]) -> None:
        call = asyncio.create_task(self.call(tool, arguments))
        await when
        call.cancel()
        await asyncio.wait([call])
        assert call.cancelled(), call


class Mcp(Package):
    """The MCP project's own."""

    name = "mcp"
    HEARS = "progress_callback"

    def open(self) -> Any:
        from mcp import Client, StdioServerParameters
        from mcp.client.sse import sse_client
        from mcp.types import ElicitResult

        async def answer(_: object, question: Any) -> ElicitResult:
            content = self.ask(question.message)
            return ElicitResult(action="decline" if content is None else "accept", content=content)

        command, *args = self.world.command
        targets = {
            "stdio": lambda: StdioServerParameters(command=command, args=args, env=self.world.env),
            "http": lambda: self.world.http,
            "sse": lambda: sse_client(self.world.sse),
        }
        return Client(targets[self.transport](), mode=MODES[self.era], elicitation_callback=self.ask and answer)

    async def tools(self) -> set[str]:
        return {tool.name for tool in (await self.client.list_tools()).tools}


class FastMcp(Package):
    """FastMCP's."""

    name = "fastmcp"
    HEARS = "progress_handler"

    def open(self) -> Any:
        from fastmcp import Client
        from fastmcp.client.elicitation import ElicitResult
        from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport

        async def answer(message: str, *_: object) -> ElicitResult[Any]:
            content = self.ask(message)
            return ElicitResult(action="decline" if content is None else "accept", content=content)

        command, *args = self.world.command
        targets = {
            "stdio": lambda: StdioTransport(command, args, env=self.world.env, keep_alive=False),
            "http": lambda: StreamableHttpTransport(self.world.http),
            "sse": lambda: SSETransport(self.world.sse),
        }
        return Client(targets[self.transport](), mode=MODES[self.era], elicitation_handler=self.ask and answer)

    async def tools(self) -> set[str]:
        return {tool.name for tool in await self.client.list_tools()}

    async def call(self, tool: str, arguments: dict[str, Any], **options: Any) -> Result:
        return await super().call(tool, arguments, raise_on_error=False, **options)


name, world, *places = sys.argv[1:]
kind = {kind.name: kind for kind in (Mcp, FastMcp)}[name]
asyncio.run(check_all(kind, World.read(world), places))
