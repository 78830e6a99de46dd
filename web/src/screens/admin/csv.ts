/** Reading members from a table that a spreadsheet wrote. */
import type { NewMember } from "@/api/members";

const SPREADSHEET_MARK = "\uFEFF";

/** The rows of a comma-separated text (RFC 4180): quotes may hold commas, quotes (doubled) and line ends. */
export function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  const endRow = () => {
    endField();
    if (row.some((one) => one.trim() !== "")) rows.push(row);
    row = [];
  };
  const plain = text.replace(SPREADSHEET_MARK, "").replaceAll("\r\n", "\n");
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain.charAt(at);
    if (isQuoted && letter === '"' && plain.charAt(at + 1) === '"') {
      field += letter;
      at += 1;
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === "," && !isQuoted) endField();
    else if (letter === "\n" && !isQuoted) endRow();
    else field += letter;
  }
  endRow();
  return rows;
}

const YES = new Set(["yes", "true", "1", "x"]);

function words(text: string): string[] {
  return text
    .split(";")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** The columns that are known, by the words of their heads; others are not read. */
const COLUMNS: Record<string, (text: string) => Partial<NewMember>> = {
  email: (email) => ({ email }),
  name: (name) => ({ name }),
  role: (role) => ({ role }),
  phone: (phone) => ({ phone }),
  "actor roles": (text) => ({ actorRoles: words(text) }),
  supervisor: (text) => ({ isSupervisor: YES.has(text.toLowerCase()) }),
  labels: (text) => ({ labels: words(text) }),
  "external id": (externalId) => ({ externalId }),
};

/** The members that the text tells of; null where it has no column `email`. */
export function membersOf(text: string): NewMember[] | null {
  const [heads = [], ...rows] = rowsOf(text);
  const columns = heads.map((head) => COLUMNS[head.trim().toLowerCase().replaceAll("_", " ")]);
  if (!columns.includes(COLUMNS["email"])) return null;
  return rows.map((row) => {
    const known = row.map((value, at) => (value.trim() === "" ? {} : (columns[at]?.(value.trim()) ?? {})));
    return Object.assign({ email: "" }, ...known) as NewMember;
  });
}
