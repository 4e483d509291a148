"""Writes `docs/interop.md`: tables of counts, and for the project's own files the values that differ."""

import json

from refread.form import FIELDS

HEAD = """# What other programs make of our files

Written by `make interop`; do not edit. Each output is read by programs that others wrote, and what they found is set
beside the record, field by field. A cell says how many records of those that have the field came back: the same text,
or the same but for markup, case, dots or braces. Numbers behind it are what did not:

* `.` the reader does not carry the field, `X` it found something else, `G` it took the name of a group apart;
* in brackets, what this reader is known not to do, however the field is written; for the title, the authors, the year
  and the DOI of RIS, `docs/decisions/readers.md` has what was tried.

The readers, their versions and the marks are those of `../shared/readers/README.md`.
"""
TITLES = {"ris": "RIS", "bibtex": "BibTeX", "biblatex": "BibLaTeX", "csl-json": "CSL-JSON", "endnote-xml": "EndNote XML"}
KEPT = ("ok", "~")
LOST = ("X", "G", ".", "(X)", "(G)", "(.)")


def page(own, corpus):
    lines = [HEAD]
    lines += section("The golden cases and the examples", own, details=True)
    if corpus:
        lines += section("The shared corpus", corpus, details=False)
    return "\n".join(lines).rstrip() + "\n"


def section(title, verdicts, details):
    lines = [f"## {title}", ""]
    for format, heading in TITLES.items():
        of_format = {reader: v for (f, reader), v in verdicts.items() if f == format and v.files}
        if of_format:
            lines += [f"### {heading}", "", *table(of_format), ""]
            lines += [line for reader, verdict in of_format.items() for line in remarks(reader, verdict)]
            lines += differences(of_format) if details else []
            lines += [""]
    return lines


def table(verdicts):
    compared = {reader: verdict for reader, verdict in verdicts.items() if verdict.marks}
    if not compared:
        return []
    lines = ["| field | " + " | ".join(compared) + " |", "|---" * (len(compared) + 1) + "|"]
    for field in FIELDS:
        if any(field in verdict.marks for verdict in compared.values()):
            cells = (cell(verdict.marks.get(field, {})) for verdict in compared.values())
            lines.append(f"| {field} | " + " | ".join(cells) + " |")
    return lines


def cell(marks):
    kept = sum(marks.get(mark, 0) for mark in KEPT)
    lost = [f"{marks[mark]} {mark}" for mark in LOST if marks.get(mark)]
    return ", ".join([str(kept), *lost]) if kept or lost else ""


def remarks(reader, verdict):
    counted = f"{verdict.files} files, {verdict.records} records"
    if not (verdict.failures or verdict.faults or verdict.marks):
        yield f"* **{reader}**: no fault in {counted}."
    for failure in verdict.failures:
        yield f"* **{reader}** could not read {failure}"
    for fault, times in (*sorted(verdict.faults.items()), *sorted(verdict.warnings.items())):
        yield f"* **{reader}** ({times} times): {one_line(fault)}"


def differences(verdicts):
    """What was found instead, the readers that found the same together."""
    found = {}
    for reader, verdict in verdicts.items():
        for field, examples in verdict.examples.items():
            for place, want, got in examples:
                found.setdefault((place, field, quoted(want), quoted(got)), []).append(reader)
    if found:
        yield from ("", "| case, record | field | written | found | by |", "|---|---|---|---|---|")
    for (place, field, want, got), readers in sorted(found.items()):
        yield f"| {place} | {field} | {want} | {got} | {', '.join(readers)} |"


def quoted(value):
    return "nothing" if value in (None, "", []) else "`" + one_line(json.dumps(value, ensure_ascii=False)) + "`"


def one_line(text):
    text = " ".join(str(text).split()).replace("`", "'").replace("|", "\\|")
    return text if len(text) <= 160 else text[:160] + "…"
