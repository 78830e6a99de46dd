import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const PARTS_OF_THE_KIT = ["@mantine/*", "@tabler/*"];

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true } } },
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "max-lines": ["error", { max: 500 }],
      "max-lines-per-function": ["error", { max: 120, skipBlankLines: true, skipComments: true }],
      // A component says what is shown in each of its states: its branches are its content.
      complexity: ["error", 24],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/only-throw-error": "off", // the router's redirects are thrown
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-imports": ["error", { patterns: [{ group: PARTS_OF_THE_KIT, message: "Screens import from @/ui." }] }],
    },
  },
  { files: ["src/ui/**"], rules: { "no-restricted-imports": "off" } },
);
