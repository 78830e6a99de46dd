/**
 * The languages. English is the source; a file per part (`locales/<language>/<part>.json`), loaded when it is shown.
 * `pseudo` is English made strange: what is not strange on the screen was not translated.
 */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { pseudo } from "./pseudo";

export const LANGUAGES = { en: "English", fr: "Français", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES | "pseudo";

const STORED = "casework.language";
const RIGHT_TO_LEFT = new Set<string>(["ar"]);

const files = import.meta.glob<{ default: Record<string, unknown> }>("../locales/*/*.json");

async function load(language: string, part: string): Promise<Record<string, unknown>> {
  const source = language === "pseudo" ? "en" : language;
  const found = files[`../locales/${source}/${part}.json`];
  if (found === undefined) return {};
  const words = (await found()).default;
  return language === "pseudo" ? pseudo(words) : words;
}

export function isRightToLeft(language: string): boolean {
  return RIGHT_TO_LEFT.has(language);
}

function preferred(): string {
  const stored = localStorage.getItem(STORED);
  if (stored !== null && (stored in LANGUAGES || stored === "pseudo")) return stored;
  const asked = navigator.languages.map((one) => one.slice(0, 2)).find((one) => one in LANGUAGES);
  return asked ?? "en";
}

function dress(language: string): void {
  document.documentElement.lang = language === "pseudo" ? "en" : language;
  document.documentElement.dir = isRightToLeft(language) ? "rtl" : "ltr";
}

export async function startLanguages(): Promise<void> {
  const language = preferred();
  dress(language);
  i18next.use(initReactI18next).use({
    type: "backend",
    read: (asked: string, part: string, done: (error: Error | null, words: Record<string, unknown> | null) => void) => {
      load(asked, part).then(
        (words) => done(null, words),
        (error: unknown) => done(error as Error, null),
      );
    },
  });
  await i18next.init({
    lng: language,
    fallbackLng: "en",
    ns: ["common"],
    defaultNS: "common",
    interpolation: { escapeValue: false },
    react: { useSuspense: true },
  });
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  await i18next.changeLanguage(language);
  dress(language);
}
