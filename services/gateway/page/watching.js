// Jobs that are not over: events of a few, a look at the list each second for the others.
import { call } from "./calls.js";

/** Streams at a time: browsers allow six connections to a server. */
const MAX_STREAMS = 4;

const open = new Set();
let streams = 0;
let polling = null;

/** Follows a job until it is over. */
export function watch(card) {
  if (card.isOver()) return;
  open.add(card);
  if (streams >= MAX_STREAMS) return poll();
  streams += 1;
  // A stream may break for many reasons; the list is asked then, and tells what is wrong.
  listen(card).catch(() => {}).finally(() => {
    streams -= 1;
    if (card.isOver()) open.delete(card); else poll();
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
  const fields = new Map(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  if (!fields.has("data")) return;
  const heard = JSON.parse(fields.get("data"));
  // `end` says nothing that the last `state` has not said.
  if (fields.get("event") === "progress") card.running(heard);
  else if (fields.get("event") === "state") card.show(heard);
}

function poll() {
  polling ??= setTimeout(look, 1000);
}

async function look() {
  polling = null;
  try {
    const list = await (await call("/v1/jobs?limit=500")).json();
    const jobs = new Map(list.jobs.map((job) => [job.id, job]));
    for (const card of open) {
      card.complain("");
      if (!card.isOver()) card.show(jobs.get(card.id) ?? await (await call(`/v1/jobs/${card.id}`)).json());
      if (card.isOver()) open.delete(card);
    }
  } catch (error) {
    for (const card of open) {
      card.complain(error.message);
      // Deleted from elsewhere, or no longer ours: nothing more will be heard.
      if (error.status === 401 || error.status === 404) open.delete(card);
    }
  }
  if (open.size > 0) poll();
}
