import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import classes from "./graph.module.css";
import type { Way } from "./graph";
import { labelOf, pathOf, type Point, type Route } from "./layout";

export type WayEdgeData = { way: Way; route: Route | undefined; word: string };
export type WayEdge = Edge<WayEdgeData, "way">;

/** A way, as it was laid out; while it is drawn anew, straight from task to task. */
export const WayEdgeView = memo(function WayEdgeView({ data, markerEnd, selected, ...ends }: EdgeProps<WayEdge>) {
  if (data === undefined) return null;
  const { way, route, word } = data;
  const [straight] = getSmoothStepPath(ends);
  const isLaidOut = route !== undefined && route.points.length > 1;
  return (
    <>
      <BaseEdge path={isLaidOut ? pathOf(route.points) : straight} markerEnd={markerEnd ?? ""} className={lookOf(way, selected === true)} />
      {route?.label && <Label text={labelOf(way.when, word)} whole={way.when} at={route.label} />}
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
