/** What may become of a migration that was made. Pure. */
import type { Migration } from "@/api/migrations";

/** undoable: some of its cases would go back; undone: all of them went; none: it moved none; changed: all have gone on since. */
export type Standing = "undoable" | "undone" | "none" | "changed";

export function standingOf({ moved, undone, unchanged }: Pick<Migration, "moved" | "undone" | "unchanged">): Standing {
  if (unchanged > 0) return "undoable";
  if (moved > 0) return "changed";
  return undone > 0 ? "undone" : "none";
}
