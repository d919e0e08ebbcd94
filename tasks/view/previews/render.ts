import type { JsonObject } from '../../../pipeline/json';
import { type Known, previewInputs } from '../../../pipeline/machine/preview';

export interface Preview {
  known: Known;
  /** Of the node. */
  index: number;
}

/** What a thread of the pool does. Without a preview nothing: the thread is only to be there. */
export default function render(preview: Preview | null): JsonObject {
  return preview ? previewInputs(preview.known, preview.index) : {};
}
