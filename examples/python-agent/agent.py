"""A day's work in Jira, through the official MCP package for Python.

    pip install -r requirements.txt
    python agent.py mcp-server-jira --sandbox

Starts the server given on the command line and does seven jobs: find, read, create, edit, move, comment, link.
The package checks each structured result against the tool's output schema; what is in it is checked here.
"""

import asyncio
import sys
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.types import TextContent


class Refused(Exception):
    """What a tool answered instead of a result, for a model to read."""


class Jira:
    """Jira's tools as one async method."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.calls = 0

    async def __call__(self, tool: str, **arguments: Any) -> dict[str, Any]:
        self.calls += 1
        result = await self.client.call_tool(tool, arguments)
        text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
        if result.is_error:
            raise Refused(text)
        assert text, f"{tool} has no text for clients that show a model nothing else"
        assert result.structured_content is not None, f"{tool} has no structured content"
        return result.structured_content


def check(what: str, true: object) -> None:
    """Fails with words."""
    if not true:
        raise AssertionError(what)


async def work(jira: Jira) -> None:
    """The seven jobs."""
    # 1. Find.
    found = await jira("search_issues", jql="project = DEMO AND statusCategory != Done ORDER BY updated DESC", limit=5)
    keys = [row["key"] for row in found["issues"]]
    check(f"five open issues, not {keys}", len(keys) == 5)
    counted = await jira("count_issues", jql="project = DEMO AND statusCategory != Done")
    check("the count covers what was found", counted["count"] >= len(keys))

    # 2. Read, with sections, in one call.
    issue = await jira("get_issue", issue=keys[0].lower(), include=["comments", "links", "transitions"])
    check(f"{issue['key']} is {keys[0]}", issue["key"] == keys[0])

    # 3. Create.
    created = await jira(
        "create_issue",
        project="DEMO",
        type="Task",
        summary="Rotate the signing key",
        description="The key ends in *June*.\n\n- [ ] order a new one\n- [ ] roll it out",
        priority="High",
        labels=["security"],
        assignee="me",
    )
    key = created["key"]
    issue = await jira("get_issue", issue=key)
    check("the summary was kept", issue["summary"] == "Rotate the signing key")
    check("the description was kept", "*June*" in issue["description"] or "_June_" in issue["description"])
    myself = await jira("get_myself")
    check("`me` was found", myself["name"] in str(issue["assignee"]))

    # 4. Edit: lists change by what is added and removed, without reading them first.
    await jira("update_issue", issue=key, summary="Rotate the signing keys", fields={"Labels": {"add": ["keys"]}})
    issue = await jira("get_issue", issue=key)
    check("the summary was changed", issue["summary"] == "Rotate the signing keys")
    check(f"the label was added: {issue['labels']}", set(issue["labels"]) == {"security", "keys"})

    # 5. Move to another status, by the name on the board; a wrong name is answered with the right ones.
    try:
        await jira("transition_issue", issue=key, to="Nirvana")
        check("a status that does not exist was accepted", False)
    except Refused as refused:
        check(f"the possible ones are named: {refused}", "In Progress" in str(refused))
    await jira("transition_issue", issue=key, to="in progress", comment="Started.")
    issue = await jira("get_issue", issue=key)
    check(f"it moved: {issue['status']}", issue["status"] == "In Progress")

    # 6. Comment.
    await jira("add_comment", issue=key, body="Ordered, see **CA-7**.")
    listed = await jira("list_comments", issue=key)
    check("both comments are there, newest first", "Ordered" in listed["comments"][0]["body"] and listed["total"] == 2)

    # 7. Link: the sentence says which way.
    linked = await jira("link_issues", issue=key, relation="blocks", targets=[keys[1]])
    check(f"the direction is told: {linked}", linked["linked"] == [f"{key} blocks {keys[1]}"])
    other = await jira("get_issue", issue=keys[1], include=["links"])
    check("the other end sees it", key in str(other["links"]))


async def main() -> None:
    command, *arguments = sys.argv[1:] or ["mcp-server-jira", "--sandbox"]
    server = StdioServerParameters(command=command, args=arguments)
    for mode in ("legacy", "2026-07-28", "auto"):
        async with Client(server, mode=mode) as client:
            tools = (await client.list_tools()).tools
            check("every tool says what it answers", all(tool.output_schema for tool in tools))
            jira = Jira(client)
            await work(jira)
            print(f"{mode}: {len(tools)} tools, seven jobs in {jira.calls} calls, protocol {client.protocol_version}")


if __name__ == "__main__":
    asyncio.run(main())
