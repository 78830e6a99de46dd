import { Divider as MantineDivider, Group, Stack as MantineStack, Text as MantineText, Title } from "@mantine/core";
import type { ComponentPropsWithoutRef, ReactNode } from "react";
import classes from "./layout.module.css";

type Gap = 1 | 2 | 3 | 4 | 5 | 6;

interface Flow extends Omit<ComponentPropsWithoutRef<"div">, "style" | "color"> {
  gap?: Gap;
}

const gapOf = (gap: Gap) => `var(--gap-${gap})`;

/** Things below each other. */
export function Stack({ gap = 4, ...rest }: Flow) {
  return <MantineStack gap={gapOf(gap)} {...rest} />;
}

/** Things beside each other, which break where there is no room. */
export function Row({ gap = 2, isSpread = false, isTight = false, ...rest }: Flow & { isSpread?: boolean; isTight?: boolean }) {
  return <Group gap={gapOf(gap)} justify={isSpread ? "space-between" : "flex-start"} wrap={isTight ? "nowrap" : "wrap"} {...rest} />;
}

export function Panel({ title, aside, children, ...rest }: { title?: string; aside?: ReactNode } & ComponentPropsWithoutRef<"section">) {
  return (
    <section className={classes["panel"]} aria-label={title} {...rest}>
      {title !== undefined && (
        <header className={classes["panelHeader"]}>
          <Heading level={2}>{title}</Heading>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

/** A screen: its one heading, what can be done with the whole of it, and the rest. */
export function Page({ title, lead, actions, children }: { title: ReactNode; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes["page"]}>
      <header className={classes["pageHeader"]}>
        <div>
          <Heading level={1}>{title}</Heading>
          {lead !== undefined && <Text tone="muted">{lead}</Text>}
        </div>
        {actions !== undefined && <Row>{actions}</Row>}
      </header>
      {children}
    </div>
  );
}

const SIZES = { 1: "1.25rem", 2: "0.875rem", 3: "0.8125rem" } as const;

export function Heading({ level, children, ...rest }: { level: 1 | 2 | 3; children: ReactNode; id?: string }) {
  return (
    <Title order={level} fz={SIZES[level]} className={classes["heading"] ?? ""} {...rest}>
      {children}
    </Title>
  );
}

interface TextProps extends Omit<ComponentPropsWithoutRef<"p">, "color" | "style"> {
  size?: "xs" | "sm" | "md";
  tone?: "muted" | "bad" | "warn" | "ok";
  isStrong?: boolean;
  isInline?: boolean;
  isCut?: boolean;
}

const COLORS = { muted: "var(--muted)", bad: "var(--bad)", warn: "var(--warn)", ok: "var(--ok)" } as const;

/** Text. `translate="no"` marks what people typed: it is shown as it is in every language. */
export function Text({ size = "md", tone, isStrong = false, isInline = false, isCut = false, ...rest }: TextProps) {
  return (
    <MantineText
      {...(isInline ? { component: "span" as const, inherit: false } : { component: "p" as const })}
      size={size}
      {...(tone ? { c: COLORS[tone] } : {})}
      {...(isStrong ? { fw: 600 } : {})}
      truncate={isCut}
      {...rest}
    />
  );
}

/** Labels and values. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes["facts"]}>{children}</dl>;
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes["fact"]}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Divider() {
  return <MantineDivider color="var(--border)" />;
}

/** What is for screen readers alone. */
export function Unseen({ children }: { children: ReactNode }) {
  return <span className="visually-hidden">{children}</span>;
}

