import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "@/api/session";
import { versionsQuery } from "@/api/workflows";
import { Dialog, Select, Stack, Text, Waiting } from "@/ui";
import { Moving } from "./Moving";

interface Props {
  workflow: number;
  /** The ids of the cases; null for all that are open. */
  cases: readonly number[] | null;
  /** The version that they go by already, where all go by one. */
  from?: number;
  onClose: () => void;
}

/** To which version open cases are to move; then what `Moving` does. */
export function MoveDialog({ workflow, cases, from, onClose }: Props) {
  const { t } = useTranslation("moving");
  const versions = useQuery(versionsQuery(useWorkspace(), workflow));
  const [chosen, setChosen] = useState<number | null>(null);
  const [before] = useState(from); // what they go by when it is opened: once they have moved, that is another
  const others = (versions.data?.items ?? []).map((one) => one.number).filter((number) => number !== before);
  const to = chosen ?? others[0];
  return (
    <Dialog title={t(cases === null ? "title" : "title_one")} isOpen onClose={onClose} isWide>
      <Stack gap={4}>
        {versions.isPending && <Waiting lines={3} />}
        {versions.data !== undefined && to === undefined && <Text>{t("no_version")}</Text>}
        {to !== undefined && (
          <>
            <Select areNames label={t("to")} value={String(to)} choices={others.map((number) => ({ value: String(number), label: String(number) }))} onChange={(number) => setChosen(Number(number))} />
            <Moving key={to} workflow={workflow} to={to} cases={cases} onClose={onClose} />
          </>
        )}
      </Stack>
    </Dialog>
  );
}
