import { memo, useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { TaskSource } from "@/graph/graph";
import { Button, Heading, IconButton, IconTrash, IconX, Panel, Row, Select, Stack, Text, TextArea, TextField } from "@/ui";
import classes from "./builder.module.css";
import type { TaskFields } from "./document";
import { changeWay, connect, removeTask, removeWay, setField } from "./edits";
import { TryOn, Verdict, type Trial } from "./Trial";

interface Props {
  text: string;
  task: TaskFields;
  tasks: readonly TaskSource[];
  /** `mark` names what is changed: going on with the same is one step to undo. */
  onEdit: (text: string, mark?: string) => void;
  onClose: () => void;
  /** What conditions are tried on; null where there are no cases yet. */
  trial: Trial | null;
}

/** The properties of a task that most need; the rest is in the YAML beside. Its name is there at once, its fields follow. */
export const TaskForm = memo(function TaskForm({ onClose, ...props }: Props) {
  const { t } = useTranslation(["workflows", "common"]);
  const { text, task, onEdit } = props;
  const isWhole = useDeferredValue(true, false);
  return (
    <Panel aria-label={t("builder.task")}>
      <header className={classes["formHead"]}>
        <Heading level={2}>
          <span translate="no">{nameOf(task)}</span>
        </Heading>
        <IconButton icon={IconX} label={t("common:close")} onClick={onClose} />
      </header>
      <TextField label={t("builder.name")} value={task.name ?? ""} lengthMax={200} onChange={(value) => onEdit(setField(text, task.key, "name", value === "" ? undefined : value), `${task.key}.name`)} />
      {isWhole && (
        <>
          <Fields text={text} task={task} onEdit={onEdit} />
          <Ways {...props} />
          <Row>
            <Button
              icon={IconTrash}
              onClick={() => {
                onEdit(removeTask(text, task.key));
                onClose();
              }}
            >
              {t("builder.remove")}
            </Button>
          </Row>
        </>
      )}
    </Panel>
  );
});

function Fields({ text, task, onEdit }: Pick<Props, "text" | "task" | "onEdit">) {
  const { t } = useTranslation("workflows");
  const put = (field: string, value: unknown) => onEdit(setField(text, task.key, field, value === "" ? undefined : value), `${task.key}.${field}`);
  return (
    <>
      {task.kind === "human" && (
        <>
          <TextField
            label={t("builder.roles")}
            description={t("builder.roles_why")}
            value={Array.isArray(task.roles) ? task.roles.join(", ") : ""}
            onChange={(value) => put("roles", value === "" ? undefined : value.split(/,\s*/))}
          />
          <TextArea label={t("builder.prompt")} rows={2} value={typeof task.prompt === "string" ? task.prompt : ""} onChange={(value) => put("prompt", value)} />
          <TextField label={t("builder.due")} description={t("builder.due_why")} value={typeof task.due === "string" ? task.due : ""} onChange={(value) => put("due", value)} />
        </>
      )}
      <Select
        label={t("builder.join")}
        value={task.join === "all" || task.join === "any" ? task.join : "each"}
        choices={(["each", "all", "any"] as const).map((value) => ({ value, label: t(`builder.join_${value}`) }))}
        onChange={(value) => put("join", value === "each" ? undefined : value)}
      />
    </>
  );
}

function Ways({ text, task, tasks, onEdit, trial }: Omit<Props, "onClose">) {
  const { t } = useTranslation("workflows");
  const ways = task.next ?? [];
  const choices = useMemo(() => [...tasks.map((one) => ({ value: one.key, label: nameOf(one) })), { value: "end", label: t("builder.end") }], [tasks, t]);
  return (
    <Stack gap={2}>
      <Heading level={3}>{t("ways")}</Heading>
      {ways.length === 0 && <Text tone="muted">{t("builder.no_ways")}</Text>}
      {ways.length > 1 && (
        <Select
          label={t("builder.split")}
          value={task.split === "all" ? "all" : "first"}
          choices={(["first", "all"] as const).map((value) => ({ value, label: t(`builder.split_${value}`) }))}
          onChange={(value) => onEdit(setField(text, task.key, "split", value === "all" ? "all" : undefined))}
        />
      )}
      {ways.map((way, index) => (
        <fieldset key={index} className={classes["way"]}>
          <legend>{t("builder.way", { number: index + 1 })}</legend>
          <Row gap={2} isTight>
            <Select label={t("builder.to")} value={typeof way.to === "string" ? way.to : null} choices={choices} onChange={(value) => onEdit(changeWay(text, task.key, index, "to", value ?? ""))} />
            <IconButton icon={IconTrash} label={t("builder.remove_way", { number: index + 1 })} onClick={() => onEdit(removeWay(text, task.key, index))} />
          </Row>
          <TextField
            label={t("builder.when")}
            placeholder={t("builder.always")}
            value={typeof way.when === "string" ? way.when : ""}
            onChange={(value) => onEdit(changeWay(text, task.key, index, "when", value), `${task.key}.${index}.when`)}
          />
          {trial !== null && typeof way.when === "string" && way.when !== "" && <Verdict trial={trial} taskKey={task.key} when={way.when} />}
        </fieldset>
      ))}
      {trial !== null && ways.some((way) => typeof way.when === "string") && <TryOn trial={trial} taskKey={task.key} />}
      <Select label={t("builder.add_way")} value={null} placeholder={t("builder.choose")} choices={choices} onChange={(value) => value !== null && onEdit(connect(text, task.key, value))} />
    </Stack>
  );
}

function nameOf(task: TaskSource): string {
  return task.name === undefined || task.name === null || task.name === "" ? task.key : task.name;
}
