import { getViewportForBounds, Panel, useReactFlow, useStoreApi, type Viewport } from "@xyflow/react";
import { useEffect, useEffectEvent } from "react";
import { useTranslation } from "react-i18next";
import { IconButton, IconMaximize, IconWand, IconZoomIn, IconZoomOut } from "@/ui";
import { useChosenKey } from "./choice";
import classes from "./graph.module.css";
import { TASK_HEIGHT, TASK_WIDTH } from "./layout";
import { extentOf, type Places } from "./places";

export const ZOOM_MIN = 0.15;
export const ZOOM_MAX = 1.6;
const FIT_MAX = 1;
const PADDING = 0.06;

/** From there on a drawing is shown whole, rather than a task of it from near. */
const READABLE = 0.6;

/** What shows all of a drawing in a frame of that size, in pixels. */
export function viewOf(spots: Places, width: number, height: number): Viewport {
  return getViewportForBounds(extentOf(spots), width, height, ZOOM_MIN, FIT_MAX, PADDING);
}

/** Brings the task into sight that is chosen or moved by keys: with all of it where that can be read, or else alone. */
export function Revealing({ spots, stepped }: { spots: Places; stepped: string | undefined }) {
  const flow = useReactFlow();
  const store = useStoreApi();
  const chosen = useChosenKey();
  const reveal = useEffectEvent((key: string) => {
    const at = spots.get(key);
    const { width, height, transform } = store.getState();
    if (at === undefined || width === 0) return;
    const [x, y, zoom] = [at.x * transform[2] + transform[0], at.y * transform[2] + transform[1], transform[2]];
    if (x >= 0 && y >= 0 && x + TASK_WIDTH * zoom <= width && y + TASK_HEIGHT * zoom <= height) return;
    const whole = viewOf(spots, width, height);
    if (whole.zoom >= READABLE) void flow.setViewport(whole);
    else void flow.setCenter(at.x + TASK_WIDTH / 2, at.y + TASK_HEIGHT / 2, { zoom });
  });
  const isThere = chosen !== null && spots.has(chosen);
  useEffect(() => {
    if (chosen !== null && isThere) reveal(chosen);
  }, [chosen, isThere]);
  const [x, y] = [stepped && spots.get(stepped)?.x, stepped && spots.get(stepped)?.y];
  useEffect(() => {
    if (stepped !== undefined) reveal(stepped);
  }, [stepped, x, y]);
  return null;
}

interface ZoomsProps {
  spots: Places;
  /** Where tasks may be moved: how they are all laid out by themselves again. */
  tidying: { isTidy: boolean; onTidy: () => void } | undefined;
}

export function Zooms({ spots, tidying }: ZoomsProps) {
  const { t } = useTranslation("workflows");
  const flow = useReactFlow();
  const store = useStoreApi();
  const showAll = () => {
    const { width, height } = store.getState();
    void flow.setViewport(viewOf(spots, width, height));
  };
  return (
    <Panel position="bottom-right" className={classes["zooms"] ?? ""}>
      {tidying && <IconButton icon={IconWand} label={t("canvas.tidy")} disabled={tidying.isTidy} onClick={tidying.onTidy} />}
      <IconButton icon={IconZoomIn} label={t("zoom.in")} onClick={() => void flow.zoomIn()} />
      <IconButton icon={IconZoomOut} label={t("zoom.out")} onClick={() => void flow.zoomOut()} />
      <IconButton icon={IconMaximize} label={t("zoom.fit")} onClick={showAll} />
    </Panel>
  );
}
