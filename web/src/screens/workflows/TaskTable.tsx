import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { KindIcon } from "@/graph/KindIcon";
import type { Graph, GraphTask, Way } from "@/graph/graph";
import { keeper } from "@/graph/keep";
import { useFormat } from "@/i18n/format";
import { Button, Code, Table, Text, type Column } from "@/ui";
import { ageOf } from "./faces";
import type { Load } from "./load";
import classes from "./map.module.css";

interface Line {
  id: string;
  task: GraphTask;
  load: Load | undefined;
  ways: readonly Way[];
  isChosen: boolean;
}

interface Props {
  graph: Graph;
  loads: readonly Load[];
  now: number;
  chosen: string | null;
  onChoose: (key: string) => void;
}

/** The same as the drawing, for those who read rather than look. */
export function TaskTable({ graph, loads, now, chosen, onChoose }: Props) {
  const { t } = useTranslation(["workflows", "common"]);
  const [keep] = useState(() => keeper<Line>());
  const lines = useMemo(() => keep(linesOf(graph, loads, chosen)), [keep, graph, loads, chosen]);
  return <Table caption={t("map.table")} rows={lines} keyOf={(line) => line.id} columns={useColumns(graph, now, onChoose)} />;
}

function linesOf(graph: Graph, loads: readonly Load[], chosen: string | null): Line[] {
  const byKey = new Map(loads.map((load) => [load.key, load]));
  const waysFrom = new Map<string, Way[]>(graph.tasks.map((task) => [task.key, []]));
  for (const way of graph.ways) waysFrom.get(way.from)?.push(way);
  return graph.tasks.map((task) => ({ id: task.key, task, load: byKey.get(task.key), ways: waysFrom.get(task.key) ?? [], isChosen: task.key === chosen }));
}

function useColumns(graph: Graph, now: number, onChoose: (key: string) => void): Column<Line>[] {
  const { t } = useTranslation(["workflows", "common"]);
  const format = useFormat();
  return useMemo(() => {
    const names = new Map(graph.tasks.map((task) => [task.key, task.name]));
    return [
      { key: "task", label: t("task"), cell: ({ task, isChosen }) => <TaskCell task={task} isChosen={isChosen} onChoose={onChoose} /> },
      { key: "count", label: t("measure.count"), isNumber: true, cell: ({ load }) => <span translate="no">{format.number(load?.count ?? 0)}</span> },
      { key: "age", label: t("measure.age"), isNumber: true, cell: ({ load }) => <span translate="no">{load === undefined ? "" : (ageOf(load, now, format) ?? "–")}</span> },
      { key: "people", label: t("people"), isNumber: true, cell: ({ load }) => <span translate="no">{format.number(load?.people ?? 0)}</span> },
      { key: "work", label: t("measure.work"), isNumber: true, cell: ({ load }) => <span translate="no">{load?.worked ? format.duration(load.worked) : "–"}</span> },
      { key: "cost", label: t("measure.cost"), isNumber: true, cell: ({ load }) => <span translate="no">{load?.cost ? format.money(load.cost) : "–"}</span> },
      { key: "ways", label: t("ways"), cell: ({ task, ways }) => <Ways task={task} ways={ways} names={names} /> },
    ];
  }, [graph.tasks, now, onChoose, t, format]);
}

function TaskCell({ task, isChosen, onChoose }: { task: GraphTask; isChosen: boolean; onChoose: (key: string) => void }) {
  const { t } = useTranslation("workflows");
  const marks = [task.isStart && t("mark.start"), task.join !== "each" && t(`mark.join_${task.join}`), task.splits && t("mark.split"), task.isPerItem && t("mark.items")];
  return (
    <>
      <Button emphasis="quiet" className={classes["name"]} aria-pressed={isChosen} translate="no" onClick={() => onChoose(task.key)}>
        <KindIcon kind={task.kind} className={classes["kind"]} />
        {task.name}
      </Button>
      <Text size="xs" tone="muted">
        {[t(`kind.${task.kind}`), ...marks.filter((mark) => mark !== false)].join(" · ")}
      </Text>
    </>
  );
}

/** The ways on from a task, each with what opens it. */
export function Ways({ task, ways, names }: { task: GraphTask; ways: readonly Way[]; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation("workflows");
  return (
    <ul className={classes["ways"]}>
      {ways.map((way) => (
        <li key={way.id}>
          <span translate="no">{names.get(way.to) ?? way.to}</span>{" "}
          {way.when !== null && (
            <>
              {t("way.when")} <Code>{way.when}</Code>
            </>
          )}
          {way.kind !== "next" && t(`way.${way.kind}`)} {way.isBack && t("way.back")}
        </li>
      ))}
      {task.ends && <li>{t("mark.end")}</li>}
    </ul>
  );
}
