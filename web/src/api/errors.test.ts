import { expect, test } from "vitest";
import { errorOf, isAway } from "./errors";

test("every surface's envelope becomes one error", () => {
  expect(errorOf(409, { detail: "It is closed." }).message).toBe("It is closed.");
  expect(errorOf(404, { error: "Not Found", message: "No such chat." }).message).toBe("No such chat.");
  const refused = errorOf(422, { errors: [{ status: "422", detail: "is required", source: { pointer: "/data/topic" } }] });
  expect(refused.problems).toEqual([{ pointer: "/data/topic", message: "is required" }]);
  const invalid = errorOf(400, { detail: "No.", problems: [{ path: "/tasks/0", message: "has no key" }] });
  expect(invalid.problems).toEqual([{ pointer: "/tasks/0", message: "has no key" }]);
});

test("an answer that is no JSON still says its status", () => {
  expect(errorOf(500, undefined).message).toBe("HTTP 500");
});

test("a refusal is not taken for a server that is away", () => {
  expect(isAway(errorOf(503, {}))).toBe(true);
  expect(isAway(errorOf(409, {}))).toBe(false);
  expect(isAway(new TypeError("x"))).toBe(false);
});
