import "@xyflow/react/dist/base.css";
import { ReactFlow, ReactFlowProvider, useReactFlow, type Connection, type EdgeTypes, type NodeTypes } from "@xyflow/react";
import { memo, useCallback, useDeferredValue, useLayoutEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isRightToLeft } from "@/i18n";
import { ErrorState, Unseen, useGrowing, Waiting } from "@/ui";
import { Chosen, choiceOf } from "./choice";
import { Revealing, viewOf, Zooms, ZOOM_MAX, ZOOM_MIN } from "./Sight";
import { ARROWS, Faces, TaskNodeView, type FaceOf } from "./TaskNode";
import { WayEdgeView } from "./WayEdge";
import type { Graph } from "./graph";
import classes from "./graph.module.css";
import { TASK_HEIGHT, TASK_WIDTH, useLayout, type Layout } from "./layout";
import { useMoving } from "./moving";
import { mirrored, NO_PLACES, standing, type Places } from "./places";
import { useThings } from "./things";

const NODES: NodeTypes = { task: TaskNodeView };
const EDGES: EdgeTypes = { way: WayEdgeView };
const NO_ATTRIBUTION = { hideAttribution: true };

/** Tasks that a frame of a large drawing adds. */
const SLICE = 25;

/** Pixels that a press may stray before it moves a task. */
const STRAY = 4;

/** Where a drawing may be changed. */
export interface CanvasEditing {
  /** Where tasks were put by hand; none where the drawing is laid out by itself. */
  places: Places;
  /** `mark` names what is moved: going on with the same is one step to undo. */
  onPlace: (places: Places, mark?: string) => void;
  onConnect: (from: string, to: string) => void;
  /** Something is dropped; `placesWith` gives the places of all tasks, and there that of one that is made of it. */
  onDrop: (event: React.DragEvent, placesWith: (key: string) => Places) => void;
}

export interface CanvasProps {
  graph: Graph;
  faceOf: FaceOf;
  chosen: string | null;
  onChoose: (key: string | null) => void;
  editing?: CanvasEditing;
}

/**
 * A workflow as a drawing. Everything in it can be reached by Tab; what it shows is in a table as well. A large one is drawn
 * bit by bit while the page answers, and of what changes only the tasks and ways that look otherwise are drawn anew.
 */
export const Canvas = memo(function Canvas({ chosen, ...props }: CanvasProps) {
  const { t, i18n } = useTranslation(["workflows", "common"]);
  const toLeft = isRightToLeft(i18n.language);
  const layout = useLayout(props.graph, toLeft, { otherwise: t("way.otherwise"), error: t("way.error") });
  const laidOut = useDeferredValue(layout.data, undefined);
  const faceOf = useDeferredValue(props.faceOf);
  const [choice] = useState(() => choiceOf(chosen));
  useLayoutEffect(() => choice.put(chosen), [choice, chosen]);
  if (layout.isError) return <ErrorState error={layout.error} onRetry={() => void layout.refetch()} />;
  if (laidOut === undefined) return <Waiting lines={8} />;
  return (
    <ReactFlowProvider>
      <Faces value={faceOf}>
        <Chosen value={choice}>
          <Drawing graph={props.graph} editing={props.editing} onChoose={props.onChoose} layout={laidOut} isRightToLeft={toLeft} />
        </Chosen>
      </Faces>
    </ReactFlowProvider>
  );
});

interface DrawingProps {
  graph: Graph;
  editing: CanvasEditing | undefined;
  onChoose: (key: string | null) => void;
  layout: Layout;
  isRightToLeft: boolean;
}

/** Apart from what is chosen, which changes nothing of where things are. */
const Drawing = memo(function Drawing({ graph, editing, onChoose, layout, isRightToLeft: toLeft }: DrawingProps) {
  const { t } = useTranslation("workflows");
  const flow = useReactFlow();
  const [frame, setFrame] = useState<HTMLDivElement | null>(null);
  const asKept = useCallback((places: Places) => (toLeft ? mirrored(places) : places), [toLeft]);
  const kept = editing?.places ?? NO_PLACES;
  const still = useMemo(() => standing(graph, layout, asKept(kept), toLeft), [graph, layout, asKept, kept, toLeft]);
  const put = useCallback((places: Places, mark?: string) => editing?.onPlace(asKept(places), mark), [editing, asKept]);
  const { spots, stepped, step, follow, letGo } = useMoving(still, put);
  const count = useGrowing(graph.tasks.length, SLICE);
  const { nodes, edges } = useThings({ graph, layout, spots, count, isRightToLeft: toLeft, onChoose, onStep: editing && step });
  const about = t("canvas.about");
  const words = useMemo(() => ({ "node.a11yDescription.default": about, "node.a11yDescription.keyboardDisabled": about, "edge.a11yDescription.default": about }), [about]);
  const connect = useCallback(({ source, target }: Connection) => editing?.onConnect(source, target), [editing]);
  const drop = (event: React.DragEvent) => {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    editing?.onDrop(event, (key) => asKept(new Map(still).set(key, { x: Math.round(at.x - TASK_WIDTH / 2), y: Math.round(at.y - TASK_HEIGHT / 2) })));
  };
  const chooseNone = useCallback(() => onChoose(null), [onChoose]);
  return (
    <div ref={setFrame} className={classes["canvas"]} dir="ltr" onDrop={editing && drop} onDragOver={editing && ((event) => event.preventDefault())}>
      {frame !== null && (
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODES}
          edgeTypes={EDGES}
          nodesDraggable={editing !== undefined}
          nodesConnectable={editing !== undefined}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          selectNodesOnDrag={false}
          nodeDragThreshold={STRAY}
          nodeClickDistance={STRAY}
          disableKeyboardA11y
          ariaLabelConfig={words}
          onConnect={connect}
          onNodesChange={follow}
          onNodeDragStop={letGo}
          onPaneClick={chooseNone}
          minZoom={ZOOM_MIN}
          maxZoom={ZOOM_MAX}
          defaultViewport={viewOf(still, frame.clientWidth, frame.clientHeight)}
          proOptions={NO_ATTRIBUTION}
        >
          <Revealing spots={still} stepped={stepped?.key} />
          <Zooms spots={spots} tidying={editing && { isTidy: kept.size === 0, onTidy: () => editing.onPlace(NO_PLACES) }} />
        </ReactFlow>
      )}
      {editing !== undefined && (
        <Unseen>
          <span id={ARROWS}>{t("canvas.arrows")}</span>
          <span role="status">{stepped === null ? "" : t("canvas.moved", { x: stepped.at.x, y: stepped.at.y })}</span>
        </Unseen>
      )}
    </div>
  );
});
