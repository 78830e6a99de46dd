import { expect, test } from "vitest";
import { membersOf, rowsOf } from "./csv";

test("quotes hold commas, quotes and line ends", () => {
  expect(rowsOf('a,"b, ""c""\nd"\r\n\r\ne,f\n')).toEqual([
    ["a", 'b, "c"\nd'],
    ["e", "f"],
  ]);
});

test("members are read by the heads of their columns, whatever their order; unknown and empty ones are left out", () => {
  const text = "\uFEFFName,Email,Actor roles,Supervisor,Shoe size\nAda,ada@example.com,lead; clerk,yes,40\n,bob@example.com,,,\n";
  expect(membersOf(text)).toEqual([
    { name: "Ada", email: "ada@example.com", actorRoles: ["lead", "clerk"], isSupervisor: true },
    { email: "bob@example.com" },
  ]);
});

test("a table without addresses is no table of members", () => {
  expect(membersOf("name\nAda\n")).toBeNull();
});
