// The first records of a result: cut at the last whole one, and set as references.
"use strict";

/** What ends a record in each format that is cut by text. */
const ENDS = { ris: "\nER  - ", bibtex: "\n}\n", biblatex: "\n}\n", "endnote-xml": "</record>", jsonl: "\n" };

/** The text up to its last whole record. `whole` says that nothing of the file is missing. */
function cutAtRecord(format, text, whole) {
  if (whole) return text;
  if (format === "csl-json") {
    const members = wholeMembers(text);
    return JSON.stringify(members, null, 2);
  }
  const end = ENDS[format];
  const at = text.lastIndexOf(end);
  return at < 0 ? text : text.slice(0, at + end.length);
}

/** The objects of a JSON array that begins the text, as far as they are whole. */
function wholeMembers(text) {
  const members = [];
  let depth = 0, start = -1, inString = false, escaped = false;
  for (let at = text.indexOf("[") + 1; at > 0 && at < text.length; at += 1) {
    const sign = text[at];
    if (escaped) escaped = false;
    else if (inString) {
      if (sign === "\\") escaped = true;
      else if (sign === "\"") inString = false;
    } else if (sign === "\"") inString = true;
    else if (sign === "{") { if (depth === 0) start = at; depth += 1; }
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) members.push(JSON.parse(text.slice(start, at + 1)));
    }
  }
  return members;
}

/** The records of a result as simple objects; nothing for formats that are shown raw only. */
function referencesOf(format, text, whole) {
  if (format === "csl-json") return wholeMembers(text).map(fromCsl);
  if (format === "ris") return cutAtRecord(format, text, whole).split(/\r?\nER {2}- ?/).map(fromRis).filter(Boolean);
  return [];
}

function fromCsl(item) {
  const names = (item.author || []).map((name) => name.literal || [name.family, initials(name.given), name.suffix].filter(Boolean).join(" "));
  const year = item.issued && item.issued["date-parts"] && item.issued["date-parts"][0][0];
  return reference({ names, title: plain(item.title), source: plain(item["container-title"]), year, volume: item.volume, issue: item.issue, pages: item.page || item.number, doi: item.DOI, pmid: item.PMID });
}

function fromRis(text) {
  const fields = {};
  for (const line of text.split(/\r?\n/)) {
    const found = /^([A-Z][A-Z0-9]) {2}- (.*)$/.exec(line);
    if (found) (fields[found[1]] ||= []).push(found[2]);
  }
  if (!fields.TY) return null;
  const one = (...tags) => tags.map((tag) => fields[tag] && fields[tag][0]).find(Boolean);
  const names = (fields.AU || []).map((name) => {
    const [family, given, suffix] = name.split(", ");
    return [family, initials(given), suffix].filter(Boolean).join(" ");
  });
  const pages = [one("SP"), one("EP")].filter(Boolean).join("–");
  return reference({ names, title: plain(one("TI", "T1")), source: plain(one("T2", "JF", "JO")), year: (one("PY", "Y1") || "").slice(0, 4), volume: one("VL"), issue: one("IS"), pages, doi: one("DO"), pmid: one("AN") });
}

function initials(given) {
  return (given || "").split(/[\s-]+/).map((word) => word[0] || "").join("");
}

function plain(text) {
  return (text || "").replace(/<\/?(?:i|b|sup|sub|span)(?: [^>]*)?>/g, "");
}

/** One line in the manner of medical journals. */
function reference(of) {
  const names = of.names.length > 6 ? `${of.names.slice(0, 6).join(", ")}, et al` : of.names.join(", ");
  const volume = [of.volume, of.issue && `(${of.issue})`].filter(Boolean).join("");
  const where = [of.year, volume && `;${volume}`, of.pages && `:${of.pages}`].filter(Boolean).join("");
  const parts = [names, of.title, of.source, where].filter(Boolean).map((part) => part.replace(/\.$/, ""));
  return { line: `${parts.join(". ")}.`, doi: of.doi, pmid: of.pmid };
}
