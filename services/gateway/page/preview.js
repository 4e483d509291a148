// The first records of a job: as references, and as they stand in the files.
import { call } from "./calls.js";
import { announce, element, tell } from "./elements.js";
import { cutAtRecord, FORMATS, referencesOf } from "./references.js";

/** Results are previewed as far as these bytes reach. */
const BYTES = 64 * 1024;
/** Conversions whose previews open by themselves. */
const OPENED = 3;
/** References that are shown. */
const SHOWN = 10;

/** Offers a preview of a job that is over; it is open for the first that were begun here. */
export function showPreview(card) {
  const results = (card.job.results || []).filter((result) => result.bytes > 0);
  const preview = card.find(".preview");
  preview.hidden = results.length === 0;
  if (results.length === 0) return;
  const select = card.find(".raw-format");
  select.replaceChildren(...results.map((result) => element("option", result.format, { value: result.format })));
  const heads = new Map();
  const head = (format) => {
    const result = results.find((one) => one.format === format);
    if (!heads.has(format)) heads.set(format, load(result).catch((error) => { heads.delete(format); throw error; }));
    return heads.get(format);
  };
  const showRaw = async () => {
    const format = select.value;
    try {
      const { text, isWhole } = await head(format);
      if (format !== select.value) return;
      card.find(".raw").textContent = cutAtRecord(format, text, isWhole);
      tell(card.find(".cut"), isWhole ? "" : "The beginning of the file, cut at the last whole record.");
    } catch (error) {
      card.complain(error.message);
    }
  };
  const showReferences = async () => {
    const best = FORMATS.find((format) => results.some((one) => one.format === format));
    if (!best) return;
    try {
      const { text, isWhole } = await head(best);
      const found = referencesOf(best, text, isWhole).slice(0, SHOWN);
      card.find(".references").replaceChildren(...found.map(item));
      card.find(".references").hidden = found.length === 0;
    } catch (error) {
      card.complain(error.message);
    }
  };
  preview.addEventListener("toggle", () => {
    if (!preview.open || preview.dataset.loaded) return;
    preview.dataset.loaded = "yes";
    showRaw();
    showReferences();
  });
  select.addEventListener("change", showRaw);
  const copy = card.find(".copy");
  copy.addEventListener("click", async () => {
    const isCopied = await copyText(card.find(".raw"));
    copy.textContent = isCopied ? "Copied" : "Not copied";
    announce(isCopied ? `${select.value} of ${card.name}: copied` : "The browser does not let the page copy");
    setTimeout(() => { copy.textContent = "Copy"; }, 2000);
  });
  preview.open = card.isMine && document.querySelectorAll("#jobs .job").length <= OPENED;
}

async function load(result) {
  const answer = await call(result.href, { headers: { Range: `bytes=0-${BYTES - 1}` } });
  return { text: new TextDecoder().decode(await answer.arrayBuffer()), isWhole: result.bytes <= BYTES };
}

/** Copies the text of an element. Far from the loopback and without TLS only the old way is left. */
async function copyText(where) {
  try {
    await navigator.clipboard.writeText(where.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(where);
    const isCopied = document.execCommand("copy");
    getSelection().removeAllRanges();
    return isCopied;
  }
}

function item(found) {
  const made = element("li");
  if (found.names) made.append(`${found.names}. `);
  const title = element("span", undefined, { class: "title" });
  title.append(...found.title.map(inline), /[.?!]$/.test(titleText(found)) ? " " : ". ");
  made.append(title);
  if (found.source) made.append(element("cite", found.source), ". ");
  if (found.where) made.append(`${found.where}. `);
  const ids = [found.doi && `doi:${found.doi}`, found.pmid && `PMID ${found.pmid}`].filter(Boolean);
  if (ids.length > 0) made.append(element("span", ids.join(" · "), { class: "ids" }));
  return made;
}

function titleText(found) {
  return found.title.map((part) => part.text).join("");
}

/** A part of a title: plain, or in one of four styles. */
function inline({ text, style }) {
  return style ? element(style, text) : document.createTextNode(text);
}
