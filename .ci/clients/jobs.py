"""What every client does for Python's scripts, in whatever way it does it. `client.mjs` has the same for TypeScript's."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from world import World

# Answers a question with the content of a form, or with None for no.
Ask = Callable[[str], dict[str, bool] | None]


@dataclass
class Result:
    """What a tool answered."""

    failed: bool
    text: str
    data: Any


class Client(ABC):
    """A client that is connected while it is entered. Without `ask` it cannot answer questions."""

    name: str
    protocol: str

    def __init__(self, world: World, transport: str, era: str, ask: Ask | None) -> None:
        self.world, self.transport, self.era, self.ask = world, transport, era, ask

    @abstractmethod
    async def __aenter__(self) -> "Client": ...

    @abstractmethod
    async def __aexit__(self, *error: object) -> None: ...

    @abstractmethod
    async def tools(self) -> set[str]: ...

    @abstractmethod
    async def call(self, tool: str, arguments: dict[str, Any]) -> Result: ...

    @abstractmethod
    async def hear(self, tool: str, arguments: dict[str, Any]) -> list[str]:
        """What is heard while a call goes on."""

    @abstractmethod
    async def cancel(self, tool: str, arguments: dict[str, Any], when: Awaitable[None]) -> None:
        """Begins a call and cancels it."""


class Jobs:
    """What a client does, in this order."""

    ORDER = "lists searches pages writes reads gets_error gets_progress cancels cannot_be_asked answers".split()

    def __init__(self, kind: type[Client], world: World, transport: str, era: str) -> None:
        self.world = world
        self.client = kind(world, transport, era, self.ask)
        # The same without a way to ask.
        self.mute = kind(world, transport, era, None)
        self.title = f"{kind.name} over {transport}, {era}"
        self.issue = ""
        self.found: Any = None
        self.answer: dict[str, bool] | None = None
        self.asked = 0

    def ask(self, message: str) -> dict[str, bool] | None:
        assert self.issue in message, message
        self.asked += 1
        return self.answer

    async def done(self, tool: str, **arguments: Any) -> Any:
        result = await self.client.call(tool, arguments)
        assert not result.failed, result.text
        return result.data

    async def refused(self, tool: str, **arguments: Any) -> str:
        result = await self.client.call(tool, arguments)
        assert result.failed, result
        return result.text

    async def lists(self) -> None:
        tools = await self.client.tools()
        assert {"search_issues", "delete_issue"} <= tools, tools

    async def searches(self) -> None:
        self.found = await self.done("search_issues", jql="project = DEMO ORDER BY key", limit=3)
        assert len(self.found["issues"]) == 3, self.found

    async def pages(self) -> None:
        cursor = self.found["next_cursor"]
        second = await self.done("search_issues", jql="project = DEMO ORDER BY key", limit=3, cursor=cursor)
        keys = {row["key"] for page in (self.found, second) for row in page["issues"]}
        assert len(keys) == 6, keys

    async def writes(self) -> None:
        created = await self.done("create_issue", project="DEMO", type="Task", summary=self.title)
        self.issue = created["key"]

    async def reads(self) -> None:
        issue = await self.done("get_issue", issue=self.issue)
        assert issue["summary"] == self.title, issue

    async def gets_error(self) -> None:
        told = await self.refused("get_issue", isue=self.issue)
        assert "`isue`" in told and "`issue`" in told, told

    async def gets_progress(self) -> None:
        self.slow(3)
        words = await self.client.hear("get_issue", {"issue": self.issue})
        assert words and "limits the rate" in words[0], f"heard {words}"

    async def cancels(self) -> None:
        comments = f"/rest/api/3/issue/{self.issue}/comment"
        self.world.limit("POST", comments, 3, times=2)
        under_way = asyncio.to_thread(self.world.until_left, "POST", comments, 1)
        await self.client.cancel("add_comment", {"issue": self.issue, "body": "Never to be"}, under_way)
        # By the end of this one the cancelled one would have asked again.
        self.slow(4)
        await self.done("get_issue", issue=self.issue)
        assert self.world.left("POST", comments) == 1, "Jira was asked again for a call that is cancelled"

    async def cannot_be_asked(self) -> None:
        async with self.mute:
            result = await self.mute.call("delete_issue", {"issue": self.issue})
        assert result.failed and "mcp-server-jira call delete_issue" in result.text, result

    async def answers(self) -> None:
        told = await self.refused("delete_issue", issue=self.issue)
        assert "did not confirm" in told and self.asked == 1, told
        assert self.world.exists(self.issue)
        self.answer = {"confirm": True}
        await self.done("delete_issue", issue=self.issue)
        assert self.asked == 2 and not self.world.exists(self.issue), self.asked

    def slow(self, seconds: int) -> None:
        """Lets the next reading of the issue take so long."""
        self.world.limit("GET", f"/rest/api/3/issue/{self.issue}", seconds)

    async def run(self) -> dict[str, str | None]:
        """Of each job what went wrong with it."""
        outcome = {}
        for name in self.ORDER:
            try:
                async with asyncio.timeout(60):
                    await getattr(self, name)()
                outcome[name] = None
            except Exception as error:
                outcome[name] = told(error)
        return outcome


def told(error: BaseException) -> str:
    """An error in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:400]


async def check(kind: type[Client], world: World, transport: str, era: str) -> None:
    """Does everything in one way, and tells of it in a line of JSON."""
    line: dict[str, Any] = {"client": kind.name, "transport": transport, "era": era}
    jobs = Jobs(kind, world, transport, era)
    try:
        async with jobs.client as client:
            line |= {"protocol": client.protocol, "jobs": await jobs.run()}
    except Exception as error:
        line["failed"] = told(error)
    print(json.dumps(line), flush=True)


async def check_all(kind: type[Client], world: World, places: list[str]) -> None:
    """The same over each TRANSPORT/ERA."""
    await asyncio.gather(*(check(kind, world, *place.split("/")) for place in places))
