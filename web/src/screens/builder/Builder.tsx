import { useQuery } from "@tanstack/react-query";
import { useBlocker, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, memo, Suspense, useCallback, useDeferredValue, useEffect, useEffectEvent, useMemo, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { declareShortcuts, useShortcut } from "@/app/shortcuts";
import { useMe, useWorkspace } from "@/api/session";
import { definitionQuery, yamlQuery } from "@/api/workflows";
import { Canvas, type CanvasEditing } from "@/graph/Canvas";
import { KindIcon } from "@/graph/KindIcon";
import { graphOf, type TaskSource } from "@/graph/graph";
import { NO_PLACES, type Places } from "@/graph/places";
import { Button, ErrorState, IconArrowBackUp, IconArrowForwardUp, IconButton, Notice, Page, Row, TextField, Waiting } from "@/ui";
import { Problems, useProblems } from "./Problems";
import { Publish } from "./Publish";
import { TaskForm } from "./TaskForm";
import classes from "./builder.module.css";
import { EMPTY, KINDS, read, type Definition, type Kind } from "./document";
import { addTask, connect, setOwn } from "./edits";
import { begin, step } from "./history";
import { keepPlaces, keptPlaces } from "./keeping";
import type { Trial } from "./Trial";

const Editor = lazy(() => import("./Editor").then(({ Editor: found }) => ({ default: found })));
const TestRun = lazy(() => import("./TestRun").then(({ TestRun: found }) => ({ default: found })));
const DRAGGED = "application/x-casework-kind";

declareShortcuts([
  { id: "builder.undo", keys: "mod+z", label: "workflows:builder.undo" },
  { id: "builder.redo", keys: "mod+y", label: "workflows:builder.redo" },
]);

export interface Published {
  id: number;
  /** The version's tag, so that nobody's change is overwritten unseen. */
  tag: string;
  tasks: readonly TaskSource[];
}

/** A new workflow. */
export function NewWorkflow() {
  return <Building text={EMPTY} over={null} />;
}

/** The next version of a workflow. */
export function EditWorkflow() {
  const id = Number(useParams({ from: "/w/$workspace/workflows/$workflow/edit" }).workflow);
  const workspace = useWorkspace();
  const yaml = useQuery(yamlQuery(workspace, id));
  const definition = useQuery(definitionQuery(workspace, id, 0));
  const failed = [yaml, definition].find((one) => one.isError);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (yaml.data === undefined || definition.data === undefined) return <Waiting lines={10} />;
  return <Building text={yaml.data.text} over={{ id, tag: yaml.data.tag, tasks: definition.data.tasks }} />;
}

function useDrawing(first: string, over: Published | null) {
  const workspace = useWorkspace();
  const [places] = useState(() => (over === null ? NO_PLACES : keptPlaces(workspace, over.id, over.tasks.map((task) => task.key))));
  const [history, act] = useReducer(step, { text: first, places }, begin);
  const edit = useCallback(
    (text: string | ((before: string) => string), mark?: string, at?: Places) => act({ type: "edit", text, ...(mark === undefined ? {} : { mark }), ...(at === undefined ? {} : { places: at }) }),
    [],
  );
  const place = useCallback((at: Places, mark?: string) => act({ type: "place", places: at, ...(mark === undefined ? {} : { mark }) }), []);
  const undo = useCallback(() => act({ type: "undo" }), []);
  const redo = useCallback(() => act({ type: "redo" }), []);
  return { history, edit, place, undo, redo };
}

/** Keeps where tasks were put: of those that are drawn, and of those that are published, where this is not. */
function useKeeping(over: Published | null, places: Places, tasks: readonly TaskSource[]): (published: number) => void {
  const workspace = useWorkspace();
  const keep = useEffectEvent((workflow: number) => keepPlaces(workspace, workflow, places, [...tasks, ...(over?.tasks ?? [])].map((task) => task.key)));
  const id = over?.id;
  useEffect(() => {
    if (id !== undefined) keep(id);
  }, [id, places]);
  return (published) => keepPlaces(workspace, published, places, tasks.map((task) => task.key));
}

const NOTHING: Definition = { key: "", name: "", tasks: [], start: [] };

/** What the text says; while it does not parse, what it said last. */
function useDefinition(text: string): { definition: Definition; isCurrent: boolean } {
  const now = useMemo(() => read(text), [text]);
  const [last, setLast] = useState(now ?? NOTHING);
  if (now !== null && now !== last) setLast(now);
  return { definition: now ?? last, isCurrent: now !== null };
}

function Building({ text: first, over }: { text: string; over: Published | null }) {
  const { t } = useTranslation(["workflows", "common"]);
  const { history, edit, place, undo, redo } = useDrawing(first, over);
  const { text, places } = history;
  const { definition, isCurrent } = useDefinition(text);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isPublishing, setPublishing] = useState(false);
  const [isTesting, setTesting] = useState(false);
  const [isDone, setDone] = useState(false);
  const [at, setAt] = useState<{ line: number } | null>(null);
  const asked = useDeferredValue(text);
  const problems = useProblems(asked);
  const drawn = useDeferredValue(definition);
  const graph = useMemo(() => graphOf(drawn.tasks, drawn.start), [drawn]);
  const wrong = useMemo(() => problems.found.flatMap((one) => (one.line == null ? [] : [one.line])), [problems.found]);
  const { faceOfTasks } = problems;
  const faceOf = useMemo(() => faceOfTasks(drawn.tasks), [faceOfTasks, drawn.tasks]);
  const keepAs = useKeeping(over, places, definition.tasks);
  useShortcut("builder.undo", undo);
  useShortcut("builder.redo", redo);
  useBlocker({ shouldBlockFn: () => text !== first && !isDone && !window.confirm(t("builder.leave")), enableBeforeUnload: () => text !== first && !isDone });
  const add = useNewest((kind: Kind, placesWith?: (key: string) => Places) => {
    const made = addTask(text, kind, t(`builder.new_${kind}`), chosen);
    edit(made.text, undefined, placesWith?.(made.key));
    setChosen(made.key);
  });
  const editing = useEditing(places, place, edit, add);
  const write = useCallback((next: string) => edit(next, "text"), [edit]);
  const close = useCallback(() => setChosen(null), []);
  const show = useCallback((line: number) => setAt({ line }), []);
  const trial = useTrial(over);
  const task = definition.tasks.find((one) => one.key === chosen);
  return (
    <Page
      title={over === null ? t("new") : <span translate="no">{definition.name}</span>}
      lead={t("builder.lead")}
      actions={
        <>
          <IconButton icon={IconArrowBackUp} label={t("builder.undo")} disabled={history.past.length === 0} onClick={undo} />
          <IconButton icon={IconArrowForwardUp} label={t("builder.redo")} disabled={history.future.length === 0} onClick={redo} />
          <Button disabled={definition.tasks.length === 0 || problems.found.length > 0 || asked !== text || !problems.isChecked} onClick={() => setTesting(true)}>
            {t("builder.run.title")}
          </Button>
          <Button emphasis="primary" disabled={text === first || problems.found.length > 0 || asked !== text || !problems.isChecked} onClick={() => setPublishing(true)}>
            {t("builder.publish")}
          </Button>
        </>
      }
    >
      <Row gap={3}>
        <TextField label={t("builder.workflow_name")} value={definition.name} isDisabled={!isCurrent} onChange={(value) => edit(setOwn(text, "name", value), "name")} />
        {over === null && <TextField label={t("builder.key")} value={definition.key} isDisabled={!isCurrent} onChange={(value) => edit(setOwn(text, "key", value), "key")} />}
        <Palette isDisabled={!isCurrent} onAdd={add} />
      </Row>
      {!isCurrent && <Notice tone="warn">{t("builder.unreadable")}</Notice>}
      <div className={classes["split"]}>
        <div className={classes["side"]}>
          <Canvas graph={graph} faceOf={faceOf} chosen={chosen} onChoose={setChosen} editing={editing} />
          {task !== undefined && isCurrent && <TaskForm key={task.key} text={text} task={task} tasks={definition.tasks} onEdit={edit} onClose={close} trial={trial} />}
        </div>
        <div className={classes["side"]}>
          <div className={classes["frame"]}>
            <Suspense fallback={<Waiting lines={8} />}>
              <Editor label={t("builder.yaml")} text={text} wrong={wrong} at={at} onChange={write} onUndo={undo} onRedo={redo} />
            </Suspense>
          </div>
          <Problems problems={problems} onShow={show} />
        </div>
      </div>
      {isTesting && (
        <Suspense>
          <TestRun text={text} onClose={() => setTesting(false)} />
        </Suspense>
      )}
      {isPublishing && (
        <Publishing
          text={text}
          over={over}
          tasks={definition.tasks}
          onDone={(published) => {
            keepAs(published);
            setDone(true);
          }}
          onClose={() => setPublishing(false)}
        />
      )}
    </Page>
  );
}

/** What conditions are tried on: the cases of what is published, for those who may read them. */
function useTrial(over: Published | null): Trial | null {
  const [tried, setTried] = useState<number | null>(null);
  const mayTry = useMe().may("assignments:read");
  const workflow = over?.id;
  return useMemo(() => (workflow === undefined || !mayTry ? null : { workflow, tried, onTry: setTried }), [workflow, mayTry, tried]);
}

function Publishing({ onDone, ...props }: Omit<Parameters<typeof Publish>[0], "onPublished"> & { onDone: (published: number) => void }) {
  const navigate = useNavigate();
  const workspace = useWorkspace();
  const [published, setPublished] = useState<number | null>(null);
  useEffect(() => {
    if (published !== null) void navigate({ to: "/w/$workspace/workflows/$workflow", params: { workspace, workflow: String(published) } });
  }, [published, navigate, workspace]);
  return (
    <Publish
      {...props}
      onPublished={(id) => {
        onDone(id);
        setPublished(id);
      }}
    />
  );
}

/** The same function always, which does what the newest one does: what it is given to is not drawn anew. */
function useNewest<T extends unknown[]>(act: (...wish: T) => void): (...wish: T) => void {
  const newest = useRef(act);
  useEffect(() => {
    newest.current = act;
  });
  return useCallback((...wish) => newest.current(...wish), []);
}

/** What the canvas changes: the same object until tasks are put elsewhere. */
function useEditing(
  places: Places,
  onPlace: CanvasEditing["onPlace"],
  edit: (text: (before: string) => string) => void,
  add: (kind: Kind, placesWith: (key: string) => Places) => void,
): CanvasEditing {
  const onConnect = useCallback((from: string, to: string) => edit((before) => connect(before, from, to)), [edit]);
  const onDrop = useCallback<CanvasEditing["onDrop"]>(
    (event, placesWith) => {
      const kind = KINDS.find((one) => one === event.dataTransfer.getData(DRAGGED));
      if (kind !== undefined) add(kind, placesWith);
    },
    [add],
  );
  return useMemo(() => ({ places, onPlace, onConnect, onDrop }), [places, onPlace, onConnect, onDrop]);
}

/** The kinds of tasks: each is added by a press, or by dragging it onto the canvas. */
const Palette = memo(function Palette({ isDisabled, onAdd }: { isDisabled: boolean; onAdd: (kind: Kind) => void }) {
  const { t } = useTranslation("workflows");
  return (
    <div role="group" aria-label={t("builder.add")} className={classes["palette"]}>
      {KINDS.map((kind) => (
        <Button key={kind} disabled={isDisabled} draggable onDragStart={(event) => event.dataTransfer.setData(DRAGGED, kind)} onClick={() => onAdd(kind)} title={t("builder.add_kind", { kind: t(`kind.${kind}`) })}>
          <KindIcon kind={kind} className={classes["kind"]} />
          {t(`kind.${kind}`)}
        </Button>
      ))}
    </div>
  );
});
