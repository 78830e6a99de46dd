import { expect, test } from "vitest";
import { pseudo } from "./pseudo";

const files = import.meta.glob<Record<string, unknown>>("../locales/*/*.json", { eager: true, import: "default" });

/** Every text by its path, plural forms by the word that they are forms of. */
function texts(words: Record<string, unknown>, above = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    const path = `${above}/${key.replace(/_(zero|one|two|few|many|other)$/, "")}`;
    if (typeof value === "string") found.set(path, value);
    else for (const [below, text] of texts(value as Record<string, unknown>, path)) found.set(below, text);
  }
  return found;
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/{{(\w+)}}/g)].map((found) => found[1] ?? "").filter((name) => name !== "count").sort();
}

const parts = Object.keys(files).filter((path) => path.includes("/en/"));

test.each(parts)("every language says everything of %s, with the same placeholders", (path) => {
  const source = texts(files[path] ?? {});
  for (const language of ["fr", "ar"]) {
    const other = texts(files[path.replace("/en/", `/${language}/`)] ?? {});
    expect([...other.keys()].sort(), language).toEqual([...source.keys()].sort());
    for (const [key, text] of source) expect(placeholders(other.get(key) ?? ""), `${language}${key}`).toEqual(placeholders(text));
  }
});

test("the strange language keeps placeholders and marks every text", () => {
  expect(pseudo({ a: "Hello {{name}}", b: { c: "x" } })).toEqual({ a: "⟦Hello {{name}}⟧", b: { c: "⟦x⟧" } });
});
