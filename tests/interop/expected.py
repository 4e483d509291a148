"""What a reader should find: a record of the JSON Lines as one flat object in the normal form of the readers."""

import re
import unicodedata

# Newspaper articles and data sets have no word in the normal form.
KINDS = {
    "article": "article", "chapter": "chapter", "book": "book", "report": "report",
    "thesis": "thesis", "preprint": "preprint",
}


def expected(record, format):
    """The fields that the format is to carry, as `mapping.md` section 5 has them with default options."""
    journal = record.get("container", {}).get("journal", {})
    book = record.get("container", {}).get("book", {})
    server = record["kind"] == "preprint" and format in ("bibtex", "biblatex")
    out = {
        "type": KINDS.get(record["kind"]),
        "title": rich(record.get("title", [])),
        "authors": names(record.get("authors", []), format),
        "editors": names(record.get("editors", []), format),
        "journal": None if server else name_of(record, journal),
        "journal_abbr": None if server else journal.get("abbreviation"),
        "booktitle": rich(book.get("title", [])),
        "volume": record.get("volume"),
        "issue": record.get("issue"),
        "pages": pages(record, format),
        "doi": record.get("doi"),
        "pmid": record.get("pmid"),
        "pmcid": record.get("pmcid", "").split(".")[0] if journal or format not in ("ris", "endnote-xml") else None,
        "issn": issn(journal),
        "isbn": next(iter(book.get("isbn", [])), None),
        "abstract": abstract(record.get("abstract", [])),
        "keywords": keywords(record),
        "language": language(record.get("languages", []), format),
        "publisher": book.get("publisher"),
        "place": book.get("place"),
        "edition": book.get("edition"),
    }
    # A book with editors alone is an edited book, whose editors stand where others have their authors.
    if record["kind"] == "book" and out["editors"] and not out["authors"] and format == "endnote-xml":
        out["authors"], out["editors"] = out["editors"], []
    out |= date(record.get("issued"))
    return {field: value for field, value in out.items() if value not in (None, "", [])}


def name_of(record, journal):
    title = journal.get("title") or journal.get("abbreviation")
    return title.split(" : ")[0] if title and record["kind"] == "preprint" else title


def cleaned(text):
    """The text as every format but JSON Lines has it (`output-formats.md` section 2)."""
    text = re.sub("[\u2010\u2011]", "-", text)
    text = re.sub("[\u2028\u2029\u0085]", " ", text)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf") or c in "\u200c\u200d")


def rich(runs):
    """Rich text with the tags that the readers know; `None` if it holds mathematics, which each spells in its own way."""
    out = []
    for run in runs:
        if isinstance(run, str):
            out.append(cleaned(run))
            continue
        ((style, inner),) = run.items()
        text = None if style == "math" else rich(inner)
        if text is None:
            return None
        out.append(f"<{style}>{text}</{style}>")
    return "".join(out)


def names(people, format):
    return [cleaned(name(person, format)) for person in people]


def name(person, format):
    whole = person.get("group") or (person["family"] if not person.get("given") and not person.get("suffix") else None)
    if whole is not None:
        if person.get("group") and format in ("ris", "endnote-xml"):
            whole = whole.replace(", ", " - ")
        return "{" + whole + "}"
    parts = [person["family"], person.get("given", "")]
    return ", ".join(parts + ([person["suffix"]] if person.get("suffix") else []))


def pages(record, format):
    found = record.get("pages")
    if not found or found.get("kind") == "extent":
        return None
    ranges = ["-".join(part for part in (r["first"], r.get("last")) if part) for r in found.get("ranges", [])]
    if not ranges:
        return found["raw"] if found.get("kind") == "unparsed" else None
    return ranges[0] if format == "ris" else ", ".join(ranges)


def language(languages, format):
    """All of them where the format holds codes, else the first; not one that has no name."""
    if format in ("ris", "endnote-xml"):
        return "; ".join(languages)
    return next((code for code in languages[:1] if code != "mul"), None)


def issn(journal):
    numbers = journal.get("issn", [])
    own = [n["value"] for n in numbers if n.get("kind") != "linking"]
    return next(iter(own or [n["value"] for n in numbers]), None)


def date(issued):
    if not issued:
        return {}
    start = issued["start"]
    return {part: str(start[part]) for part in ("year", "month", "day") if part in start}


def abstract(sections):
    lines = []
    for section in sections:
        label, text = section.get("label"), rich(section.get("text", []))
        if text is None:
            return None
        if label and label != "UNLABELLED" and text and not text.startswith(label.rstrip(":") + ":"):
            text = f"{label.rstrip(':')}: {text}"
        lines.append(text or label)
    return "\n".join(line for line in lines if line)


def keywords(record):
    terms = [rich(term) for term in record.get("keywords", [])]
    if None in terms:
        return None
    for heading in record.get("mesh", []):
        qualifiers = heading.get("qualifiers", [])
        terms += [f"{heading['descriptor']}/{q['name']}" for q in qualifiers] or [heading["descriptor"]]
    return list(dict.fromkeys(terms))

