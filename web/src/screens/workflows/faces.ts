import type { TFunction } from "i18next";
import type { FaceOf } from "@/graph/TaskNode";
import type { useFormat } from "@/i18n/format";
import { amountOf, heatOf, type Load, type Measure } from "./load";

type Format = ReturnType<typeof useFormat>;

/** What a task shows on the map, by its key. */
export function faceOfLoads(loads: readonly Load[], by: Measure, now: number, format: Format, t: TFunction<["workflows", "common"]>): FaceOf {
  const byKey = new Map(loads.map((load) => [load.key, load]));
  const most = Math.max(0, ...loads.map((load) => amountOf(load, by, now)));
  return (key) => {
    const load = byKey.get(key);
    if (load === undefined) return {};
    const said = spentOf(load, by, format) ?? ageOf(load, now, format);
    return {
      heat: heatOf(amountOf(load, by, now), most),
      figure: t("count", { count: load.count }),
      label: `${load.name}: ${sentence(load, now, format, t)}`,
      ...(said === null ? {} : { aside: said }),
    };
  };
}

/** The work or the money that went into it, where that is asked and there is any. */
function spentOf(load: Load, by: Measure, format: Format): string | null {
  if (by === "work" && load.worked !== null && load.worked > 0) return format.duration(load.worked);
  return by === "cost" && load.cost !== null && load.cost > 0 ? format.money(load.cost) : null;
}

/** How long the oldest on it has waited; null where nothing does. */
export function ageOf(load: Load, now: number, format: Format): string | null {
  return load.since === null ? null : format.duration(amountOf(load, "age", now));
}

/** "41 waiting, oldest 3d, 2 people" */
export function sentence(load: Load, now: number, format: Format, t: TFunction<["workflows", "common"]>): string {
  const age = ageOf(load, now, format);
  const parts = [t("said.waiting", { count: load.count }), ...(age === null ? [] : [t("said.oldest", { age }), t("said.people", { count: load.people })])];
  return parts.join(t("said.comma"));
}
