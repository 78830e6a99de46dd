import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NO_PLACES } from "@/graph/places";
import { keepPlaces, keptPlaces } from "./keeping";

const AT = new Map([
  ["ask", { x: 20, y: -40 }],
  ["decide", { x: 300, y: 0 }],
]);

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => stored.set(key, value) });
});

afterEach(() => vi.unstubAllGlobals());

test("places are kept by workspace and workflow, of the tasks that are there", () => {
  keepPlaces("here", 1, AT, ["ask", "decide"]);
  expect(keptPlaces("here", 1, ["ask", "decide"])).toEqual(AT);
  expect([...keptPlaces("here", 1, ["decide", "new"]).keys()]).toEqual(["decide"]);
  expect(keptPlaces("here", 2, ["ask"])).toBe(NO_PLACES);
  expect(keptPlaces("elsewhere", 1, ["ask"])).toBe(NO_PLACES);
  keepPlaces("here", 1, AT, ["ask"]);
  expect([...keptPlaces("here", 1, ["ask", "decide"]).keys()]).toEqual(["ask"]);
});

test("tidying up forgets them, of this workflow alone", () => {
  keepPlaces("here", 1, AT, ["ask"]);
  keepPlaces("here", 2, AT, ["ask"]);
  keepPlaces("here", 1, NO_PLACES, ["ask"]);
  expect(keptPlaces("here", 1, ["ask"])).toBe(NO_PLACES);
  expect(keptPlaces("here", 2, ["ask"]).size).toBe(1);
});

test("those of many workflows do not grow without end: what was not drawn for long is forgotten", () => {
  for (let workflow = 1; workflow <= 30; workflow += 1) keepPlaces("here", workflow, AT, ["ask"]);
  expect(keptPlaces("here", 30, ["ask"]).size).toBe(1);
  expect(keptPlaces("here", 1, ["ask"])).toBe(NO_PLACES);
});

test.each(["no JSON", "{}", "[1]", '[[1, "places"]]', '[[1, [["ask", 1, null], ["ask", "1", 2], ["ask", 1e9, 0], 7]]]'])("what cannot be read, %s, is none", (stored) => {
  localStorage.setItem("casework.places.here", stored);
  expect(keptPlaces("here", 1, ["ask"])).toBe(NO_PLACES);
  keepPlaces("here", 1, AT, ["ask"]);
  expect(keptPlaces("here", 1, ["ask"]).size).toBe(1);
});

test("a browser that keeps nothing loses nothing else", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new Error("Refused.");
    },
    setItem: () => {
      throw new Error("Full.");
    },
  });
  expect(() => keepPlaces("here", 1, AT, ["ask"])).not.toThrow();
  expect(keptPlaces("here", 1, ["ask"])).toBe(NO_PLACES);
});
