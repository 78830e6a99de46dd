import "@xyflow/react/dist/base.css";
import { MarkerType, Panel as FlowPanel, ReactFlow, ReactFlowProvider, useReactFlow, type Connection, type EdgeTypes, type NodeTypes } from "@xyflow/react";
import { useEffect, useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isRightToLeft } from "@/i18n";
import { ErrorState, IconButton, IconMaximize, IconZoomIn, IconZoomOut, Waiting } from "@/ui";
import { TaskNodeView, type TaskFace, type TaskNode } from "./TaskNode";
import { WayEdgeView, type WayEdge } from "./WayEdge";
import type { Graph } from "./graph";
import classes from "./graph.module.css";
import { TASK_HEIGHT, TASK_WIDTH, useLayout, type Layout } from "./layout";

const NODES: NodeTypes = { task: TaskNodeView };
const EDGES: EdgeTypes = { way: WayEdgeView };
const ARROW = { type: MarkerType.ArrowClosed, width: 14, height: 14 } as const;
const FIT = { padding: 0.06, maxZoom: 1 };
const NO_FACE: TaskFace = {};

export interface CanvasProps {
  graph: Graph;
  faces: ReadonlyMap<string, TaskFace>;
  chosen: string | null;
  onChoose: (key: string | null) => void;
  /** Where it may be changed: what happens when one draws a way from task to task. */
  onConnect?: (from: string, to: string) => void;
  onDrop?: (event: React.DragEvent) => void;
  children?: ReactNode;
}

/** A workflow as a drawing. Everything in it can be reached by Tab; what it shows is in a table as well. */
export function Canvas(props: CanvasProps) {
  const { t, i18n } = useTranslation(["workflows", "common"]);
  const toLeft = isRightToLeft(i18n.language);
  const layout = useLayout(props.graph, toLeft, { otherwise: t("way.otherwise"), error: t("way.error") });
  if (layout.isError) return <ErrorState error={layout.error} onRetry={() => void layout.refetch()} />;
  if (layout.data === undefined) return <Waiting lines={8} />;
  return (
    <ReactFlowProvider>
      <Drawing {...props} layout={layout.data} isRightToLeft={toLeft} />
    </ReactFlowProvider>
  );
}

function Drawing({ graph, faces, chosen, onChoose, onConnect, onDrop, layout, isRightToLeft: toLeft, children }: CanvasProps & { layout: Layout; isRightToLeft: boolean }) {
  const { t } = useTranslation("workflows");
  const isEditable = onConnect !== undefined;
  const nodes = useMemo(
    () =>
      graph.tasks.map((task): TaskNode => ({
        id: task.key,
        type: "task",
        position: layout.tasks.get(task.key) ?? { x: 0, y: 0 },
        width: TASK_WIDTH,
        height: TASK_HEIGHT,
        selected: task.key === chosen,
        data: { task, face: faces.get(task.key) ?? NO_FACE, isRightToLeft: toLeft, isEditable, onSelect: onChoose },
      })),
    [graph, faces, layout, chosen, toLeft, isEditable, onChoose],
  );
  const edges = useMemo(
    () =>
      graph.ways.map((way): WayEdge => ({
        id: way.id,
        type: "way",
        source: way.from,
        target: way.to,
        markerEnd: { ...ARROW, color: way.kind === "error" ? "var(--bad)" : "var(--border-strong)" },
        data: { way, route: layout.ways.get(way.id), word: way.kind === "next" ? "" : t(`way.${way.kind}`) },
        ariaLabel: t("way.from_to", { from: way.from, to: way.to }),
        selected: way.from === chosen || way.to === chosen,
      })),
    [graph, layout, chosen, t],
  );
  const about = t("canvas.about");
  const connect = ({ source, target }: Connection) => onConnect?.(source, target);
  return (
    <div className={classes["canvas"]} dir="ltr" onDrop={onDrop} onDragOver={onDrop && ((event) => event.preventDefault())}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        nodesDraggable={false}
        nodesConnectable={isEditable}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        ariaLabelConfig={{ "node.a11yDescription.default": about, "node.a11yDescription.keyboardDisabled": about, "edge.a11yDescription.default": about }}
        onConnect={connect}
        onPaneClick={() => onChoose(null)}
        minZoom={0.15}
        maxZoom={1.6}
        fitView
        fitViewOptions={FIT}
        proOptions={{ hideAttribution: true }}
      >
        <Fitting count={graph.tasks.length} />
        <Zooms />
        {children}
      </ReactFlow>
    </div>
  );
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
