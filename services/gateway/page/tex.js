// Entries of a BibTeX file as our own writers spell them, with TeX told as plain text.

const ACCENTS = { "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "\"": "\u0308", "=": "\u0304", ".": "\u0307", u: "\u0306", v: "\u030c", H: "\u030b", c: "\u0327", d: "\u0323", b: "\u0331", k: "\u0328", r: "\u030a" };
const SIGNS = { l: "ł", L: "Ł", o: "ø", O: "Ø", ss: "ß", ae: "æ", AE: "Æ", oe: "œ", OE: "Œ", aa: "å", AA: "Å", i: "ı", j: "ȷ", dh: "ð", DH: "Ð", th: "þ", TH: "Þ", dj: "đ", DJ: "Đ", textasciitilde: "~", textasciicircum: "^", textbackslash: "\\", pm: "±", times: "×", geq: "≥", leq: "≤", rightarrow: "→", infty: "∞", mu: "µ", degree: "°" };
const GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega";
const LETTERS = "αβγδεζηθικλμνξοπρστυφχψω";
for (const [at, name] of GREEK.split(" ").entries()) {
  SIGNS[name] = LETTERS[at];
  SIGNS[name[0].toUpperCase() + name.slice(1)] = LETTERS[at].toUpperCase();
}
const STYLES = { textit: "i", emph: "i", textbf: "b", textsubscript: "sub", textsuperscript: "sup", _: "sub", "^": "sup" };

/** The entries: their fields as text with the tags of four styles, and `names` in their parts. */
export function bibtexEntries(text) {
  return text.split(/\n(?=@)/).filter((entry) => entry.startsWith("@")).map((entry) => {
    const found = {};
    for (const [, name, value] of entry.matchAll(/^ {2}(\w+) *= \{?(.*?)\}?,$/gm)) found[name] = value;
    const names = between(found.author || "").map((name) => name.startsWith("{") && name.endsWith("}") ? [plain(name)] : name.split(", ").map(plain));
    return { ...Object.fromEntries(Object.entries(found).map(([name, value]) => [name, plain(value)])), names };
  });
}

/** The names of a field: `and` parts them, but not inside of braces. */
function between(field) {
  const names = [""];
  let depth = 0;
  for (const word of field.split(/( and )/)) {
    if (word === " and " && depth === 0) names.push("");
    else names[names.length - 1] += word;
    for (const sign of word.replace(/\\[{}]/g, "")) depth += { "{": 1, "}": -1 }[sign] || 0;
  }
  return names.filter(Boolean);
}

/** TeX as plain text with tags of styles. */
function plain(tex) {
  return read(tex, 0, tex.length).normalize("NFC");
}

function read(tex, from, to) {
  let out = "";
  let inMath = false;
  for (let at = from; at < to; at += 1) {
    const sign = tex[at];
    if (sign === "$") inMath = !inMath;
    else if (sign === "{" || sign === "}") continue;
    else if (inMath && STYLES[sign]) {
      const [inner, end] = argument(tex, at + 1);
      out += `<${STYLES[sign]}>${inner}</${STYLES[sign]}>`;
      at = end - 1;
    } else if (sign === "~") out += "\u00a0";
    else if (sign === "\\") {
      const [, command] = /^\\([A-Za-z]+|.)/.exec(tex.slice(at)) || ["", ""];
      at += command.length;
      if (STYLES[command]) {
        const [inner, end] = argument(tex, at + 1);
        out += `<${STYLES[command]}>${inner}</${STYLES[command]}>`;
        at = end - 1;
      } else if (ACCENTS[command]) {
        const [inner, end] = argument(tex, at + 1);
        out += inner.replace("ı", "i").replace(/^(.)/u, `$1${ACCENTS[command]}`);
        at = end - 1;
      } else if (SIGNS[command]) {
        out += SIGNS[command];
        if (tex.slice(at + 1, at + 3) === "{}") at += 2;
        else if (tex[at + 1] === " " && command.length > 1) at += 1;
      } else if (command.length === 1) out += command;
    } else out += sign;
  }
  return out;
}

/** What a command is about: a group, or the next sign. Its text, and where it ends. */
function argument(tex, from) {
  while (tex[from] === " ") from += 1;
  if (tex[from] === "\\") {
    const length = /^\\([A-Za-z]+|.)/.exec(tex.slice(from))[0].length;
    return [read(tex, from, from + length), from + length];
  }
  if (tex[from] !== "{") return [tex[from] || "", from + 1];
  let depth = 0;
  for (let at = from; at < tex.length; at += 1) {
    if (tex[at] === "\\") at += 1;
    else if (tex[at] === "{") depth += 1;
    else if (tex[at] === "}") {
      depth -= 1;
      if (depth === 0) return [read(tex, from + 1, at), at + 1];
    }
  }
  return [read(tex, from + 1, tex.length), tex.length];
}
