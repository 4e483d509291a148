// Files on their way to the service: a few at a time, and again when it asks to wait.
import { askForKey, headers, patience, refused } from "./calls.js";
import { newCard } from "./card.js";
import { watch } from "./watching.js";

/** Uploads at a time: browsers allow six connections to a server, and streams need theirs. */
const MAX_UPLOADS = 2;
/** How often an upload is tried when the service is full. */
const TRIES = 30;

const waiting = [];
let uploads = 0;

/** Sends a file; its card is there at once. */
export function send(file, query) {
  const asked = new URLSearchParams(query);
  asked.set("filename", file.name);
  const card = newCard(file.name, { isMine: true });
  card.show({ state: "sending" });
  card.abort = () => card.show({ state: "cancelled" });
  waiting.push({ file, asked, card });
  next();
}

function next() {
  while (uploads < MAX_UPLOADS && waiting.length > 0) {
    const { file, asked, card } = waiting.shift();
    if (card.state === "cancelled") continue;
    uploads += 1;
    upload(file, asked, card).finally(() => { uploads -= 1; next(); });
  }
}

async function upload(file, query, card) {
  for (let tries = 1; ; tries += 1) {
    const { status, text, after } = await post(file, query, card);
    if (card.state === "cancelled") return;
    if (status >= 200 && status < 300) {
      const job = JSON.parse(text);
      card.accept(job);
      watch(card);
      return;
    }
    if (after === 0 || tries === TRIES) {
      if (status === 401) askForKey();
      card.fail(status === 0 ? "The service cannot be reached." : refused(status, text));
      return;
    }
    card.progress(0, file.size, "Waits until the service has room");
    await new Promise((resolve) => setTimeout(resolve, after * 1000));
    if (card.state === "cancelled") return;
  }
}

/** One upload; with `XMLHttpRequest`, since `fetch` does not tell how far it is. */
function post(file, query, card) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const nothing = { status: 0, text: "", after: 0 };
    request.open("POST", `/v1/jobs?${query}`);
    for (const [name, value] of Object.entries(headers({ "Content-Type": "application/octet-stream" }))) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (at) => { if (at.lengthComputable) card.progress(at.loaded, at.total, "Sending"); });
    request.addEventListener("load", () => {
      const after = patience(request.status, request.getResponseHeader("Retry-After"));
      resolve({ status: request.status, text: request.responseText, after });
    });
    request.addEventListener("error", () => resolve(nothing));
    request.addEventListener("abort", () => resolve(nothing));
    card.abort = () => { card.show({ state: "cancelled" }); request.abort(); };
    request.send(file);
  });
}
