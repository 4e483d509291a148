// Calls to the service, and its problems in words.
import { $ } from "./elements.js";

/** What is added to the problem of an input that cannot be read. */
const READABLE = "refmill reads PubMed XML, saved PubMed pages, MEDLINE text and the text of a PubMed page.";

/** Headers with the key, if there is one. */
export function headers(more) {
  return { ...(hasKey() ? { Authorization: `Bearer ${$("key").value.trim()}` } : {}), ...more };
}

/** Whether the user gave a key. */
export function hasKey() {
  return $("key").value.trim() !== "";
}

/** How often a call is made that the service is too busy for. */
const TRIES = 8;

/** Calls the service; whatever is no success becomes an error with a sentence. */
export async function call(path, options = {}, tries = TRIES) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: headers(options.headers), credentials: "omit" });
  } catch {
    throw new Error("The service cannot be reached.");
  }
  if (answer.ok) return answer;
  const after = patience(answer.status, answer.headers.get("Retry-After"));
  if (after > 0 && tries > 1) {
    await new Promise((resolve) => setTimeout(resolve, after * 1000));
    return call(path, options, tries - 1);
  }
  if (answer.status === 401) askForKey();
  const error = new Error(refused(answer.status, await answer.text()));
  error.status = answer.status;
  throw error;
}

/** Seconds after which a refused call may be made again; 0 if it shall not be. */
export function patience(status, retryAfter) {
  const isFull = status === 429 || status === 503;
  return isFull ? Math.min(Number(retryAfter) || 0, 30) : 0;
}

/** Shows the field for the key. */
export function askForKey() {
  $("access").hidden = false;
}

/** The problem of an answer in words. */
export function refused(status, text) {
  try {
    return sentence(JSON.parse(text));
  } catch {
    return `The service answers with status ${status}.`;
  }
}

/** A problem object (RFC 9457) in words, with its place. */
export function sentence(problem) {
  const places = [
    problem.pmid && `PMID ${problem.pmid}`,
    problem.line && `line ${problem.line}`,
    problem.byte_offset > 0 && `byte ${problem.byte_offset}`,
  ].filter(Boolean);
  const place = places.length > 0 && problem.byte_offset > 0 ? ` (${places.join(", ")})` : "";
  const hint = ["unreadable-input", "no-records"].includes(problem.code) ? ` ${READABLE}` : "";
  return `${problem.title}: ${problem.detail}${place}.${hint}`;
}

/** The tables that the form and the findings are made of. */
export const tables = fetch("/assets/tables.json").then((answer) => answer.json());
