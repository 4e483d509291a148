// Small things that every part of the page needs. Text is set as text, never as markup.

export const $ = (id) => document.getElementById(id);

/** An element with a text and attributes. */
export function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** An element with a text in which names stand between backticks. */
export function prose(name, text, attributes) {
  const made = element(name, undefined, attributes);
  text.split("`").forEach((part, at) => made.append(at % 2 === 1 ? element("code", part) : part));
  return made;
}

/** Says it to those who listen to the page. */
export function announce(words) {
  $("announce").textContent = words;
}

/** Shows words in an element, or hides it when there are none. */
export function tell(where, words) {
  where.textContent = words;
  where.hidden = words === "";
}

const NUMBERS = new Intl.NumberFormat("en");

/** `30,000` */
export function number(count) {
  return NUMBERS.format(count);
}

/** `1 record`, `30,000 records` */
export function several(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `31.9 MB` */
export function bytes(count) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit += 1; }
  return `${unit === 0 ? count : count.toFixed(1)} ${count === 1 && unit === 0 ? "byte" : units[unit]}`;
}
