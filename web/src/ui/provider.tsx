import "@fontsource-variable/inter/wght.css";
import "./kit.css";
import "./theme.css";
import {
  createTheme,
  DirectionProvider,
  Drawer as MantineDrawer,
  localStorageColorSchemeManager,
  MantineProvider,
  Menu as MantineMenu,
  Modal as MantineModal,
  useMantineColorScheme,
} from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useEffect, type ReactNode } from "react";
import { useDirection } from "@mantine/core";

// Locking the page's scrolling writes a style element, which the content security policy refuses; overlays scroll
// themselves and the page behind them stays where it is.
const theme = createTheme({
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Modal: MantineModal.extend({ defaultProps: { lockScroll: false, centered: true, overlayProps: { blur: 1 } } }),
    Drawer: MantineDrawer.extend({ defaultProps: { lockScroll: false } }),
    Menu: MantineMenu.extend({ defaultProps: { shadow: "md", position: "bottom-end", withinPortal: true } }),
  },
});

const schemes = localStorageColorSchemeManager({ key: "casework.color-scheme" });

/** What every screen stands in: the look, the direction of writing, the place of toasts. */
export function UiProvider({ direction, children }: { direction: "ltr" | "rtl"; children: ReactNode }) {
  return (
    <DirectionProvider initialDirection={direction} detectDirection={false}>
      <MantineProvider
        theme={theme}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <DirectionFollower direction={direction} />
        <Notifications position="bottom-center" limit={3} />
        {children}
      </MantineProvider>
    </DirectionProvider>
  );
}

function DirectionFollower({ direction }: { direction: "ltr" | "rtl" }) {
  const { setDirection } = useDirection();
  useEffect(() => setDirection(direction), [direction, setDirection]);
  return null;
}

export type ColorScheme = "light" | "dark" | "auto";

export function useColorScheme(): [ColorScheme, (scheme: ColorScheme) => void] {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return [colorScheme, setColorScheme];
}
