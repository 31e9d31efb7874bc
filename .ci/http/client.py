"""The MCP project's package for Python over HTTP, in one mode."""

import asyncio
import sys

from mcp import Client


async def main(url: str, mode: str) -> None:
    async with Client(url, mode=mode) as client:
        tools = (await client.list_tools()).tools

        async def call(tool: str, **arguments: object) -> dict:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result
            return result.structured_content

        search = {"jql": "project = DEMO ORDER BY key", "limit": 3}
        first = await call("search_issues", **search)
        second = await call("search_issues", **search, cursor=first["next_cursor"])
        keys = [row["key"] for page in (first, second) for row in page["issues"]]
        assert len(set(keys)) == 6, keys
        assert (await call("get_issue", issue=keys[0]))["key"] == keys[0]
        created = await call("create_issue", project="DEMO", type="Task", summary=f"Written in mode {mode}")
        assert created["key"].startswith("DEMO-"), created
        wrong = await client.call_tool("get_issue", {"issue": "DEMO-99999"})
        assert wrong.is_error and wrong.content[0].text, wrong
        calls = [call("count_issues", jql="project = DEMO") for _ in range(8)]
        assert len({count["count"] for count in await asyncio.gather(*calls)}) == 1
        print(f"Python, {mode}: {len(tools)} tools; pages, a write and an error came through")


asyncio.run(main(*sys.argv[1:]))
