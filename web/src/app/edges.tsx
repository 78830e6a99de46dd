import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, hasStatus, isAway } from "@/api/errors";
import { onReturn } from "@/api/reach";
import { ButtonLink, EmptyState, ErrorState, Waiting } from "@/ui";

export function Pending() {
  return <Waiting lines={6} />;
}

/** What is shown in place of a part that broke, or of what could not be fetched. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const { reset: forget } = useQueryErrorResetBoundary();
  const retry = () => {
    forget();
    reset();
    void router.invalidate();
  };
  useEffect(() => (isAway(error) ? onReturn(retry) : undefined));
  if (hasStatus(error, 404)) return <Lost />;
  if (error instanceof ApiError && error.status === 403) return <EmptyState title={t("error.denied")}>{error.message}</EmptyState>;
  return <ErrorState error={error} onRetry={retry} />;
}

export function Lost() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t("error.lost")} action={<ButtonLink to="/">{t("error.home")}</ButtonLink>}>
      {t("error.lost_why")}
    </EmptyState>
  );
}
