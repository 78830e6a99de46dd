import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useIsChosen } from "./choice";
import classes from "./graph.module.css";
import type { Way } from "./graph";
import { labelOf, pathOf, type Point, type Route } from "./layout";

export type WayEdgeData = { way: Way; route: Route | null; word: string };
export type WayEdge = Edge<WayEdgeData, "way">;

/** A way, as it was laid out; where its tasks stand otherwise by now, straight from one to the other. */
export const WayEdgeView = memo(function WayEdgeView({ data, markerEnd, source, target, ...ends }: EdgeProps<WayEdge>) {
  const isChosen = useIsChosen(source, target);
  if (data === undefined) return null;
  const { way, route, word } = data;
  const [straight, x, y] = getSmoothStepPath(ends);
  const text = labelOf(way.when, word);
  const at = route === null ? { x, y } : route.label;
  return (
    <>
      <BaseEdge path={route === null ? straight : pathOf(route.points)} markerEnd={markerEnd ?? ""} className={lookOf(way, isChosen)} />
      {at !== null && text !== "" && <Label text={text} whole={way.when} at={at} />}
    </>
  );
});

function lookOf(way: Way, isChosen: boolean): string {
  const looks = [classes["way"], way.isBack && classes["back"], way.kind !== "next" && classes[way.kind], isChosen && classes["chosen"]];
  return looks.filter(Boolean).join(" ");
}

function Label({ text, whole, at }: { text: string; whole: string | null; at: Point }) {
  return (
    <EdgeLabelRenderer>
      <span className={classes["label"]} title={whole ?? undefined} translate="no" style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}>
        {text}
      </span>
    </EdgeLabelRenderer>
  );
}
