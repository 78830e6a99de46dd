import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactNode } from "react";
import classes from "./data.module.css";

interface VirtualRowsProps {
  label: string;
  count: number;
  height: number;
  /** The row that is brought into sight when it becomes another one. */
  shown?: number | undefined;
  /** Told which rows are in sight. */
  onRange: (first: number, last: number) => void;
  children: (index: number) => ReactNode;
}

const OVERSCAN = 4;

/** A list of which only what is in sight exists: as quick with 100,000 rows as with ten. */
export function VirtualRows({ label, count, height, shown, onRange, children }: VirtualRowsProps) {
  const frame = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- it is drawn anew at every scroll, as it should be
  const rows = useVirtualizer({ count, getScrollElement: () => frame.current, estimateSize: () => height, overscan: OVERSCAN });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [first, last, onRange]);
  const brought = useRef(-1);
  useEffect(() => {
    if (shown === undefined || shown < 0 || shown === brought.current) return; // it may have been scrolled away since
    brought.current = shown;
    rows.scrollToIndex(shown, { align: "auto" });
  }, [shown, rows]);
  return (
    <div ref={frame} className={classes["rows"]} tabIndex={-1}>
      <ul aria-label={label} style={{ height: rows.getTotalSize() }}>
        {items.map((item) => (
          <li key={item.key} aria-setsize={count} aria-posinset={item.index + 1} style={{ height, transform: `translateY(${item.start}px)` }}>
            {children(item.index)}
          </li>
        ))}
      </ul>
    </div>
  );
}
