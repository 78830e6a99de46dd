/** What the address of analytics says; what fits nothing is left out of it. */
import { RUN_STATES, type RunFilter } from "@/api/analytics";

export interface Search extends RunFilter {
  workflow?: number;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const wholeOf = (value: unknown) => {
  const found = Number(value);
  return Number.isSafeInteger(found) && found > 0 ? found : undefined;
};
const dateOf = (value: unknown) => (typeof value === "string" && DATE.test(value) ? value : undefined);

export function searchOf(search: Record<string, unknown>): Search {
  const user = search["user"];
  const found = {
    workflow: wholeOf(search["workflow"]),
    page: wholeOf(search["page"]),
    state: RUN_STATES.find((one) => one === search["state"]),
    user: typeof user === "number" || (typeof user === "string" && user !== "") ? String(user) : undefined,
    from: dateOf(search["from"]),
    to: dateOf(search["to"]),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
