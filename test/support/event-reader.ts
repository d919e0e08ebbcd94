import { eventsIn } from '../../cli/follow/event-stream';

/** An event as a client reads it. */
export interface ReadEvent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the data of any event
  data: any;
}

/** Reads the events of an answer as they come. */
export function readEvents({ body }: Response): AsyncGenerator<ReadEvent> {
  return eventsIn(body!);
}
