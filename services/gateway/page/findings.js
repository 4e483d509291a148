// What was said about the records of a job, by code and by record.
import { call, tables } from "./calls.js";
import { element, number, several, tell } from "./elements.js";

/** Findings that the table shows. */
const SHOWN = 200;
/** As much of the diagnostics as holds them. */
const BYTES = 128 * 1024;

/** Offers the findings of a job that is over. */
export function showFindings(card) {
  const { total = 0, by_code: byCode = {} } = card.job.warnings || {};
  const findings = card.find(".findings");
  findings.hidden = total === 0;
  if (total === 0) return;
  findings.querySelector("summary").textContent = several(total, "finding");
  findings.addEventListener("toggle", async () => {
    if (!findings.open || findings.dataset.loaded) return;
    findings.dataset.loaded = "yes";
    try {
      const known = new Map((await tables).diagnostics.map((one) => [one.code, one]));
      for (const [code, count] of Object.entries(byCode)) findings.querySelector(".codes").append(codeItem(known.get(code), code, count));
      await showTable(card, findings, total);
    } catch (error) {
      delete findings.dataset.loaded;
      card.complain(error.message);
    }
  });
}

function codeItem(known, code, count) {
  const item = element("li");
  item.append(element("strong", number(count)), " ", element("code", code), known ? ` ${known.meaning}` : "");
  return item;
}

async function showTable(card, findings, total) {
  const answer = await call(`/v1/jobs/${card.id}/diagnostics`, { headers: { Range: `bytes=0-${BYTES - 1}` } });
  const text = await answer.text();
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean).slice(0, SHOWN);
  findings.querySelector("tbody").replaceChildren(...lines.map((line) => row(JSON.parse(line))));
  const rest = `The first ${number(lines.length)} of ${number(total)}. All of them: `;
  const more = findings.querySelector(".more");
  tell(more, rest);
  more.append(element("a", "diagnostics as NDJSON", { href: `/v1/jobs/${card.id}/diagnostics`, download: "" }));
  more.hidden = total <= lines.length;
}

function row(one) {
  const made = element("tr");
  const record = element("td", one.record === undefined || one.record === null ? "all" : number(one.record));
  if (one.pmid) record.append(element("small", `PMID ${one.pmid}`));
  const code = element("td");
  code.append(element("span", one.severity, { class: `severity ${one.severity}` }), element("code", one.code));
  const message = element("td", one.message);
  const places = [one.format, one.line && `line ${number(one.line)}`].filter(Boolean);
  if (places.length > 0) message.append(element("small", places.join(", ")));
  made.append(record, code, message);
  return made;
}
