"""What readers of RIS are known to make of a title, the authors, the year or the DOI, however these are spelled.

`docs/decisions/readers.md` has the spellings that were tried. Everything else that comes back changed in these four fields
is a fault of ours, and ends `make interop` with status 1.
"""

import re

from refread.compare import mark, words

FIELDS = ("title", "authors", "year", "doi")


def is_known(reader, field, want, found):
    """Whether this reader is known to find that instead of what the record holds."""
    rule = RULES.get((reader, field)) or RULES.get((None, field))
    return bool(rule and rule(want, found))


def superscripts_in_brackets(want, found):
    """Text without markup has `x^(k+1)` for what has no superscript sign: `output-formats.md` section 2."""
    return mark("title", want["title"], re.sub(r"\^\(([^()]*)\)", r"^\1", found or "")) in ("ok", "~")


def groups_apart_and_doubles_once(want, found):
    """bibutils takes names of groups apart, any name at `and`, and keeps one of two equal names; the others all arrive."""
    others = (name for name in want["authors"] if not (name.startswith("{") or re.search(r"\band\b", name)))
    persons = list(dict.fromkeys(others))
    rest = iter(map(words, found or []))
    return len(persons) < len(want["authors"]) and all(any(words(name) == got for got in rest) for name in persons)


def particles_of_small_words(want, found):
    """pandoc takes small words at the head of a name for a particle: `for the`, the `d'` of d'Empaire; all of it arrives."""
    pairs = list(zip(want["authors"], (name.replace("' ", "'") for name in found or []), strict=False))
    return len(pairs) == len(want["authors"]) and all(
        words(name) == words(got) and (mark("authors", [name], [got]) in ("ok", "~") or re.match(r"\{[a-z]", name))
        for name, got in pairs)


def newspapers(want, found):
    """citation-js reads no author of a NEWS record. The normal form has no word for that type."""
    return not found and "type" not in want


def short_registrants(want, found):
    """citation-js knows a DOI by `10.` and at least four digits; NLM has one of three."""
    return not found and re.match(r"10\.\d{1,3}/", want["doi"])


def long_registrants(want, found):
    """bibutils knows a DOI by `10.`, four digits and a slash; of five digits and more only within a URL in UR."""
    return not found and not re.match(r"10\.\d{4}/", want["doi"])


RULES = {
    (None, "title"): superscripts_in_brackets,
    ("bibutils", "authors"): groups_apart_and_doubles_once,
    ("pandoc", "authors"): particles_of_small_words,
    ("citation-js", "authors"): newspapers,
    ("citation-js", "doi"): short_registrants,
    ("bibutils", "doi"): long_registrants,
}
