import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, type ComponentType } from "react";
import { Lost } from "@/app/edges";
import { Waiting } from "@/ui";

/** The parts of administration, each loaded when it is first shown. */
const SECTIONS: Partial<Record<string, ComponentType>> = {
  members: lazy(() => import("./Members").then((part) => ({ default: part.Members }))),
  roles: lazy(() => import("./Roles").then((part) => ({ default: part.Roles }))),
  grants: lazy(() => import("./Grants").then((part) => ({ default: part.Grants }))),
  keys: lazy(() => import("./Keys").then((part) => ({ default: part.Keys }))),
  secrets: lazy(() => import("./Secrets").then((part) => ({ default: part.Secrets }))),
  webhooks: lazy(() => import("./Webhooks").then((part) => ({ default: part.Webhooks }))),
  schedules: lazy(() => import("./Schedules").then((part) => ({ default: part.Schedules }))),
  hooks: lazy(() => import("./Hooks").then((part) => ({ default: part.Hooks }))),
  limits: lazy(() => import("./Limits").then((part) => ({ default: part.Limits }))),
  audit: lazy(() => import("./Audit").then((part) => ({ default: part.Audit }))),
};

/** The part that the address names. */
export function Section() {
  const { section } = useParams({ from: "/w/$workspace/admin/$section" });
  const Part = SECTIONS[section];
  if (Part === undefined) return <Lost />;
  return (
    <Suspense fallback={<Waiting lines={6} />}>
      <Part />
    </Suspense>
  );
}
