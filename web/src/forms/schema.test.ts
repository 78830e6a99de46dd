import { expect, test } from "vitest";
import { below, beginWith, byPointer, changed, kindOf, labelOf, missing, type Schema } from "./schema";

test.each<[Schema, string]>([
  [{ type: "string" }, "text"],
  [{ type: "string", maxLength: 2000 }, "long"],
  [{ type: "string", format: "date" }, "date"],
  [{ type: ["string", "null"], format: "email" }, "email"],
  [{ type: "integer", minimum: 1 }, "integer"],
  [{ enum: ["a", "b"] }, "choice"],
  [{ type: "array", items: { enum: ["a"] } }, "choices"],
  [{ type: "array", items: { type: "string" } }, "list"],
  [{ type: "object", properties: {} }, "group"],
  [{ type: "object" }, "json"],
  [{ type: ["string", "integer"] }, "json"],
  [{}, "json"],
])("%j is asked for as %s", (schema, kind) => {
  expect(kindOf(schema)).toBe(kind);
});

test("a field without a title is called by its name", () => {
  expect(labelOf({}, "first_day")).toBe("First day");
  expect(labelOf({ title: "When" }, "first_day")).toBe("When");
});

test("pointers escape what they are made of, and lose the body's prefix", () => {
  expect(below("/a", "b/c~d")).toBe("/a/b~1c~0d");
  expect(byPointer([{ pointer: "/data/a", message: "no" }]).get("/a")).toBe("no");
});

test("what has no value is left out", () => {
  expect(changed({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  expect(changed({ a: 1 }, "b", false)).toEqual({ a: 1, b: false });
});

test("what was saved wins over what the schema proposes", () => {
  const schema = { properties: { a: { default: 1 }, b: { default: 2 } } };
  expect(beginWith(schema, { b: 3 })).toEqual({ a: 1, b: 3 });
});

test("required fields without a value are named, also within groups; false and 0 are values", () => {
  const schema: Schema = {
    required: ["a", "b", "c"],
    properties: {
      a: { type: "string" },
      b: { type: "boolean" },
      c: { type: "integer" },
      d: { type: "object", required: ["e"], properties: { e: { type: "string" } } },
    },
  };
  expect(missing(schema, { a: "", b: false, c: 0, d: {} })).toEqual(["/a", "/d/e"]);
});
