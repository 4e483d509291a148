// What is converted, and how: the form, out of the same table as every other way to ask.
import { $, bytes, element, prose } from "./elements.js";

/** What most people may want to choose; the rest stands below it, by what it is about. */
const MAIN = ["abstract", "keywords", "journal", "ris", "duplicates", "on_error"];
/** Chosen in other ways here, or nothing for a page. */
const APART = ["formats"];

const chosen = [];

/** Fills the form. */
export function build(tables) {
  const initial = tables.settings.find((one) => one.name === "formats").default.split(",");
  for (const format of tables.formats) {
    const box = element("input", undefined, { type: "checkbox", name: "format", value: format.name });
    box.checked = initial.includes(format.name);
    const label = element("label");
    const words = element("span");
    words.append(element("span", format.title), element("small", format.used_for));
    label.append(box, words);
    $("formats").append(label);
  }
  const settings = tables.settings.filter((one) => !APART.includes(one.name));
  const main = MAIN.map((name) => settings.find((one) => one.name === name)).filter(Boolean);
  $("settings").append(grid(main));
  for (const group of new Set(settings.map((one) => one.group))) {
    const rest = settings.filter((one) => one.group === group && !main.includes(one));
    if (rest.length === 0) continue;
    const details = element("details");
    details.append(element("summary", group), grid(rest));
    $("settings").append(details);
  }
  $("settings").addEventListener("input", () => {
    const count = changed().length;
    $("changed").textContent = count === 0 ? "" : `${count} changed`;
  });
}

function grid(settings) {
  const made = element("div", undefined, { class: "settings" });
  made.append(...settings.map(control));
  return made;
}

function control(one) {
  if (one.several) return boxes(one);
  const id = `set-${one.name}`;
  const field = element("div", undefined, { class: "field" });
  const label = prose("label", one.help, { for: id });
  label.append(" ", element("code", one.name));
  let input;
  if (one.words.length > 0) {
    input = element("select", undefined, { id });
    for (const word of one.words) input.append(element("option", word, { value: word }));
  } else {
    input = element("input", undefined, { id, type: "text", spellcheck: "false", autocomplete: "off" });
  }
  input.value = one.default;
  Object.assign(input.dataset, { setting: one.name, default: one.default });
  field.append(label, input);
  return field;
}

/** A setting that takes several words: a box for each. */
function boxes(one) {
  const set = element("fieldset");
  Object.assign(set.dataset, { setting: one.name, default: one.default });
  const legend = prose("legend", one.help);
  legend.append(" ", element("code", one.name));
  const row = element("div", undefined, { class: "choices" });
  for (const word of one.words) {
    const box = element("input", undefined, { type: "checkbox", name: one.name, value: word });
    box.checked = one.default.split(",").includes(word);
    const label = element("label");
    label.append(box, word);
    row.append(label);
  }
  set.append(legend, row);
  return set;
}

function valueOf(control) {
  if (control.tagName !== "FIELDSET") return control.value;
  const words = [...control.querySelectorAll("input:checked")].map((box) => box.value);
  return words.join(",") || "none";
}

/** Settings that differ from their defaults. */
function changed() {
  const all = [...document.querySelectorAll("[data-setting]")].map((control) => [control, valueOf(control)]);
  return all.filter(([control, value]) => value !== control.dataset.default).map(([control, value]) => [control.dataset.setting, value]);
}

/** The formats and settings that are chosen, as a query. */
export function asked() {
  const formats = [...document.querySelectorAll("input[name=format]:checked")].map((box) => box.value);
  return { formats, query: new URLSearchParams([["formats", formats.join(",")], ...changed()]) };
}

/** Takes what was chosen out of the form: the files, and the text as one. */
export function take() {
  const files = chosen.splice(0);
  showChosen();
  const pasted = $("paste").value;
  if (pasted.trim()) files.push(new File([pasted], "pasted.txt", { type: "text/plain" }));
  $("paste").value = "";
  return files;
}

/** Whether there is anything to convert. */
export function isEmpty() {
  return chosen.length === 0 && $("paste").value.trim() === "";
}

/** Adds files to those that are chosen. */
export function choose(files) {
  chosen.push(...files);
  showChosen();
}

function showChosen() {
  const list = $("chosen");
  list.hidden = chosen.length === 0;
  list.replaceChildren(...chosen.map((file, at) => {
    const item = element("li");
    const words = element("span", file.name);
    words.append(" ", element("span", bytes(file.size), { class: "quiet" }));
    const remove = element("button", "Remove", { type: "button", class: "slight", "aria-label": `Remove ${file.name}` });
    remove.addEventListener("click", () => {
      chosen.splice(at, 1);
      showChosen();
      $("files").focus();
    });
    item.append(words, remove);
    return item;
  }));
}
