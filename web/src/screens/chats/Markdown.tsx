import ReactMarkdown, { type Components } from "react-markdown";
import gfm from "remark-gfm";
import classes from "./chats.module.css";

/** Nothing is fetched and no HTML is made of what was said; a link shows where it leads. */
const PARTS: Components = {
  a: ({ href, children }) => (
    <a href={href} rel="noopener noreferrer nofollow" target="_blank">
      {children} <span className={classes["target"]}>{href}</span>
    </a>
  ),
};

/** Text as people and agents write it. */
export function Markdown({ children }: { children: string }) {
  return (
    <div className={classes["markdown"]} translate="no">
      <ReactMarkdown remarkPlugins={[gfm]} components={PARTS} skipHtml disallowedElements={["img", "input"]}>
        {children}
      </ReactMarkdown>
    </div>
  );
}
