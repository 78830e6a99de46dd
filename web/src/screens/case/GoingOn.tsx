import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { retryCase, type Case } from "@/api/cases";
import { useWorkspace } from "@/api/session";
import { MoveDialog } from "@/moving/MoveDialog";
import { Button, Dialog, Refused, Row, Stack, Text, toast } from "@/ui";

/** Begins a case that failed again where it failed, as a new one, and goes there. */
export function RetryCase({ id }: { id: number }) {
  const { t } = useTranslation(["case", "common"]);
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const retry = useMutation({
    mutationFn: () => retryCase(workspace, id),
    onSuccess: async (made) => {
      setOpen(false);
      toast({ message: t("retry.done") });
      void queries.invalidateQueries({ queryKey: ["cases"] });
      await navigate({ to: "/w/$workspace/cases/$case", params: { workspace, case: String(made.id) } });
    },
  });
  const close = () => {
    setOpen(false);
    retry.reset();
  };
  return (
    <>
      <Button emphasis="primary" onClick={() => setOpen(true)}>
        {t("retry.do")}
      </Button>
      <Dialog title={t("retry.do")} isOpen={isOpen} onClose={close}>
        <Stack gap={3}>
          <Text>{t("retry.why")}</Text>
          <Refused error={retry.error} />
          <Row>
            <Button emphasis="primary" isBusy={retry.isPending} onClick={() => retry.mutate()}>
              {t("retry.now")}
            </Button>
            <Button onClick={close}>{t("common:cancel")}</Button>
          </Row>
        </Stack>
      </Dialog>
    </>
  );
}

/** Lets a case go on by another version of its workflow. */
export function MoveCase({ of: one }: { of: Case }) {
  const { t } = useTranslation("case");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("move")}</Button>
      {isOpen && <MoveDialog workflow={one.workflowId} cases={[one.id]} from={one.workflowVersionNumber} onClose={() => setOpen(false)} />}
    </>
  );
}
