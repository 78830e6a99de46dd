/** Server-sent events out of the body of an answer; EventSource sends no bodies of its own. */
export interface SentEvent {
  name: string;
  data: Record<string, unknown>;
}

/** One event of its lines; comments and fields that are not of use here are left out. */
function eventOf(block: string): SentEvent | null {
  let name = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice("event:".length).trim();
    else if (line.startsWith("data:")) data.push(line.slice("data:".length).replace(/^ /, ""));
  }
  return data.length === 0 ? null : { name, data: JSON.parse(data.join("\n")) as Record<string, unknown> };
}

/** The events as they come, however the bytes are cut. */
export async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<SentEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text = (text + value).replaceAll("\r\n", "\n");
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const found = eventOf(block);
        if (found !== null) yield found;
      }
    }
  } finally {
    reader.releaseLock();
  }
}
