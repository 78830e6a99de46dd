import { useQuery } from "@tanstack/react-query";
import { useBlocker, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { declareShortcuts, useShortcut } from "@/app/shortcuts";
import { useMe, useWorkspace } from "@/api/session";
import { definitionQuery, yamlQuery } from "@/api/workflows";
import { Canvas } from "@/graph/Canvas";
import { KindIcon } from "@/graph/KindIcon";
import { graphOf, type TaskSource } from "@/graph/graph";
import { Button, ErrorState, IconArrowBackUp, IconArrowForwardUp, IconButton, Notice, Page, Row, TextField, Waiting } from "@/ui";
import { Problems, useProblems } from "./Problems";
import { Publish } from "./Publish";
import { TaskForm } from "./TaskForm";
import classes from "./builder.module.css";
import { EMPTY, KINDS, read, type Definition, type Kind } from "./document";
import { addTask, connect, setOwn } from "./edits";
import { begin, step } from "./history";

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

function useText(first: string) {
  const [history, act] = useReducer(step, first, begin);
  const edit = useCallback((text: string | ((before: string) => string), mark?: string) => act({ type: "edit", text, ...(mark === undefined ? {} : { mark }) }), []);
  const undo = useCallback(() => act({ type: "undo" }), []);
  const redo = useCallback(() => act({ type: "redo" }), []);
  return { history, edit, undo, redo };
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
  const { history, edit, undo, redo } = useText(first);
  const { text } = history;
  const { definition, isCurrent } = useDefinition(text);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isPublishing, setPublishing] = useState(false);
  const [isTesting, setTesting] = useState(false);
  const [isDone, setDone] = useState(false);
  const [at, setAt] = useState<{ line: number } | null>(null);
  const [tried, setTried] = useState<number | null>(null);
  const mayTry = useMe().may("assignments:read");
  const asked = useDeferredValue(text);
  const problems = useProblems(asked);
  const drawn = useDeferredValue(definition);
  const graph = useMemo(() => graphOf(drawn.tasks, drawn.start), [drawn]);
  const wrong = useMemo(() => problems.found.flatMap((one) => (one.line == null ? [] : [one.line])), [problems.found]);
  const { faceOfTasks } = problems;
  const faceOf = useMemo(() => faceOfTasks(drawn.tasks), [faceOfTasks, drawn.tasks]);
  useShortcut("builder.undo", undo);
  useShortcut("builder.redo", redo);
  useBlocker({ shouldBlockFn: () => text !== first && !isDone && !window.confirm(t("builder.leave")), enableBeforeUnload: () => text !== first && !isDone });
  const add = (kind: Kind) => {
    const made = addTask(text, kind, t(`builder.new_${kind}`), chosen);
    edit(made.text);
    setChosen(made.key);
  };
  const link = useCallback((from: string, to: string) => edit((before) => connect(before, from, to)), [edit]);
  const drop = useDropped(add);
  const trial = over === null || !mayTry ? null : { workflow: over.id, tried, onTry: setTried };
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
          <Canvas graph={graph} faceOf={faceOf} chosen={chosen} onChoose={setChosen} onConnect={link} onDrop={drop} />
          {task !== undefined && isCurrent && <TaskForm key={task.key} text={text} task={task} tasks={definition.tasks} onEdit={edit} onClose={() => setChosen(null)} trial={trial} />}
        </div>
        <div className={classes["side"]}>
          <div className={classes["frame"]}>
            <Suspense fallback={<Waiting lines={8} />}>
              <Editor label={t("builder.yaml")} text={text} wrong={wrong} at={at} onChange={(next) => edit(next, "text")} onUndo={undo} onRedo={redo} />
            </Suspense>
          </div>
          <Problems problems={problems} onShow={(line) => setAt({ line })} />
        </div>
      </div>
      {isTesting && (
        <Suspense>
          <TestRun text={text} onClose={() => setTesting(false)} />
        </Suspense>
      )}
      {isPublishing && <Publishing text={text} over={over} tasks={definition.tasks} onDone={() => setDone(true)} onClose={() => setPublishing(false)} />}
    </Page>
  );
}

function Publishing({ onDone, ...props }: Omit<Parameters<typeof Publish>[0], "onPublished"> & { onDone: () => void }) {
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
        onDone();
        setPublished(id);
      }}
    />
  );
}

/** Adds the kind that is dropped; the same function always, for what it is given to is drawn anew where it changes. */
function useDropped(add: (kind: Kind) => void): (event: React.DragEvent) => void {
  const newest = useRef(add);
  useEffect(() => {
    newest.current = add;
  });
  return useCallback((event) => {
    const kind = KINDS.find((one) => one === event.dataTransfer.getData(DRAGGED));
    if (kind !== undefined) newest.current(kind);
  }, []);
}

/** The kinds of tasks: each is added by a press, or by dragging it onto the canvas. */
function Palette({ isDisabled, onAdd }: { isDisabled: boolean; onAdd: (kind: Kind) => void }) {
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
}
