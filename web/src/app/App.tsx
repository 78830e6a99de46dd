import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { newQueryClient } from "@/api/query";
import { isRightToLeft } from "@/i18n";
import { UiProvider } from "@/ui/provider";
import { newRouter } from "./router";

const queries = newQueryClient(() => {
  const next = window.location.pathname + window.location.search;
  if (!next.startsWith("/sign-")) void router.navigate({ to: "/sign-in", search: { next } });
});
const router = newRouter(queries);

export function App() {
  const { i18n } = useTranslation();
  return (
    <UiProvider direction={isRightToLeft(i18n.language) ? "rtl" : "ltr"}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </UiProvider>
  );
}
