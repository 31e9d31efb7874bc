"""Every client over every transport in every era does every job: matrix.py BINARY CACHE

CACHE has the clients. What one cannot do stands in cannot.tsv, with the reason.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jobs import Jobs
from world import World

HERE = Path(__file__).parent
ERAS = ("legacy", "auto", "modern")
BOTH = [f"{transport}/{era}" for transport in ("stdio", "http") for era in ERAS]
# SSE is of 2024-11-05; a client that negotiates may find a newer version there.
SSE = ["sse/legacy", "sse/auto"]
PLACES = {
    "mcp": BOTH + SSE,
    "fastmcp": BOTH + SSE,
    "sdk": ["stdio/legacy", "http/legacy", "sse/legacy", "http/modern"],
    "client": BOTH + SSE,
    "inspector": BOTH + ["sse/legacy"],
}
# What each era comes to with a server that knows both; the inspector has words for it.
COMES_TO = {
    "legacy": ("2025-11-25", "legacy"),
    "auto": ("2026-07-28", "modern"),
    "modern": ("2026-07-28", "modern"),
}


def command(client: str, cache: Path) -> list[str]:
    """How a client is started, but for its last arguments."""
    if client in ("mcp", "fastmcp"):
        return [str(cache / "python-clients/bin/python"), str(HERE / "client.py"), client]
    if client == "inspector":
        return [sys.executable, str(HERE / "inspector.py"), str(cache / "inspector")]
    # Packages are looked for from where the script is.
    script = cache / client / "client.mjs"
    script.write_text((HERE / "client.mjs").read_text())
    return ["node", str(script), client]


@contextmanager
def running(*argv: str, log: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    with log.open("w") as stderr:
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=stderr, env=os.environ | env, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def found(log: Path, mark: str) -> str:
    """What a log says after a mark, once it does."""
    end = time.monotonic() + 20
    while mark not in log.read_text():
        assert time.monotonic() < end, f"no {mark!r} in: {log.read_text()}"
        time.sleep(0.05)
    return log.read_text().split(mark)[1].split()[0]


def started(stack: ExitStack, binary: str, work: Path) -> World:
    """A Jira, and a server of it over HTTP; each client starts its own over stdio."""
    jira = stack.enter_context(running(binary, "sandbox", log=work / "jira.log"))
    about = json.loads(jira.stdout.readline())
    env = {
        "JIRA_URL": about["url"],
        "JIRA_EMAIL": about["email"],
        "JIRA_API_TOKEN": about["api_token"],
        "ATLASSIAN_API_URL": about["api_url"],
    }
    server = [binary, "--toolsets", "all", "--confirm"]
    log = work / "server.log"
    stack.enter_context(running(*server, "serve", "--http", "127.0.0.1:0", "--sse", log=log, **env))
    http = found(log, "serving MCP at ")
    return World(about["url"], server, env, http, http.replace("/mcp", "/sse"))


def told(client: str, process: subprocess.Popen[str], log: Path) -> list[dict[str, Any]]:
    """The lines of a client, each with what came of every job."""
    lines = [json.loads(line) for line in process.communicate()[0].splitlines()]
    assert len(lines) == len(PLACES[client]), f"{client}: {log.read_text()}"
    for line in lines:
        known = line.get("protocol")
        wrong = None if known in COMES_TO[line["era"]] else line.get("failed") or f"came to {known}"
        done = line.get("jobs") or {job: line["failed"] for job in Jobs.ORDER}
        line["jobs"] = {"negotiates": wrong} | done
    return lines


def exceptions() -> list[list[str]]:
    rows = (HERE / "cannot.tsv").read_text().splitlines()
    return [row.split("\t") for row in rows if not row.startswith("#")]


def judge(lines: list[dict[str, Any]]) -> list[str]:
    """Prints what was done, and gives what is wrong with it."""
    wrong = []
    rows = exceptions()
    used = set()
    for line in lines:
        at = [line["client"], line["transport"], line["era"]]
        shown = []
        for job, failure in line["jobs"].items():
            excused = [n for n, row in enumerate(rows) if all(a in ("*", b) for a, b in zip(row, [*at, job]))]
            used.update(excused)
            if failure and not excused:
                wrong.append(f"{' '.join(at)}: {job}: {failure}")
            if excused and not failure:
                wrong.append(f"{' '.join(at)}: {job} is done, though cannot.tsv says: {rows[excused[0]][4]}")
            if not failure:
                shown.append(job)
        print(f"{at[0]:10}{at[1]:6}{at[2]:7} {line.get('protocol') or '-':11} {' '.join(shown) or '-'}")
    wrong += [f"cannot.tsv: nothing is like: {row}" for n, row in enumerate(rows) if n not in used]
    return wrong


def main(binary: str, cache: str) -> None:
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = started(stack, binary, work)
        file = work / "world.json"
        file.write_text(json.dumps(asdict(world)))
        logs = {client: work / f"{client}.log" for client in PLACES}
        # They wait most of the time, so that they do it side by side: each has an issue of its own.
        clients = {
            client: stack.enter_context(
                running(
                    *command(client, Path(cache)), str(file), *places, log=logs[client], HOME=str(work), TMPDIR=str(work)
                )
            )
            for client, places in PLACES.items()
        }
        lines = [line for client, process in clients.items() for line in told(client, process, logs[client])]
        wrong = judge(sorted(lines, key=lambda line: (line["client"], line["transport"], line["era"])))
        complaints = sorted({line for log in logs.values() for line in log.read_text().splitlines()})
    for row in exceptions():
        print("cannot:", *row[:4], "--", row[4])
    for line in complaints:
        print("complains:", line)
    if wrong:
        sys.exit("\n".join(wrong))


main(*sys.argv[1:])
