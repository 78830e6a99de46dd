/** What the audit search's address says: an empty filter is left out of it. */
import type { TrailFilter } from "@/api/trail";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

function wholeOf(value: unknown): number | undefined {
  const found = Number(value);
  return Number.isSafeInteger(found) && found > 0 ? found : undefined;
}

function dateOf(value: unknown): string | undefined {
  return typeof value === "string" && DATE.test(value) ? value : undefined;
}

export function searchOf(search: Record<string, unknown>): TrailFilter {
  const type = search["type"];
  const memberId = wholeOf(search["memberId"]);
  const assignmentId = wholeOf(search["assignmentId"]);
  const from = dateOf(search["from"]);
  const to = dateOf(search["to"]);
  return {
    ...(typeof type === "string" && type !== "" ? { type } : {}),
    ...(memberId === undefined ? {} : { memberId }),
    ...(assignmentId === undefined ? {} : { assignmentId }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
