// Shows /openapi.json. Everything is set as text, so nothing that the document says can become markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (schema.anyOf && !schema.type) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.type === "array") return `[${typeOf(schema.items)}]`;
  return [schema.type, schema.format].filter(Boolean).join(" ");
}

function schemaTable(schema, schemas) {
  const target = schema && schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema;
  if (!target || !target.properties) return element("p", { class: "quiet" }, typeOf(schema));
  const required = new Set(target.required || []);
  const rows = Object.entries(target.properties).map(([name, property]) =>
    element("tr", {},
      element("td", {}, element("code", {}, name)),
      element("td", {}, typeOf(property)),
      element("td", { class: "quiet" }, required.has(name) ? "required" : ""),
      element("td", {}, property.description || "")));
  return element("table", {}, ...rows);
}

function content(title, media, schemas) {
  const [type, body] = Object.entries(media)[0];
  const parts = [element("h4", {}, title, " ", element("span", { class: "quiet" }, type))];
  if (body.schema) parts.push(schemaTable(body.schema, schemas));
  if (body.example !== undefined) parts.push(element("pre", {}, JSON.stringify(body.example, null, 2)));
  return parts;
}

function parameters(operation) {
  if (!operation.parameters.length) return null;
  return element("table", {}, ...operation.parameters.map((parameter) =>
    element("tr", {},
      element("td", {}, element("code", {}, parameter.name)),
      element("td", { class: "quiet" }, parameter.in),
      element("td", {}, typeOf(parameter.schema)),
      element("td", {}, parameter.description || ""))));
}

function responses(operation, schemas) {
  return Object.entries(operation.responses).flatMap(([status, response]) =>
    response.content
      ? content(`${status} ${response.description}`, response.content, schemas)
      : [element("h4", {}, `${status} ${response.description}`)]);
}

function needs(policy) {
  const said = policy.scope || (policy.own_or && `own, or ${policy.own_or}`)
    || (policy.project && `project, or ${policy.project}`) || (policy.workflow && `workflow: ${policy.workflow}`);
  return said || policy.who;
}

function entry(path, method, operation, schemas) {
  const made = element("details", { id: operation.operationId },
    element("summary", {},
      element("span", { class: "method" }, method.toUpperCase()),
      element("code", {}, path),
      element("span", { class: "quiet" }, operation.summary)),
    element("p", {}, operation.description || ""),
    element("p", { class: "quiet" }, `Needs: ${needs(operation["x-policy"])}`));
  made.addEventListener("toggle", () => {
    if (made.dataset.filled) return;
    made.dataset.filled = "yes";
    const table = parameters(operation);
    if (table) made.append(element("h4", {}, "Parameters"), table);
    if (operation.requestBody) made.append(...content("Body", operation.requestBody.content, schemas));
    made.append(...responses(operation, schemas));
  });
  made.dataset.text = `${method} ${path} ${operation.summary}`.toLowerCase();
  return made;
}

function show(reference) {
  const sections = new Map(reference.tags.map((tag) => [
    tag.name, element("section", {}, element("h2", {}, tag.name), element("p", {}, tag.description))]));
  for (const [path, item] of Object.entries(reference.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const operation = item[method];
      sections.get(operation.tags[0]).append(entry(path, method, operation, reference.components.schemas));
    }
  }
  document.getElementById("reference").replaceChildren(...sections.values());
}

function filter(event) {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of document.querySelectorAll("details")) {
    item.hidden = !words.every((word) => item.dataset.text.includes(word));
  }
}

fetch("/openapi.json").then((answer) => answer.json()).then(show).catch((problem) => {
  document.getElementById("reference").textContent = `The reference could not be loaded: ${problem}`;
});
document.getElementById("find").addEventListener("input", filter);
