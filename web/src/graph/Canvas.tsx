import "@xyflow/react/dist/base.css";
import { MarkerType, Panel as FlowPanel, Position, ReactFlow, ReactFlowProvider, useReactFlow, type Connection, type EdgeTypes, type NodeHandle, type NodeTypes } from "@xyflow/react";
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isRightToLeft } from "@/i18n";
import { ErrorState, IconButton, IconMaximize, IconZoomIn, IconZoomOut, Waiting } from "@/ui";
import { Faces, TaskNodeView, type FaceOf, type TaskNode } from "./TaskNode";
import { WayEdgeView, type WayEdge } from "./WayEdge";
import type { Graph } from "./graph";
import classes from "./graph.module.css";
import { keeper } from "./keep";
import { TASK_HEIGHT, TASK_WIDTH, useLayout, type Layout } from "./layout";

const NODES: NodeTypes = { task: TaskNodeView };
const EDGES: EdgeTypes = { way: WayEdgeView };
const ARROW = { type: MarkerType.ArrowClosed, width: 14, height: 14 } as const;
const FIT = { padding: 0.06, maxZoom: 1 };
const SIZE = { width: TASK_WIDTH, height: TASK_HEIGHT };
const NO_ATTRIBUTION = { hideAttribution: true };

export interface CanvasProps {
  graph: Graph;
  faceOf: FaceOf;
  chosen: string | null;
  onChoose: (key: string | null) => void;
  /** Where it may be changed: what happens when one draws a way from task to task. */
  onConnect?: (from: string, to: string) => void;
  onDrop?: (event: React.DragEvent) => void;
}

/**
 * A workflow as a drawing. Everything in it can be reached by Tab; what it shows is in a table as well. A large one is drawn
 * bit by bit while the page answers, and of what changes only the tasks and ways that look otherwise are drawn anew.
 */
export const Canvas = memo(function Canvas(props: CanvasProps) {
  const { t, i18n } = useTranslation(["workflows", "common"]);
  const toLeft = isRightToLeft(i18n.language);
  const layout = useLayout(props.graph, toLeft, { otherwise: t("way.otherwise"), error: t("way.error") });
  const laidOut = useDeferredValue(layout.data, undefined);
  const faceOf = useDeferredValue(props.faceOf);
  if (layout.isError) return <ErrorState error={layout.error} onRetry={() => void layout.refetch()} />;
  if (laidOut === undefined) return <Waiting lines={8} />;
  return (
    <ReactFlowProvider>
      <Faces value={faceOf}>
        <Drawing {...props} layout={laidOut} isRightToLeft={toLeft} />
      </Faces>
    </ReactFlowProvider>
  );
});

function Drawing({ graph, chosen, onChoose, onConnect, onDrop, layout, isRightToLeft: toLeft }: CanvasProps & { layout: Layout; isRightToLeft: boolean }) {
  const { t } = useTranslation("workflows");
  const isEditable = onConnect !== undefined;
  const [keepNodes] = useState(() => keeper<TaskNode>());
  const [keepEdges] = useState(() => keeper<WayEdge>());
  const nodes = useMemo(
    () =>
      keepNodes(
        graph.tasks.map((task) => ({
          id: task.key,
          type: "task",
          position: layout.tasks.get(task.key) ?? { x: 0, y: 0 },
          ...SIZE,
          measured: SIZE,
          handles: handles(toLeft),
          data: { task, isRightToLeft: toLeft, isEditable, onSelect: onChoose },
        })),
      ),
    [graph, layout, toLeft, isEditable, onChoose, keepNodes],
  );
  const edges = useMemo(
    () =>
      keepEdges(
        graph.ways.map((way) => ({
          id: way.id,
          type: "way",
          source: way.from,
          target: way.to,
          markerEnd: { ...ARROW, color: way.kind === "error" ? "var(--bad)" : "var(--border-strong)" },
          data: { way, route: layout.ways.get(way.id), word: way.kind === "next" ? "" : t(`way.${way.kind}`) },
          ariaLabel: t("way.from_to", { from: way.from, to: way.to }),
        })),
      ),
    [graph, layout, t, keepEdges],
  );
  const shownNodes = useMemo(() => nodes.map((node) => (node.id === chosen ? { ...node, selected: true } : node)), [nodes, chosen]);
  const shownEdges = useMemo(() => edges.map((edge) => (edge.source === chosen || edge.target === chosen ? { ...edge, selected: true } : edge)), [edges, chosen]);
  const about = t("canvas.about");
  const words = useMemo(() => ({ "node.a11yDescription.default": about, "node.a11yDescription.keyboardDisabled": about, "edge.a11yDescription.default": about }), [about]);
  const connect = useCallback(({ source, target }: Connection) => onConnect?.(source, target), [onConnect]);
  const chooseNone = useCallback(() => onChoose(null), [onChoose]);
  return (
    <div className={classes["canvas"]} dir="ltr" onDrop={onDrop} onDragOver={onDrop && ((event) => event.preventDefault())}>
      <ReactFlow
        nodes={shownNodes}
        edges={shownEdges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        nodesDraggable={false}
        nodesConnectable={isEditable}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        ariaLabelConfig={words}
        onConnect={connect}
        onPaneClick={chooseNone}
        minZoom={0.15}
        maxZoom={1.6}
        fitView
        fitViewOptions={FIT}
        proOptions={NO_ATTRIBUTION}
      >
        <Fitting count={graph.tasks.length} />
        <Zooms />
      </ReactFlow>
    </div>
  );
}

/** Where ways begin and end. Told, so that a drawing need not measure each task before it draws the first way. */
function handles(isRightToLeft: boolean): NodeHandle[] {
  const [left, right] = [
    { position: Position.Left, x: 0, y: TASK_HEIGHT / 2 },
    { position: Position.Right, x: TASK_WIDTH, y: TASK_HEIGHT / 2 },
  ];
  const [into, out] = isRightToLeft ? [right, left] : [left, right];
  return [
    { type: "target", ...into, width: 0, height: 0 },
    { type: "source", ...out, width: 0, height: 0 },
  ];
}

/** Shows all of it again when there is more or less of it. */
function Fitting({ count }: { count: number }) {
  const { fitView } = useReactFlow();
  useEffect(() => void fitView(FIT), [count, fitView]);
  return null;
}

function Zooms() {
  const { t } = useTranslation("workflows");
  const flow = useReactFlow();
  return (
    <FlowPanel position="bottom-right" className={classes["zooms"] ?? ""}>
      <IconButton icon={IconZoomIn} label={t("zoom.in")} onClick={() => void flow.zoomIn()} />
      <IconButton icon={IconZoomOut} label={t("zoom.out")} onClick={() => void flow.zoomOut()} />
      <IconButton icon={IconMaximize} label={t("zoom.fit")} onClick={() => void flow.fitView(FIT)} />
    </FlowPanel>
  );
}
