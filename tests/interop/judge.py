"""Asks each foreign reader for a file, and counts what it made of every field of every record."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from refread.compare import bracketed, mark, unexpected
from refread.form import FIELDS
from refread.read import attempt
from refread.table import reading
from refread.tools import HERE

from . import known

BAD = ("X", "G", ".")
LIMITS = json.loads((HERE / "limits.json").read_text(encoding="utf-8"))


@dataclass
class Verdict:
    """What one reader made of all files of one format that it was given."""

    files: int = 0
    records: int = 0
    marks: dict = field(default_factory=lambda: defaultdict(Counter))
    failures: list = field(default_factory=list)
    faults: Counter = field(default_factory=Counter)
    warnings: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=dict)
    unknown: list = field(default_factory=list)


def judge(verdicts, name, format, path, expected, only=()):
    """Adds to `verdicts` what every reader of the format, or those named, made of the file."""
    for reader_name, reader in reading(format).items():
        if only and reader_name not in only:
            continue
        verdict = verdicts.setdefault((format, reader_name), Verdict())
        result = attempt(reader, path, format)
        if isinstance(result, dict) and "skipped" in result:
            continue
        verdict.files += 1
        verdict.records += len(expected)
        if isinstance(result, dict):
            verdict.failures.append(f"{name}: {result['error'][:200]}")
        elif reader.checker:
            own = json.dumps(expected, ensure_ascii=False)
            verdict.faults.update(fault for part in result for fault in part["_faults"] if not is_own(fault, own))
        elif len(result) != len(expected):
            verdict.failures.append(f"{name}: {len(result)} records instead of {len(expected)}")
        else:
            complaints = unexpected(result[0].get("_messages", []), LIMITS) if result else []
            for complaint in complaints:
                kind = verdict.warnings if complaint.startswith("WARN") else verdict.faults
                kind[without_names(complaint)] += 1
            compare(verdict, name, reader_name, format, expected, result)


def is_own(fault, own):
    """Whether what looks like a stray tag is text of a record: a title may speak of `<x>`. The tags of styles are no text."""
    return fault in own and not re.fullmatch(r"</?(?:i|b|u|sub|sup|span|sc)\b[^>]*>", fault)


def without_names(complaint):
    """The complaint without the entry and the value that it is about, so that equal ones are counted together."""
    return re.sub(r"(entry|Entry|month field) '[^']*'", r"\1", complaint).replace(" (in.bib)", "")


def compare(verdict, name, reader_name, format, expected, result):
    for place, (want, got) in enumerate(zip(expected, result), 1):
        marks = {f: mark(f, want[f], got.get(f)) for f in FIELDS if f in want}
        for f, found in bracketed(reader_name, format, {"marks": marks}, LIMITS).items():
            if format == "ris" and f in known.FIELDS and found in BAD:
                if known.is_known(reader_name, f, want, got.get(f)):
                    found = f"({found})"
                else:
                    verdict.unknown.append(f"{f} of {name} {place}")
            verdict.marks[f][found] += 1
            if found in BAD:
                verdict.examples.setdefault(f, []).append((f"{name} {place}", want[f], got.get(f)))
