// The page: files in, jobs watched, results out. All text of records is set as text, never as markup.
"use strict";

const $ = (id) => document.getElementById(id);
/** Results are previewed as far as these bytes reach. */
const PREVIEW_BYTES = 64 * 1024;
/** Findings that the table shows. */
const FINDINGS_SHOWN = 200;
/** Streams at a time: browsers allow six connections to a server. */
const MAX_STREAMS = 4;
const FINAL = ["succeeded", "failed", "cancelled", "expired"];

const chosen = [];
const cards = new Map();
let streams = 0;
let polling = null;

// ---- calls ----

function headers(more) {
  const key = $("key").value.trim();
  return { ...(key ? { Authorization: `Bearer ${key}` } : {}), ...more };
}

async function call(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: headers(options.headers), credentials: "omit" });
  if (answer.ok) return answer;
  throw new Error(await problemOf(answer.status, await answer.text()));
}

function problemOf(status, text) {
  try {
    const problem = JSON.parse(text);
    return `${problem.title}: ${problem.detail}`;
  } catch {
    return `The server answers ${status}.`;
  }
}

function announce(words) {
  $("announce").textContent = words;
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// ---- the form, out of the same table as every other way to ask ----

async function buildForm() {
  const document_ = await (await call("/openapi.json")).json();
  const parameters = document_.paths["/v1/jobs"].post.parameters.filter((one) => one.in === "query");
  const described = parameters.map((one) => ({
    name: one.name,
    help: one.description || "",
    schema: one.schema || {},
    many: one.schema && one.schema.type === "array",
  }));
  const formats = described.find((one) => one.name === "formats");
  const names = wordsOf(formats.schema);
  for (const name of names) {
    const box = element("input", undefined, { type: "checkbox", name: "format", value: name, id: `format-${name}` });
    box.checked = name === "ris";
    const label = element("label", undefined, { for: box.id });
    label.append(box, name);
    $("formats").append(label);
  }
  const own = ["formats", "filename", "webhook", "lane"];
  for (const one of described) if (!own.includes(one.name)) $("settings").append(setting(one));
}

function wordsOf(schema) {
  return schema.enum || (schema.items && schema.items.enum) || (schema["x-values"] || []);
}

function setting(one) {
  const id = `set-${one.name}`;
  const box = element("div");
  box.append(element("label", one.name, { for: id }));
  const words = wordsOf(one.schema);
  const initial = one.schema.default === undefined ? "" : String(one.schema.default);
  let control;
  if (words.length > 0 && !one.many) {
    control = element("select", undefined, { id, "data-setting": one.name, "data-default": initial });
    for (const word of words) control.append(element("option", word, { value: word }));
    control.value = initial || words[0];
    control.dataset.default = control.value;
  } else {
    control = element("input", undefined, { id, type: "text", "data-setting": one.name, "data-default": initial, placeholder: words.join(",") });
    control.value = initial;
  }
  const help = element("small", one.help, { id: `${id}-help` });
  control.setAttribute("aria-describedby", help.id);
  box.append(control, help);
  return box;
}

function asked() {
  const formats = [...document.querySelectorAll("input[name=format]:checked")].map((box) => box.value);
  const query = new URLSearchParams({ formats: formats.join(",") });
  for (const control of document.querySelectorAll("[data-setting]")) {
    if (control.value !== control.dataset.default) query.set(control.dataset.setting, control.value);
  }
  return { formats, query };
}

// ---- choosing ----

function choose(files) {
  for (const file of files) chosen.push(file);
  showChosen();
}

function showChosen() {
  const list = $("chosen");
  list.replaceChildren();
  chosen.forEach((file, at) => {
    const item = element("li", `${file.name} (${bytes(file.size)}) `);
    const remove = element("button", "Remove", { type: "button", "aria-label": `Remove ${file.name}` });
    remove.addEventListener("click", () => { chosen.splice(at, 1); showChosen(); });
    item.append(remove);
    list.append(item);
  });
}

function bytes(count) {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit += 1; }
  return `${unit === 0 ? count : count.toFixed(1)} ${units[unit]}`;
}

// ---- submitting ----

async function submit(event) {
  event.preventDefault();
  complain("");
  const { formats, query } = asked();
  const pasted = $("paste").value;
  const files = chosen.splice(0);
  showChosen();
  if (pasted.trim()) files.push(new File([pasted], "pasted.txt", { type: "text/plain" }));
  if (files.length === 0) return complain("Choose a file or paste something first.");
  if (formats.length === 0) { choose(files.filter((file) => file.name !== "pasted.txt")); return complain("Choose a format first."); }
  $("paste").value = "";
  $("jobs-title").focus();
  await Promise.all(files.map((file) => send(file, new URLSearchParams(query))));
}

function complain(words) {
  $("form-problem").textContent = words;
  $("form-problem").hidden = words === "";
}

function send(file, query) {
  query.set("filename", file.name);
  const card = newCard(file.name);
  card.show({ state: "sending" });
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/jobs?${query}`);
    for (const [name, value] of Object.entries(headers({ "Content-Type": "application/octet-stream" }))) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (at) => { if (at.lengthComputable) card.progress(at.loaded, at.total, "sent"); });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) {
        const job = JSON.parse(request.responseText);
        cards.set(job.id, card);
        card.id = job.id;
        card.show(job);
        watch(card);
      } else card.fail(problemOf(request.status, request.responseText));
      resolve();
    });
    request.addEventListener("error", () => { card.fail("The server cannot be reached."); resolve(); });
    card.abort = () => request.abort();
    request.addEventListener("abort", () => { card.show({ state: "cancelled" }); resolve(); });
    request.send(file);
  });
}

// ---- watching ----

function watch(card) {
  if (FINAL.includes(card.state)) return card.finish();
  if (streams >= MAX_STREAMS) return poll();
  streams += 1;
  listen(card).catch(() => {}).finally(() => {
    streams -= 1;
    if (!FINAL.includes(card.state) && cards.has(card.id)) poll();
  });
}

/** Reads the events of a job; with `fetch`, since `EventSource` cannot carry a key. */
async function listen(card) {
  const answer = await call(`/v1/jobs/${card.id}/events`, { headers: { Accept: "text/event-stream" } });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      hear(card, text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function hear(card, block) {
  const lines = block.split("\n");
  const field = (name) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim()).join("\n");
  const data = field("data");
  if (!data) return;
  const heard = JSON.parse(data);
  if (field("event") === "progress") card.progress(heard.bytes, heard.total_bytes, `${heard.records} records`);
  else if (field("event") === "state") card.show(heard);
  else if (field("event") === "end") refresh(card);
}

async function refresh(card) {
  try {
    card.show(await (await call(`/v1/jobs/${card.id}`)).json());
    if (FINAL.includes(card.state)) card.finish();
  } catch (error) {
    card.complain(error.message);
  }
}

/** Looks at the list each second, as long as something is open that has no stream. */
function poll() {
  if (polling) return;
  polling = setInterval(async () => {
    const open = [...cards.values()].filter((card) => card.id && !FINAL.includes(card.state));
    if (open.length === 0) { clearInterval(polling); polling = null; return; }
    try {
      const list = await (await call("/v1/jobs?limit=500")).json();
      for (const job of list.jobs) {
        const card = cards.get(job.id);
        if (!card || FINAL.includes(card.state)) continue;
        card.show(job);
        if (FINAL.includes(card.state)) card.finish();
      }
    } catch { /* the next look may succeed; the cards say what they know */ }
  }, 1000);
}

// ---- a job on the page ----

function newCard(name, last = false) {
  const item = $("job").content.firstElementChild.cloneNode(true);
  const find = (selector) => item.querySelector(selector);
  find(".name").textContent = name;
  $("none").hidden = true;
  if (last) $("jobs").append(item); else $("jobs").prepend(item);
  const card = { id: null, state: "", abort: null, finished: false };

  card.complain = (words) => { find(".problem").textContent = words; find(".problem").hidden = words === ""; };
  card.fail = (words) => { card.show({ state: "failed" }); card.complain(words); announce(`${name}: ${words}`); };
  card.progress = (done, total, words) => {
    find("progress").max = Math.max(total, 1);
    find("progress").value = Math.min(done, total);
    find(".counts").textContent = `${words}, ${bytes(done)} of ${bytes(total)}`;
  };
  card.show = (job) => {
    const before = card.state;
    card.state = job.state;
    card.job = job;
    find(".state").textContent = job.state;
    find(".state").className = `state ${job.state}`;
    const over = FINAL.includes(job.state);
    find("progress").hidden = over;
    find(".cancel").hidden = over;
    find(".delete").hidden = !(over && card.id);
    if (job.records) {
      const { read, written, skipped } = job.records;
      find(".counts").textContent = `${read} read, ${written} written, ${skipped} skipped`;
    } else if (job.progress && job.state === "running") {
      card.progress(job.progress.bytes, job.progress.total_bytes, `${job.progress.records} records`);
    } else if (!over && job.state !== "sending") find(".counts").textContent = "";
    if (job.error) card.complain(`${job.error.title}: ${job.error.detail}`);
    if (job.state !== before && job.state !== "sending") announce(`${name}: ${job.state}`);
  };
  card.finish = () => {
    if (card.finished || !card.id) return;
    card.finished = true;
    showDownloads(card, find);
    showPreview(card, find);
    showFindings(card, find);
  };
  find(".cancel").addEventListener("click", async () => {
    if (!card.id) { if (card.abort) card.abort(); return; }
    try {
      const job = await (await call(`/v1/jobs/${card.id}/cancel`, { method: "POST" })).json();
      card.show(job);
    } catch (error) { card.complain(error.message); }
  });
  find(".delete").addEventListener("click", async () => {
    try {
      await call(`/v1/jobs/${card.id}`, { method: "DELETE" });
      cards.delete(card.id);
      item.remove();
      announce(`${name}: deleted`);
      $("none").hidden = cards.size > 0;
      $("jobs-title").focus();
    } catch (error) { card.complain(error.message); }
  });
  return card;
}

function showDownloads(card, find) {
  for (const result of card.job.results || []) {
    const button = element("button", `Download ${result.format} (${bytes(result.bytes)})`, { type: "button" });
    button.addEventListener("click", () => download(card, result.href, result.format));
    find(".downloads").append(button);
  }
}

/** Without a key a link is enough and streams to the disk; with one, the bytes go through here. */
async function download(card, href, format) {
  const link = element("a", "", { href, download: "" });
  try {
    if ($("key").value.trim()) {
      const answer = await call(href);
      const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = named ? named[1] : `refmill.${format}`;
    }
    document.body.append(link);
    link.click();
    if (link.href.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) {
    card.complain(error.message);
  } finally {
    link.remove();
  }
}

async function showPreview(card, find) {
  const results = card.job.results || [];
  if (results.length === 0) return;
  const preview = find(".preview");
  const select = find(".raw-format");
  for (const result of results) select.append(element("option", result.format, { value: result.format }));
  preview.hidden = false;
  const load = async (format) => {
    const result = results.find((one) => one.format === format);
    if (result.bytes === 0) return { text: "", whole: true };
    const answer = await call(result.href, { headers: { Range: `bytes=0-${PREVIEW_BYTES - 1}` } });
    const text = new TextDecoder().decode(await answer.arrayBuffer());
    return { text, whole: result.bytes <= PREVIEW_BYTES };
  };
  const raw = async () => {
    try {
      const { text, whole } = await load(select.value);
      find(".raw").textContent = cutAtRecord(select.value, text, whole);
    } catch (error) { card.complain(error.message); }
  };
  const open = async () => {
    if (!preview.open || preview.dataset.loaded) return;
    preview.dataset.loaded = "yes";
    await raw();
    const best = ["csl-json", "ris"].find((format) => results.some((one) => one.format === format));
    if (!best) return;
    try {
      const { text, whole } = await load(best);
      for (const found of referencesOf(best, text, whole).slice(0, 10)) find(".references").append(referenceItem(found));
    } catch (error) { card.complain(error.message); }
  };
  preview.addEventListener("toggle", open);
  select.addEventListener("change", raw);
  find(".copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(find(".raw").textContent);
    announce("Copied");
  });
}

function referenceItem(found) {
  const item = element("li", found.line);
  if (found.doi) item.append(` doi:${found.doi}`);
  if (found.pmid) item.append(` PMID ${found.pmid}`);
  return item;
}

async function showFindings(card, find) {
  const warnings = card.job.warnings;
  const total = warnings ? warnings.total : 0;
  if (total === 0 && card.state !== "failed") return;
  const findings = find(".findings");
  find(".findings summary").textContent = total === 1 ? "1 finding" : `${total} findings`;
  for (const [code, count] of Object.entries(warnings ? warnings.by_code : {})) find(".codes").append(element("li", `${code}: ${count}`));
  findings.hidden = total === 0;
  findings.addEventListener("toggle", async () => {
    if (!findings.open || findings.dataset.loaded) return;
    findings.dataset.loaded = "yes";
    try {
      const answer = await call(`/v1/jobs/${card.id}/diagnostics`, { headers: { Range: `bytes=0-${PREVIEW_BYTES - 1}` } });
      const text = await answer.text();
      const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean);
      for (const line of lines.slice(0, FINDINGS_SHOWN)) {
        const one = JSON.parse(line);
        const row = element("tr");
        for (const cell of [one.record ?? "", one.pmid ?? "", one.code, one.message]) row.append(element("td", String(cell)));
        find(".findings tbody").append(row);
      }
      const shown = Math.min(lines.length, FINDINGS_SHOWN);
      find(".more").hidden = total <= shown;
      find(".more").textContent = `The first ${shown} of ${total}; the rest is in the diagnostics of the job.`;
    } catch (error) { card.complain(error.message); }
  });
}

// ---- what was converted before ----

async function showRecent() {
  try {
    const list = await (await call("/v1/jobs?limit=20")).json();
    for (const job of list.jobs) {
      if (cards.has(job.id)) continue;
      const card = newCard(job.input.filename || job.id, true);
      card.id = job.id;
      cards.set(job.id, card);
      card.show(job);
      watch(card);
    }
  } catch (error) {
    complain(error.message);
  }
}

const drop = $("drop");
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => { event.preventDefault(); choose(event.dataTransfer.files); });
// A file that misses the box shall not replace the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
$("files").addEventListener("change", (event) => { choose(event.target.files); event.target.value = ""; });
$("form").addEventListener("submit", submit);
$("key").addEventListener("change", showRecent);
buildForm().then(showRecent, (error) => complain(error.message));
