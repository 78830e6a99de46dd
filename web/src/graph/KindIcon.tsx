import { IconBolt, IconCode, IconHourglass, IconRobot, IconScale, IconSitemap, IconUser, IconVariable, IconWorld, type Icon } from "@/ui";

const ICONS: Record<string, Icon> = {
  human: IconUser,
  agent: IconRobot,
  http: IconWorld,
  function: IconCode,
  decision: IconScale,
  set: IconVariable,
  wait: IconHourglass,
  subworkflow: IconSitemap,
};

/** A kind of task, pictured; its word is in `workflows:kind`. */
export function KindIcon({ kind, className }: { kind: string; className?: string | undefined }) {
  const Found = ICONS[kind] ?? IconBolt;
  return <Found size={16} aria-hidden className={className ?? ""} />;
}
