// The first records of a result: cut at the last whole one, and told as references.
import { bibtexEntries } from "./tex.js";

/** What ends a record in each format that is cut by text. */
const ENDS = { ris: "\nER  - ", bibtex: "\n}\n", biblatex: "\n}\n", "endnote-xml": "</record>", jsonl: "\n" };
/** Who reads the records of a format; the first format tells the most. */
const READERS = { "csl-json": fromCslJson, jsonl: fromJsonLines, ris: fromRis, biblatex: fromBibtex, bibtex: fromBibtex, "endnote-xml": fromEndnote };
/** Formats that references are made of, the best first. */
export const FORMATS = Object.keys(READERS);
/** Authors that are named. */
const NAMED = 6;

/** The text up to its last whole record. `isWhole` says that nothing of the file is missing. */
export function cutAtRecord(format, text, isWhole) {
  if (isWhole) return text;
  const end = format === "csl-json" ? wholeMembers(text).end : text.lastIndexOf(ENDS[format]) + ENDS[format].length;
  return end < (ENDS[format] || "").length ? text : text.slice(0, end);
}

/** The records of a result as references: names, title in styled parts, source, where, doi, pmid. */
export function referencesOf(format, text, isWhole) {
  return READERS[format](format === "csl-json" ? text : cutAtRecord(format, text, isWhole));
}

/** The objects of a JSON array that begins the text, as far as they are whole, and where the last ends. */
function wholeMembers(text) {
  const members = [];
  let depth = 0, start = -1, end = 0, inString = false, isEscaped = false;
  for (let at = text.indexOf("[") + 1; at > 0 && at < text.length; at += 1) {
    const sign = text[at];
    if (isEscaped) isEscaped = false;
    else if (inString) {
      if (sign === "\\") isEscaped = true;
      else if (sign === "\"") inString = false;
    } else if (sign === "\"") inString = true;
    else if (sign === "{") { if (depth === 0) start = at; depth += 1; }
    else if (sign === "}") {
      depth -= 1;
      if (depth === 0) { end = at + 1; members.push(JSON.parse(text.slice(start, end))); }
    }
  }
  return { members, end };
}

function fromCslJson(text) {
  return wholeMembers(text).members.map((item) => reference({
    names: (item.author || []).map((name) => name.literal || person(name.family, name.given, name.suffix)),
    title: styled(item.title), source: bare(item["container-title"]), year: item.issued?.["date-parts"]?.[0]?.[0],
    volume: item.volume, issue: item.issue, pages: item.page || item.number, doi: item.DOI, pmid: item.PMID,
  }));
}

function fromJsonLines(text) {
  return text.split("\n").filter(Boolean).map((line) => {
    const record = JSON.parse(line);
    const [kind] = Object.values(record.container || {});
    const range = record.pages?.ranges?.[0];
    return reference({
      names: (record.authors || []).map((name) => name.group || person(name.family, name.given, name.suffix)),
      title: (record.title || []).flatMap((part) => inlineParts(part)),
      source: typeof kind?.title === "string" ? kind.title : (kind?.title || []).flatMap((part) => inlineParts(part)).map((part) => part.text).join(""),
      year: record.issued?.start?.year, volume: record.volume, issue: record.issue,
      pages: range ? [range.first, range.last].filter(Boolean).join("-") : record.pages?.raw, doi: record.doi, pmid: record.pmid,
    });
  });
}

/** A part of rich text in JSON Lines: a string, or `{"i": [parts]}`. */
function inlineParts(part, style) {
  if (typeof part === "string") return [{ text: part, style }];
  return Object.entries(part).flatMap(([name, inner]) => [inner].flat().flatMap((one) => inlineParts(one, STYLES.includes(name) ? name : style)));
}

function fromRis(text) {
  return text.split(/\r?\nER {2}- ?/).map((lines) => {
    const fields = new Map();
    for (const line of lines.split(/\r?\n/)) {
      const [, tag, value] = /^([A-Z][A-Z0-9]) {2}- (.*)$/.exec(line) || [];
      if (tag) fields.set(tag, [...(fields.get(tag) || []), value]);
    }
    if (!fields.has("TY")) return null;
    const one = (...tags) => tags.map((tag) => fields.get(tag)?.[0]).find(Boolean);
    return reference({
      names: (fields.get("AU") || []).map((name) => person(...name.split(", "))),
      title: styled(one("TI", "T1")), source: bare(one("T2", "JF", "JO")), year: (one("PY", "Y1") || "").slice(0, 4),
      volume: one("VL"), issue: one("IS"), pages: [one("SP"), one("EP")].filter(Boolean).join("-"), doi: one("DO"), pmid: one("AN"),
    });
  }).filter(Boolean);
}

function fromBibtex(text) {
  return bibtexEntries(text).map((entry) => reference({
    // `family, suffix, given` has its parts in another order than RIS.
    names: entry.names.map((parts) => parts.length > 2 ? person(parts[0], parts[2], parts[1]) : person(...parts)),
    title: styled(entry.title), source: bare(entry.journal || entry.journaltitle || entry.booktitle), year: (entry.year || entry.date || "").slice(0, 4),
    volume: entry.volume, issue: entry.number, pages: (entry.pages || entry.eid || "").replace("--", "-"), doi: entry.doi, pmid: entry.pmid || entry.eprint,
  }));
}

function fromEndnote(text) {
  // The parsed document is never shown: only its text is read.
  const end = text.includes("</records>") ? "" : "</records></xml>";
  const records = new DOMParser().parseFromString(text + end, "text/xml").querySelectorAll("record");
  return [...records].map((record) => {
    const one = (path) => record.querySelector(path)?.textContent;
    return reference({
      names: [...record.querySelectorAll("contributors > authors > author")].map((author) => person(...author.textContent.split(", "))),
      title: [...record.querySelectorAll("titles > title > style")].map((part) => ({ text: part.textContent, style: FACES[part.getAttribute("face")] })),
      source: one("secondary-title"), year: one("dates > year"), volume: one("volume"), issue: one("number"), pages: one("pages"),
      doi: one("electronic-resource-num"), pmid: one("accession-num"),
    });
  });
}

const STYLES = ["i", "b", "sub", "sup"];
const FACES = { italic: "i", bold: "b", subscript: "sub", superscript: "sup" };

/** Text with the tags of four styles, as parts. Every other sign stays what it is. */
function styled(text) {
  const parts = [];
  const open = [];
  for (const piece of (text || "").split(/(<\/?(?:i|b|sub|sup)>|<\/?span(?: [^<>]*)?>)/)) {
    if (/^<\//.test(piece)) open.pop();
    else if (/^<(i|b|sub|sup|span)[ >]/.test(piece) && piece.endsWith(">")) open.push(piece.slice(1, -1).split(" ")[0]);
    else if (piece) parts.push({ text: piece, style: open.findLast((name) => STYLES.includes(name)) });
  }
  return parts;
}

function bare(text) {
  return styled(text).map((part) => part.text).join("");
}

/** `Smith JA Jr` */
function person(family, given, suffix) {
  const initials = (given || "").split(/[\s-]+/).map((word) => [...word][0] || "").join("");
  return [(family || "").replace(/,$/, ""), initials, suffix].filter(Boolean).join(" ");
}

/** In the manner of medical journals. */
function reference({ names, title, source, year, volume, issue, pages, doi, pmid }) {
  const named = names.length > NAMED ? `${names.slice(0, NAMED).join(", ")}, et al` : names.join(", ");
  const number = [volume, issue && `(${issue})`].filter(Boolean).join("");
  const where = [year, number && `;${number}`, pages && `:${pages.replace("-", "–")}`].filter(Boolean).join("");
  return { names: named.replace(/\.$/, ""), title, source: source?.replace(/\.$/, ""), where, doi, pmid };
}
