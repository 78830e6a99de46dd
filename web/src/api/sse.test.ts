import { expect, test } from "vitest";
import { eventsOf, type SentEvent } from "./sse";

function cut(text: string, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

test.each([1, 3, 7, 1000])("events are whole, however the bytes are cut (%d)", async (size) => {
  const text = ': hello\n\nevent: content\nid: 1\ndata: {"delta":"é\\n"}\n\nevent: end\ndata: {"status":null}\n\n';
  const found: SentEvent[] = [];
  for await (const event of eventsOf(cut(text, size))) found.push(event);
  expect(found).toEqual([
    { name: "content", data: { delta: "é\n" } },
    { name: "end", data: { status: null } },
  ]);
});
