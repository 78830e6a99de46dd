import { useTranslation } from "react-i18next";
import { IconCheck, Mark, Unseen } from "@/ui";
import { CATEGORIES, holds, LEVELS, marked } from "./scopes";
import classes from "./admin.module.css";

/** What may be done with what: a row a category, a column a level. Without `onChange` it is only to be read. */
export function ScopeMatrix({ caption, scopes, onChange }: { caption: string; scopes: readonly string[]; onChange?: ((scopes: string[]) => void) | undefined }) {
  const { t } = useTranslation(["admin", "common"]);
  return (
    <table className={classes["matrix"]}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t("scope.category")}</th>
          {LEVELS.map((level) => (
            <th key={level} scope="col">
              {t(`scope.level.${level}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {CATEGORIES.map((category) => (
          <tr key={category}>
            <th scope="row">{t(`scope.of.${category}`)}</th>
            {LEVELS.map((level) => {
              const isHeld = holds(scopes, category, level);
              const label = `${t(`scope.of.${category}`)}: ${t(`scope.level.${level}`)}`;
              return (
                <td key={level}>
                  {onChange === undefined ? (
                    <span>
                      {isHeld && <IconCheck size={16} aria-hidden />}
                      <Unseen>{t(isHeld ? "common:value.yes" : "common:value.no")}</Unseen>
                    </span>
                  ) : (
                    <Mark label={label} isMarked={isHeld} onChange={(isMarked) => onChange(marked(scopes, category, level, isMarked))} />
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
