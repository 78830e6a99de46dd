import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";
import { Button, IconCircleCheck, Row, Text } from "@/ui";
import { sentence } from "./faces";
import { bottlenecks, type Load } from "./load";
import classes from "./map.module.css";

/** Where work piles up, in words; each leads to its task. */
export const Bottlenecks = memo(function Bottlenecks({ loads, now, onChoose }: { loads: readonly Load[]; now: number; onChoose: (key: string) => void }) {
  const { t } = useTranslation(["workflows", "common"]);
  const format = useFormat();
  const found = bottlenecks(loads, now);
  if (found.length === 0) {
    return (
      <Row gap={2}>
        <IconCircleCheck size={18} aria-hidden />
        <Text tone="muted">{t("map.clear")}</Text>
      </Row>
    );
  }
  return (
    <section className={classes["bottlenecks"]} aria-label={t("map.bottlenecks")}>
      <Text isStrong>{t("map.bottlenecks")}</Text>
      <ul>
        {found.map((load) => (
          <li key={load.key}>
            <Button emphasis="quiet" onClick={() => onChoose(load.key)}>
              <span translate="no" className={classes["strong"]}>
                {load.name}
              </span>
              : {sentence(load, now, format, t)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
});
