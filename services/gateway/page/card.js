// A job on the page.
import { call, hasKey, sentence } from "./calls.js";
import { $, announce, bytes, element, number, several, tell } from "./elements.js";
import { showFindings } from "./findings.js";
import { showPreview } from "./preview.js";

const WORDS = { sending: "sending", receiving: "sending", queued: "waiting", running: "converting", succeeded: "done", failed: "failed", cancelled: "cancelled", expired: "expired" };
const OVER = ["succeeded", "failed", "cancelled", "expired"];
const TIMES = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Cards by the ids of their jobs. */
export const cards = new Map();

/** A card for a job that was begun here just now (`isMine`), or before. */
export function newCard(name, { isMine }) {
  const item = $("job").content.firstElementChild.cloneNode(true);
  const find = (selector) => item.querySelector(selector);
  find(".name").textContent = name;
  for (const kind of ["cancel", "delete", "copy"]) find(`.${kind}`).setAttribute("aria-label", `${find(`.${kind}`).textContent} ${name}`);
  find("progress").setAttribute("aria-label", `Progress of ${name}`);
  find(".raw").setAttribute("aria-label", `Raw output of ${name}`);
  find(".scroll").setAttribute("aria-label", `Findings about ${name}`);
  if (isMine) $("jobs").prepend(item); else $("recent").append(item);

  const card = { id: null, state: "", job: null, abort: null, name, isMine, find };
  card.isOver = () => OVER.includes(card.state);
  card.complain = (words) => tell(find(".problem"), words);
  card.fail = (words) => {
    card.show({ state: "failed" });
    card.complain(words);
    announce(`${name}: ${words}`);
  };
  card.accept = (job) => {
    card.id = job.id;
    cards.set(job.id, card);
    card.show(job);
  };
  card.progress = (done, total, words) => {
    find("progress").max = Math.max(total, 1);
    find("progress").value = Math.min(done, total);
    find(".doing").textContent = `${words}, ${bytes(done)} of ${bytes(total)}`;
  };
  card.running = ({ records, bytes: done, total_bytes: total }) => card.progress(done, total, several(records, "record"));
  card.show = (job) => show(card, job);
  card.remove = () => {
    cards.delete(card.id);
    item.remove();
    refreshLists();
  };
  find(".cancel").addEventListener("click", () => cancel(card));
  find(".delete").addEventListener("click", () => remove(card));
  refreshLists();
  return card;
}

function refreshLists() {
  $("earlier").hidden = $("recent").children.length === 0;
  $("none").hidden = $("jobs").children.length > 0;
}

function show(card, job) {
  // What is over stays so: a poll may be answered after the last event was heard.
  if (card.isOver()) return;
  const { find, name } = card;
  const before = card.state;
  card.state = job.state;
  card.job = job;
  const isOver = card.isOver();
  const isStopping = job.cancel_requested && !isOver;
  find(".state").textContent = isStopping ? "stopping" : WORDS[job.state];
  find(".state").className = `state ${job.state}`;
  find(".going").hidden = isOver;
  find(".cancel").hidden = isOver;
  find(".cancel").disabled = isStopping;
  find(".delete").hidden = !isOver;
  if (job.input) showAbout(find(".about"), job);
  if (job.state === "running" && job.progress) card.running(job.progress);
  else if (job.state === "queued") find(".doing").textContent = "Waits for its turn";
  if (job.records && !(job.error && job.records.read === 0)) showCounts(find(".counts"), job.records);
  if (job.error) card.complain(sentence(job.error));
  if (isOver && card.id) {
    showDownloads(card);
    showPreview(card);
    showFindings(card);
  }
  if (card.isMine && job.state !== before && job.state !== "sending") announce(spoken(name, job));
}

function spoken(name, job) {
  if (job.error) return `${name}: ${WORDS[job.state]}. ${sentence(job.error)}`;
  const counts = job.records ? `, ${number(job.records.read)} read, ${number(job.records.written)} written, ${number(job.records.skipped)} rejected` : "";
  return `${name}: ${WORDS[job.state]}${counts}`;
}

function showAbout(where, job) {
  const time = element("time", TIMES.format(new Date(job.created_at)), { datetime: job.created_at });
  where.replaceChildren(time, ` · ${bytes(job.input.bytes)} · ${job.formats.join(", ")}`);
}

function showCounts(where, { read, written, skipped }) {
  where.hidden = false;
  where.replaceChildren(...[["read", read], ["written", written], ["rejected", skipped]].map(([word, count]) => {
    const one = element("div", undefined, { class: word === "rejected" && count > 0 ? "bad" : "" });
    one.append(element("dt", word), element("dd", number(count)));
    return one;
  }));
}

function showDownloads(card) {
  const results = card.job.results || [];
  const list = card.find(".downloads");
  list.replaceChildren(...results.map((result) => {
    const link = element("a", undefined, { class: "button", href: result.href, download: "" });
    // What stands on the button is part of its name for those who hear it or say it.
    link.append(element("span", "Download ", { class: "away" }), result.format, " ");
    link.append(element("span", bytes(result.bytes), { class: "size" }), element("span", ` of ${card.name}`, { class: "away" }));
    link.addEventListener("click", (event) => { if (hasKey()) { event.preventDefault(); download(card, result); } });
    const item = element("li");
    item.append(link);
    return item;
  }));
}

/** Without a key the link streams to the disk; with one, the bytes have to go through here. */
async function download(card, { href, format }) {
  try {
    const answer = await call(href);
    const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
    const url = URL.createObjectURL(await answer.blob());
    element("a", "", { href: url, download: named ? named[1] : `refmill.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  } catch (error) {
    card.complain(error.message);
  }
}

async function cancel(card) {
  if (!card.id) return card.abort?.();
  try {
    card.show(await (await call(`/v1/jobs/${card.id}/cancel`, { method: "POST" })).json());
  } catch (error) {
    // It may have ended in the meantime, which the page hears by itself.
    if (error.status !== 409) card.complain(error.message);
  }
}

async function remove(card) {
  try {
    if (card.id) await call(`/v1/jobs/${card.id}`, { method: "DELETE" });
  } catch (error) {
    if (error.status !== 404) return card.complain(error.message);
  }
  card.remove();
  announce(`${card.name}: deleted`);
  $("jobs-title").focus();
}
