"""Writes the list of checks that fail from the suite's results: expected.py FOLDER OUTPUT."""

import glob
import json
import os
import re
import sys

folder, output = sys.argv[1:]
unscored = set(re.findall(r"^  [✓✗] ([\w-]+) \(", open(output).read(), re.M))
print("# Checks that need a fixture which no product has. Written by UPDATE=1 .ci/http/conformance.")
print("server:")
rows = set()
for file in glob.glob(f"{folder}/*/checks.json"):
    scenario = re.sub(r"^server-|-\d{4}-\d\d-\d\dT.*$", "", os.path.basename(os.path.dirname(file)))
    if scenario in unscored:
        continue
    rows |= {f"{scenario}:{c['id']}" for c in json.load(open(file)) if c["status"] in ("FAILURE", "WARNING")}
for row in sorted(rows):
    print(f"  - {row}")
