import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "@/api/session";
import { Button, Dialog, IconButton, IconFilter, Menu, Row, Stack, TextField, type MenuGroup } from "@/ui";
import { searchOf, type Search } from "./filters";

interface Saved {
  name: string;
  search: Search;
}

function read(key: string): Saved[] {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? "[]") as Saved[];
    return stored.map(({ name, search }) => ({ name, search: searchOf({ ...search }) }));
  } catch {
    return [];
  }
}

/** Filters that somebody keeps under a name, in this browser. */
export function SavedFilters({ search }: { search: Search }) {
  const { t } = useTranslation(["inbox", "common"]);
  const key = `casework.filters.${useWorkspace()}`;
  const navigate = useNavigate();
  const [saved, setSaved] = useState(() => read(key));
  const [name, setName] = useState<string | null>(null);
  const keep = (next: Saved[]) => {
    localStorage.setItem(key, JSON.stringify(next));
    setSaved(next);
  };
  const groups: MenuGroup[] = [
    ...(saved.length === 0
      ? []
      : [
          { label: t("saved.label"), items: saved.map((one) => ({ label: one.name, isName: true, onSelect: () => void navigate({ to: ".", search: one.search }) })) },
          { label: t("saved.forget"), items: saved.map((one) => ({ label: `${t("saved.forget")}: ${one.name}`, onSelect: () => keep(saved.filter((other) => other !== one)) })) },
        ]),
    { items: [{ label: t("saved.keep"), onSelect: () => setName("") }] },
  ];
  return (
    <>
      <Menu target={<IconButton icon={IconFilter} label={t("saved.label")} />} groups={groups} isWide />
      <Dialog title={t("saved.keep")} isOpen={name !== null} onClose={() => setName(null)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keep([...saved.filter((one) => one.name !== name), { name: name ?? "", search }]);
            setName(null);
          }}
        >
          <Stack gap={3}>
            <TextField label={t("saved.name")} isRequired lengthMax={80} value={name ?? ""} onChange={setName} />
            <Row>
              <Button type="submit" emphasis="primary">
                {t("common:save")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
