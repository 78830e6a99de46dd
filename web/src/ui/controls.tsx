import {
  ActionIcon,
  Anchor,
  Avatar as MantineAvatar,
  Badge as MantineBadge,
  Button as MantineButton,
  Kbd as MantineKbd,
  SegmentedControl as MantineSegmented,
  Tabs as MantineTabs,
  Tooltip as MantineTooltip,
  type ButtonProps as MantineButtonProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { forwardRef, type ComponentPropsWithoutRef, type ReactNode } from "react";
import type { Icon } from "./icons";
import classes from "./controls.module.css";

export type Tone = "ok" | "warn" | "bad" | "info" | "quiet";
type Emphasis = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Emphasis, { variant: string; color?: string }> = {
  primary: { variant: "filled" },
  plain: { variant: "default" },
  quiet: { variant: "subtle", color: "gray" },
  danger: { variant: "filled", color: "red" },
};

export interface ButtonProps extends Omit<ComponentPropsWithoutRef<"button">, "color" | "style"> {
  emphasis?: Emphasis;
  icon?: Icon;
  /** The keys that do the same, shown within the button. */
  keys?: string | undefined;
  isBusy?: boolean;
  isWide?: boolean;
}

function looked(emphasis: Emphasis): MantineButtonProps {
  return { ...LOOKS[emphasis], size: "sm", classNames: { root: classes["button"] ?? "" } };
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { emphasis = "plain", icon: IconOf, keys, isBusy = false, isWide = false, children, type = "button", ...rest },
  ref,
) {
  return (
    <MantineButton
      ref={ref}
      {...looked(emphasis)}
      {...rest}
      data-emphasis={emphasis}
      type={type}
      loading={isBusy}
      fullWidth={isWide}
      leftSection={IconOf && <IconOf size={16} aria-hidden />}
      rightSection={keys === undefined ? undefined : <Keys keys={keys} />}
    >
      {children}
    </MantineButton>
  );
});

/** A link that looks like a button. */
export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, { emphasis?: Emphasis; icon?: Icon; children?: ReactNode }>(function ButtonLink(
    { emphasis = "plain", icon: IconOf, ...rest },
    ref,
  ) {
    return (
      <MantineButton
        component="a"
        ref={ref}
        {...looked(emphasis)}
        {...rest}
        data-emphasis={emphasis}
        leftSection={IconOf && <IconOf size={16} aria-hidden />}
      />
    );
  }),
);

/** A link in running text. */
export const TextLink = createLink(
  forwardRef<HTMLAnchorElement, ComponentPropsWithoutRef<"a">>(function TextLink(props, ref) {
    return <Anchor ref={ref} {...props} className={classes["textLink"]} inherit />;
  }),
);

export interface IconButtonProps extends Omit<ComponentPropsWithoutRef<"button">, "color" | "style"> {
  icon: Icon;
  /** What it does, for the tooltip and for those who do not see the icon. */
  label: string;
  isPressed?: boolean;
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { icon: IconOf, label, isPressed, ...rest },
  ref,
) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        ref={ref}
        variant="subtle"
        color="gray"
        size={32}
        type="button"
        aria-label={label}
        aria-pressed={isPressed}
        className={classes["icon"] ?? ""}
        {...rest}
      >
        <IconOf size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
});

export function Tooltip({ label, children }: { label: string; children: ReactNode }) {
  return (
    <MantineTooltip label={label} openDelay={400} withArrow>
      {children}
    </MantineTooltip>
  );
}

/** A short word about a state: its tone is never the only thing that tells it. */
export function Badge({ tone = "quiet", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <MantineBadge variant="light" size="md" radius="sm" classNames={{ root: classes["badge"] ?? "" }} data-tone={tone}>
      {children}
    </MantineBadge>
  );
}

export function Avatar({ name }: { name: string }) {
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
  return (
    <MantineAvatar size={24} radius="xl" className={classes["avatar"] ?? ""} translate="no" aria-hidden>
      {letters}
    </MantineAvatar>
  );
}

/** Keys as they are written on keyboards: "mod+k" or "g i". */
export function Keys({ keys }: { keys: string }) {
  const isMac = navigator.userAgent.includes("Mac");
  const parts = keys.split(/[+ ]/).map((key) => (key === "mod" ? (isMac ? "⌘" : "Ctrl") : (NAMES[key] ?? key.toUpperCase())));
  return (
    <span className={classes["keys"]} translate="no" aria-hidden>
      {parts.map((part, index) => (
        <MantineKbd key={index} size="xs">
          {part}
        </MantineKbd>
      ))}
    </span>
  );
}

const NAMES: Record<string, string> = {
  enter: "↵",
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
  shift: "⇧",
};

export interface Choice<T extends string> {
  value: T;
  label: string;
}

/** One of a few, all in sight. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
}) {
  return (
    <MantineSegmented
      aria-label={props.label}
      size="xs"
      value={props.value}
      data={props.choices.map((choice) => ({ ...choice }))}
      onChange={(value) => props.onChange(value)}
      classNames={{ root: classes["segmented"] ?? "", label: classes["segment"] ?? "" }}
    />
  );
}

export function Tabs<T extends string>(props: {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  children: ReactNode;
}) {
  return (
    <MantineTabs value={props.value} onChange={(value) => props.onChange((value ?? props.value) as T)}>
      <MantineTabs.List aria-label={props.label}>
        {props.choices.map((choice) => (
          <MantineTabs.Tab key={choice.value} value={choice.value}>
            {choice.label}
          </MantineTabs.Tab>
        ))}
      </MantineTabs.List>
      <MantineTabs.Panel value={props.value} pt="md">
        {props.children}
      </MantineTabs.Panel>
    </MantineTabs>
  );
}
