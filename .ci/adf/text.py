"""The words that atlas_doc_parser finds in our tickets have to be in our Markdown as well, and ours in its."""

import json
import re
import subprocess
import sys

from atlas_doc_parser.api import NodeDoc


# How that reader spells the types of panels and the like, which are no words of the ticket.
FORMS = {"INFO", "NOTE", "ERROR", "WARNING", "SUCCESS", "CUSTOM", "Extension", "nbsp"}


def words(text):
    return set(re.findall(r"[^\W_]{4,}", re.sub(r"[\\*_`]", "", text)))


def main(converter, files):
    documents = [json.load(open(name, encoding="utf-8")) for name in files]
    lines = "".join(json.dumps(document) + "\n" for document in documents)
    ours = subprocess.run([converter], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = read = 0
    for name, document, line in zip(files, documents, ours):
        try:
            theirs = NodeDoc.from_dict(dct=document).to_markdown()
        except Exception as error:
            print(f"{name}: not readable there ({type(error).__name__})")
            continue
        read += 1
        lost = words(theirs) - words(json.loads(line)) - FORMS
        if lost:
            print(f"{name}: not in our Markdown: {' '.join(sorted(lost)[:10])}")
            wrong += 1
    print(f"{read} of {len(files)} tickets read by atlas_doc_parser: {wrong} with words that we lack")
    sys.exit(1 if wrong or not read else 0)


main(sys.argv[1], sys.argv[2:])
