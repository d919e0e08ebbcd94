/** What was told of a host, and when, in ms since the epoch. */
export interface Arrival {
  at: number;
  stepId: number;
  place: number;
  logBytes: number;
}

/** Reads the events of a task to their end, and notes when each of a host came. */
export async function readArrivals(response: Response): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  let text = '';
  for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
    const at = Date.now();
    text += bytes;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const data = /^event: host\ndata: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const { step_id, place, log_bytes } = JSON.parse(data) as { step_id: number; place: number; log_bytes: number };
      arrivals.push({ at, stepId: step_id, place, logBytes: log_bytes });
    }
  }
  return arrivals;
}
