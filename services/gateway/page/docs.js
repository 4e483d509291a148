// Sets the OpenAPI description as a page: calls, parameters, answers, and what they are made of.
import { $, element, prose, tell } from "./elements.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

function kind(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.join(", ");
  if (schema.items) return `list of ${kind(schema.items)}`;
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return choices.map(kind).filter(Boolean).join(" or ");
  const range = schema.minimum === undefined ? "" : ` ${schema.minimum} to ${schema.maximum ?? "any"}`;
  return [schema.type].flat().filter(Boolean).join(" or ") + (schema.format ? ` (${schema.format})` : range);
}

function table(name, head, rows) {
  const box = element("div", undefined, { class: "scroll", tabindex: "0", role: "region", "aria-label": name });
  const made = element("table");
  const line = made.createTHead().insertRow();
  for (const word of head) line.append(element("th", word, { scope: "col" }));
  const body = made.createTBody();
  for (const row of rows) body.insertRow().append(...row.map((cell) => cell instanceof Node ? cell : prose("td", cell)));
  box.append(made);
  return box;
}

function details(words, inner) {
  const made = element("details");
  made.append(element("summary", words), inner);
  return made;
}

function code(text) {
  const cell = element("td");
  cell.append(element("code", text));
  return cell;
}

function parameterRow(one) {
  const choice = [kind(one.schema), one.schema?.description].filter((words) => words && words !== "string").join(": ");
  const initial = one.schema?.default === undefined ? "" : ` (${JSON.stringify(one.schema.default)} if not given)`;
  return [code(one.name), one.in, choice + initial, one.description || ""];
}

function status(number) {
  const cell = element("td");
  cell.append(element("strong", number, { class: number < "400" ? "good" : "" }));
  return cell;
}

/** A line for a shell that makes the call. */
function curl(path, method, of) {
  const url = `${location.origin}${path.replace("{format}", "ris").replace("{id}", "ID").replace("{name}", "style.css")}`;
  if (of.requestBody) return `curl --data-binary @records.xml '${url}?formats=ris'`;
  return `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}${url}`;
}

function title(path, method) {
  const words = [element("span", method.toUpperCase(), { class: method === "delete" ? "method danger" : "method" }), " "];
  return [...words, element("code", path)];
}

function operation(path, method, of) {
  const box = element("section", undefined, { class: "sheet operation", id: of.operationId, "aria-labelledby": `${of.operationId}-title` });
  const heading = element("h2", undefined, { id: `${of.operationId}-title` });
  heading.append(...title(path, method));
  box.append(heading);
  for (const words of [of.summary, of.description]) if (words) box.append(prose("p", words));
  box.append(element("pre", curl(path, method, of), { class: "raw", tabindex: "0", role: "region", "aria-label": `${method} ${path} with curl` }));
  const parameters = (of.parameters || []).map(parameterRow);
  const name = `${method.toUpperCase()} ${path}`;
  if (parameters.length > 0) box.append(details(`Parameters (${parameters.length})`, table(`Parameters of ${name}`, ["Name", "In", "Values", "Meaning"], parameters)));
  if (of.requestBody) box.append(details("Body", element("p", Object.keys(of.requestBody.content || {}).join(", "))));
  const answers = Object.entries(of.responses || {}).map(([number, one]) => [status(number), one.description || "", Object.keys(one.content || {}).join(", ")]);
  box.append(details(`Answers (${answers.length})`, table(`Answers of ${name}`, ["Status", "Meaning", "Media type"], answers)));
  return box;
}

/** The members of an object, also those that it has from others. */
function members(of, all) {
  const others = [of.$ref && all[of.$ref.split("/").pop()], ...(of.allOf || [])].filter(Boolean);
  return [...Object.entries(of.properties || {}), ...others.flatMap((other) => members(other, all))];
}

function schema(name, of, all) {
  const box = element("section", undefined, { class: "sheet operation", id: `schema-${name}`, "aria-labelledby": `schema-${name}-title` });
  box.append(element("h2", name, { id: `schema-${name}-title` }));
  if (of.description) box.append(prose("p", of.description));
  const rows = members(of, all).map(([member, one]) => [code(member), kind(one), one.description || ""]);
  if (rows.length > 0) box.append(details(`Members (${rows.length})`, table(`Members of ${name}`, ["Name", "Kind", "Meaning"], rows)));
  return box;
}

function link(where, words) {
  const item = element("li");
  const made = element("a", undefined, { href: `#${where}` });
  made.append(...words);
  item.append(made);
  return item;
}

async function show() {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const description = await answer.json();
  $("version").textContent = description.info.version;
  const all = Object.entries(description.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => [path, method, item[method]]));
  // What people come for stands first.
  all.sort(([one], [other]) => Number(other.startsWith("/v1/")) - Number(one.startsWith("/v1/")));
  for (const [path, method, of] of all) {
    $("operations").append(operation(path, method, of));
    $("calls").append(link(of.operationId, title(path, method)));
  }
  const schemas = description.components?.schemas || {};
  for (const [name, of] of Object.entries(schemas)) $("operations").append(schema(name, of, schemas));
  // The place that the address names is there only now.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

show().catch((error) => tell($("problem"), `The description cannot be read: ${error.message}.`));
