import { autocompletion, completionKeymap, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, type DecorationSet } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { memo, useEffect, useRef } from "react";
import classes from "./builder.module.css";
import { changeBetween } from "./change";
import { completionsAt } from "./completion";

export interface EditorProps {
  label: string;
  text: string;
  /** The lines, from 1, where something is wrong. */
  wrong: readonly number[];
  /** The line to show; a new object shows it again. */
  at: { line: number } | null;
  onChange: (text: string) => void;
  onUndo: () => void;
  onRedo: () => void;
}

const LOOK = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "12.5px" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--muted)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--selected)" },
  ".cm-wrong": { backgroundColor: "var(--bad-bg)", boxShadow: "inset 3px 0 var(--bad)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--border-strong)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--selected)", color: "var(--text)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: "var(--accent-text)" },
  { tag: tags.propertyName, color: "var(--accent-text)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
]);

function complete(context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const found = completionsAt(context.state.doc.toString(), line.text.slice(0, context.pos - line.from));
  if (found.from === line.text.slice(0, context.pos - line.from).length && !context.explicit) return null;
  return { from: line.from + found.from, options: found.words.map((label) => ({ label })) };
}

const tellWrong = StateEffect.define<readonly number[]>();

/** The lines where something is wrong: they stay with their text while somebody writes above them. */
const wrongLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, { changes, effects, newDoc }) => {
    const told = effects.find((effect) => effect.is(tellWrong));
    return told === undefined ? before.map(changes) : marks(newDoc, told.value);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marks(text: Text, wrong: readonly number[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const lines = [...new Set(wrong)].filter((line) => line >= 1 && line <= text.lines).sort((a, b) => a - b);
  for (const line of lines) builder.add(text.line(line).from, text.line(line).from, Decoration.line({ class: "cm-wrong" }));
  return builder.finish();
}

/** Calls it after the next paint; gives what calls it off. */
function afterPaint(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(act);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/**
 * The YAML of a workflow. Its editor lives in a shadow tree: there its styles are adopted sheets, which the content
 * security policy allows, where in the page they would be style elements, which it refuses. What is changed elsewhere is
 * shown once that is painted, or at once where somebody goes on writing here.
 */
export const Editor = memo(function Editor(props: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const newest = useRef(props);
  const agree = useRef(() => {});
  useEffect(() => {
    newest.current = props;
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const act = (name: "onUndo" | "onRedo") => () => {
      newest.current[name]();
      return true;
    };
    const first = () => {
      agree.current();
      return false;
    };
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: newest.current.text,
        extensions: [
          lineNumbers(),
          drawSelection(),
          highlightActiveLine(),
          yaml(),
          LOOK,
          syntaxHighlighting(COLOURS),
          autocompletion({ override: [complete] }),
          keymap.of([
            { key: "Mod-z", run: act("onUndo"), preventDefault: true },
            { key: "Mod-y", mac: "Mod-Shift-z", run: act("onRedo"), preventDefault: true },
            { key: "Mod-Shift-z", run: act("onRedo"), preventDefault: true },
            ...completionKeymap,
            ...defaultKeymap,
          ]),
          Prec.highest(EditorView.domEventHandlers({ keydown: first, beforeinput: first, compositionstart: first, paste: first, cut: first, drop: first })),
          // The text scrolls: keyboards must reach it by an index of its own, not only by its being editable.
          EditorView.contentAttributes.of({ tabindex: "0", "aria-label": newest.current.label, translate: "no" }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const text = update.state.doc.toString();
            if (text === newest.current.text) return;
            agree.current = () => {}; // what somebody writes comes after whatever it was
            newest.current.onChange(text);
          }),
          wrongLines,
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);
  const { text, wrong, at } = props;
  useEffect(() => {
    agree.current = () => {
      agree.current = () => {};
      const change = view.current && changeBetween(view.current.state.doc.toString(), text);
      if (change) view.current?.dispatch({ changes: change });
    };
    return afterPaint(() => agree.current());
  }, [text]);
  useEffect(() => {
    agree.current();
    view.current?.dispatch({ effects: tellWrong.of(wrong) });
  }, [wrong]);
  useEffect(() => {
    agree.current();
    const state = view.current?.state;
    if (state === undefined || at === null) return;
    const line = state.doc.line(Math.min(Math.max(at.line, 1), state.doc.lines));
    view.current?.dispatch({ selection: { anchor: line.from }, scrollIntoView: true });
    view.current?.focus();
  }, [at]);
  return <div ref={host} className={classes["editor"]} />;
});
