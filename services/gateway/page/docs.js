// Sets the OpenAPI description as a page: operations, parameters, answers.
"use strict";

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function kind(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.items) return `list of ${kind(schema.items)}`;
  return [schema.type, schema.format].flat().filter(Boolean).join(" ");
}

function table(head, rows) {
  const box = element("div", undefined, "scroll");
  box.tabIndex = 0;
  const made = element("table");
  const line = made.createTHead().insertRow();
  for (const word of head) { const cell = element("th", word); cell.scope = "col"; line.append(cell); }
  const body = made.createTBody();
  for (const row of rows) { const at = body.insertRow(); for (const word of row) at.append(element("td", word)); }
  box.append(made);
  return box;
}

function operation(path, method, of) {
  const box = element("section", undefined, "job");
  box.append(element("h2", `${method.toUpperCase()} ${path}`));
  for (const words of [of.summary, of.description]) if (words) box.append(element("p", words));
  const parameters = (of.parameters || []).map((one) => [one.name, one.in, kind(one.schema), one.description || ""]);
  if (parameters.length > 0) {
    const details = element("details");
    details.append(element("summary", `Parameters (${parameters.length})`), table(["Name", "In", "Values", "Meaning"], parameters));
    box.append(details);
  }
  if (of.requestBody) box.append(element("p", `Body: ${Object.keys(of.requestBody.content || {}).join(", ")}`));
  const answers = Object.entries(of.responses || {}).map(([status, one]) => [status, one.description || "", Object.keys(one.content || {}).join(", ")]);
  box.append(table(["Status", "Meaning", "Media type"], answers));
  return box;
}

async function show() {
  const description = await (await fetch("/openapi.json")).json();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, of] of Object.entries(methods)) {
      if (of.responses) document.getElementById("operations").append(operation(path, method, of));
    }
  }
}

show().catch((error) => {
  const problem = document.getElementById("problem");
  problem.textContent = `The description cannot be read: ${error.message}`;
  problem.hidden = false;
});
