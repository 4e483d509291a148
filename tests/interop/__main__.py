"""`python -m interop <refmill> <root> <work>`: convert, let others read, write docs/interop.md.

Exit status 1: a checker found a fault, a reader could not read a file, or the title, the authors, the year or the DOI of
a RIS record came back changed in another way than `known.py` tells. What biber warns of is listed and is no fault: a
record without authors, a volume that is no number, a season for a month. Run by `make interop`, which sets the readers up.
"""

import json
import subprocess
import sys
from pathlib import Path

from .expected import expected
from .judge import judge
from .report import page

ENDINGS = {
    "ris": "ris", "bibtex": "bib", "biblatex": "biblatex.bib", "csl-json": "csl.json", "endnote-xml": "endnote.xml",
    "jsonl": "jsonl",
}
# A file with one record twice has one key twice, which programs refuse in their own ways; that case is about reports.
LEFT_OUT = ("versions-doubles-and-deletions", "options")


def main(refmill, root, work):
    inputs = [(p.parent.name, p) for p in sorted(root.glob("tests/golden/*/input.xml"))]
    inputs += [(p.stem, p) for p in sorted(root.glob("examples/*.xml"))]
    own = {}
    for name, path in inputs:
        if name not in LEFT_OUT:
            examine(own, name, convert(refmill, name, [path], work))
    corpus = {}
    files = sorted((root / ".." / "shared" / "corpus" / "xml" / "small").glob("*.xml*"))
    files = [path for path in files if has_keys_of_its_own(refmill, path)]
    if files:
        examine(corpus, "corpus", convert(refmill, "corpus", files, work, "--duplicates", "first"))
    else:
        print("interop: ../shared/corpus is absent, the golden cases and the examples are read all the same")
    (root / "docs" / "interop.md").write_text(page(own, corpus), encoding="utf-8")
    bad = [f"{reader}, {format}: {what}" for verdicts in (own, corpus)
           for (format, reader), verdict in verdicts.items() for what in (*verdict.failures, *verdict.faults, *verdict.unknown)]
    for line in bad:
        print(f"interop: {line}")
    print(f"interop: docs/interop.md is written, {len(bad)} faults")
    return int(bool(bad))


def has_keys_of_its_own(refmill, path):
    """Whether a file can be read and each record has a PMID, so that no two of all the files get one key."""
    done = subprocess.run([refmill, "convert", path, "--to", "jsonl", "--quiet"], capture_output=True, check=False)
    return done.returncode == 0 and all("pmid" in json.loads(line) for line in done.stdout.splitlines())


def convert(refmill, name, inputs, work, *options):
    """The files of all formats for these inputs, and the records as they were read."""
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    outputs = {}
    for format, ending in ENDINGS.items():
        outputs[format] = folder / f"out.{ending}"
        with open(outputs[format], "wb") as out:
            subprocess.run([refmill, "convert", *inputs, "--to", format, "--quiet", *options],
                           stdout=out, check=False)
    return outputs


def examine(verdicts, name, outputs):
    records = [json.loads(line) for line in outputs["jsonl"].read_text(encoding="utf-8").splitlines()]
    for format, path in outputs.items():
        if format != "jsonl" and records:
            judge(verdicts, name, format, path, [expected(record, format) for record in records])
            print(f"interop: {name} {format}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(Path, sys.argv[2:])))
