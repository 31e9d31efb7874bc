"""Pages through searches over a proxy in front of three replicas, and kills one of them in the middle."""

import base64
import http.client
import json
import os
import signal
import sys
import threading
import time

CLIENTS, SECONDS = 12, 8
jira, front, victim, *ports = sys.argv[1:]
people = json.load(open(jira))["users"][:3]


def call(person, cursor=None, port=front):
    arguments = {"jql": "project = DEMO ORDER BY key", "limit": 5} | ({"cursor": cursor} if cursor else {})
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    body = {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "search_issues", "arguments": arguments, "_meta": meta},
    }
    account = base64.b64encode(f"{person['email']}:{person['api_token']}".encode()).decode()
    headers = {
        "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "search_issues",
        "Authorization": f"Basic {account}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    try:
        connection.request("POST", "/mcp", json.dumps(body), headers)
        reply = connection.getresponse()
        text = reply.read().decode()
    finally:
        connection.close()
    if reply.status != 200:
        raise ConnectionError(f"{reply.status}: {text[:200]}")
    result = json.loads(text)["result"]
    assert result["isError"] is False, result
    return result["structuredContent"]


def answered(port):
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    rows = [line for line in text.splitlines() if line.startswith("mcp_tool_calls_total") and 'outcome="ok"' in line]
    return sum(int(row.rsplit(" ", 1)[1]) for row in rows)


done, lost, wrong = [], [], []
end = time.monotonic() + SECONDS


def client(number):
    person = people[number % len(people)]
    while time.monotonic() < end:
        cursor, keys = None, []
        while True:
            try:
                page = call(person, cursor)
            except (OSError, http.client.HTTPException) as error:
                lost.append((time.monotonic(), str(error)))
                time.sleep(0.01)
                continue
            except AssertionError as error:
                wrong.append(str(error))
                return
            done.append(time.monotonic())
            keys += [issue["key"] for issue in page["issues"]]
            cursor = page.get("next_cursor")
            if not cursor or len(keys) >= 20:
                break
        if len(keys) != len(set(keys)) or len(keys) < 20:
            wrong.append(f"pages do not fit together: {keys}")


threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
for thread in threads:
    thread.start()
time.sleep(SECONDS / 2)
shares = [answered(port) for port in ports]
killed = time.monotonic()
os.kill(int(victim), signal.SIGKILL)
for thread in threads:
    thread.join()

assert not wrong, wrong[:3]
assert all(share > 0 for share in shares), f"not every replica had work: {shares}"
assert len(lost) <= CLIENTS, f"{len(lost)} calls were lost, which is more than were in flight: {lost[:3]}"
assert all(at >= killed for at, _ in lost), f"calls were lost before anything was killed: {lost[:3]}"
after = sum(at > killed + 1 for at in done)
assert after > 0, "nothing went on after the kill"
print(f"{len(done)} calls, {shares} by replica until one was killed, {after} after it; {len(lost)} lost in flight")
