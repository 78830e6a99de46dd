import { expect, test } from "vitest";
import { difference } from "./difference";

test("only what differs is sent, and what was cleared is sent as empty", () => {
  expect(difference({ a: 1, b: [1] }, { a: 1, b: [1] })).toEqual({});
  expect(difference({ a: 2 }, { a: 1, text: "x", number: 3 })).toEqual({ a: 2, text: "", number: null });
});
