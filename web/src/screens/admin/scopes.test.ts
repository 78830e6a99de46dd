import { expect, test } from "vitest";
import { holds, marked } from "./scopes";

test("a level implies the lower ones", () => {
  expect(holds(["chats:write"], "chats", "read")).toBe(true);
  expect(holds(["chats:write"], "chats", "admin")).toBe(false);
});

test("marking a box gives its level, unmarking leaves the one below", () => {
  expect(marked(["keys:read", "chats:read"], "chats", "admin", true)).toEqual(["keys:read", "chats:admin"]);
  expect(marked(["chats:admin"], "chats", "admin", false)).toEqual(["chats:write"]);
  expect(marked(["chats:admin"], "chats", "read", false)).toEqual([]);
});
