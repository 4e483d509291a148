// The page: files in, jobs watched, results out.
import { call, tables } from "./calls.js";
import { cards, newCard } from "./card.js";
import { $, announce, tell } from "./elements.js";
import { asked, build, choose, isEmpty, take } from "./form.js";
import { send } from "./sending.js";
import { watch } from "./watching.js";

/** Jobs of before that are listed. */
const RECENT = 20;

/** Why the list of recent jobs could not be read. */
let unheard = "";

function complain(words) {
  tell($("form-problem"), words);
}

function submit(event) {
  event.preventDefault();
  complain("");
  const { formats, query } = asked();
  if (isEmpty()) {
    complain("Choose a file or paste something first.");
    return $("files").focus();
  }
  if (formats.length === 0) {
    complain("Choose a format first.");
    return document.querySelector("input[name=format]").focus();
  }
  for (const file of take()) send(file, query);
  $("jobs-title").focus();
}

/** Jobs that were begun before, here or elsewhere, by the same caller. */
async function showRecent() {
  try {
    const list = await (await call(`/v1/jobs?limit=${RECENT}`)).json();
    for (const job of list.jobs) {
      if (cards.has(job.id)) continue;
      const card = newCard(job.input.filename || job.id, { isMine: false });
      card.accept(job);
      watch(card);
    }
    // What the form lacks is said until it is sent again; only our own words are taken back.
    if (unheard !== "" && $("form-problem").textContent === unheard) complain("");
    unheard = "";
  } catch (error) {
    unheard = error.message;
    complain(unheard);
  }
}

/** Files that are let go anywhere on the page are chosen; a file must never replace the page. */
function takeDrops() {
  let depth = 0;
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    $("drop").classList.toggle("over", depth > 0);
  };
  window.addEventListener("dragenter", (event) => { event.preventDefault(); mark(1); });
  window.addEventListener("dragleave", () => mark(-1));
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-depth);
    accept(event.dataTransfer);
  });
  window.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    accept(event.clipboardData);
  });
}

function accept(data) {
  const files = [...data.files];
  if (files.length > 0) {
    choose(files);
    announce(files.length === 1 ? `${files[0].name} is chosen` : `${files.length} files are chosen`);
  } else {
    const text = data.getData("text/plain");
    if (text) $("paste").value += text;
  }
}

takeDrops();
$("files").addEventListener("change", (event) => {
  choose(event.target.files);
  event.target.value = "";
});
$("form").addEventListener("submit", submit);
$("key").addEventListener("change", showRecent);
tables.then(build).then(showRecent, (error) => complain(`The form cannot be read: ${error.message}`));
