import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { createWorkspace, signIn, signUp } from "@/api/session";
import { Button, Heading, Notice, Stack, Text, TextField, TextLink } from "@/ui";
import icon from "@/app/icon.svg";
import classes from "./auth.module.css";

function Frame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className={classes["frame"]}>
      <div className={classes["card"]}>
        <div className={classes["brand"]}>
          <img src={icon} width={28} height={28} alt="" />
          <span>{t("app")}</span>
        </div>
        <Stack gap={1}>
          <Heading level={1}>{title}</Heading>
          <Text tone="muted">{lead}</Text>
        </Stack>
        {children}
      </div>
    </main>
  );
}

function useFocusedFirst() {
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  return first;
}

/** What the server said; where it said nothing, that it is away. */
function Refusal({ error }: { error: Error | null }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      {error !== null && (
        <Notice tone="bad">
          <span translate={error.message === "" ? undefined : "no"}>{error.message || t("error.unreachable")}</span>
        </Notice>
      )}
    </div>
  );
}

export function SignIn() {
  const { t } = useTranslation(["auth", "common"]);
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const first = useFocusedFirst();
  const enter = useMutation({
    mutationFn: () => signIn({ email, password }),
    onSuccess: () => {
      queries.clear();
      return navigate({ href: next ?? "/" });
    },
  });
  return (
    <Frame title={t("sign_in.title")} lead={t("sign_in.lead")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate();
        }}
      >
        <Stack gap={3}>
          <TextField ref={first} label={t("email")} kind="email" name="email" autoComplete="username" isRequired value={email} onChange={setEmail} />
          <TextField label={t("password")} kind="password" name="password" autoComplete="current-password" isRequired value={password} onChange={setPassword} />
          <Refusal error={enter.error} />
          <Button type="submit" emphasis="primary" isWide isBusy={enter.isPending}>
            {t("sign_in.do")}
          </Button>
          <Text size="sm" tone="muted">
            {t("sign_in.new")} <TextLink to="/sign-up">{t("sign_up.do")}</TextLink>
          </Text>
        </Stack>
      </form>
    </Frame>
  );
}

export function SignUp() {
  const { t } = useTranslation(["auth", "common"]);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [values, setValues] = useState({ name: "", email: "", password: "" });
  const first = useFocusedFirst();
  const enter = useMutation({
    mutationFn: () => signUp(values),
    onSuccess: () => {
      queries.clear();
      return navigate({ to: "/" });
    },
  });
  const set = (name: keyof typeof values) => (value: string) => setValues({ ...values, [name]: value });
  return (
    <Frame title={t("sign_up.title")} lead={t("sign_up.lead")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate();
        }}
      >
        <Stack gap={3}>
          <TextField ref={first} label={t("name")} name="name" autoComplete="name" isRequired value={values.name} onChange={set("name")} />
          <TextField label={t("email")} kind="email" name="email" autoComplete="username" isRequired value={values.email} onChange={set("email")} />
          <TextField label={t("password")} kind="password" name="password" autoComplete="new-password" isRequired value={values.password} onChange={set("password")} />
          <Refusal error={enter.error} />
          <Button type="submit" emphasis="primary" isWide isBusy={enter.isPending}>
            {t("sign_up.do")}
          </Button>
          <Text size="sm" tone="muted">
            {t("sign_up.known")} <TextLink to="/sign-in">{t("sign_in.do")}</TextLink>
          </Text>
        </Stack>
      </form>
    </Frame>
  );
}

/** For those who are in no workspace, and those who want another. */
export function Welcome() {
  const { t } = useTranslation(["auth", "common"]);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const first = useFocusedFirst();
  const make = useMutation({
    mutationFn: () => createWorkspace(name),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["workspaces"] });
      await navigate({ to: "/w/$workspace/inbox", params: { workspace: made.uuid } });
    },
  });
  const isExpired = make.error instanceof ApiError && make.error.status === 401;
  return (
    <Frame title={t("welcome.title")} lead={t("welcome.lead")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Stack gap={3}>
          <TextField ref={first} label={t("welcome.name")} name="workspace" isRequired lengthMax={200} value={name} onChange={setName} />
          <Refusal error={isExpired ? null : make.error} />
          <Button type="submit" emphasis="primary" isWide isBusy={make.isPending}>
            {t("welcome.do")}
          </Button>
        </Stack>
      </form>
    </Frame>
  );
}
