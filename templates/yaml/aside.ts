import { join } from 'node:path';
import { GantryError } from '../../base/error';
import { parseJson } from '../../base/json';
import { type ThreadLimits, Threads } from '../../trees/threads';
import type { UncheckedTemplate } from '../bundle';
import type { SentTree } from '../tree-text';
import type { YamlRead, YamlWork } from './thread';

/** A million characters of an honest export take a few seconds. */
const LIMITS: ThreadLimits = { threads: 2, deadlineMs: 30_000, maxHeapMb: 512, waitMs: 30_000, maxUnderWay: 16 };

/** YAML is slow to read, and slower where it is made for that: it is read in a thread. */
export class YamlReader {
  readonly #threads: Threads<YamlWork, YamlRead>;

  constructor(limits: Partial<ThreadLimits> = {}) {
    const words = 'too many YAML texts are being read';
    this.#threads = new Threads(join(__dirname, 'thread'), { ...LIMITS, ...limits }, words);
  }

  /** The templates of a document. @throws GantryError as `readDocument`; `unavailable` when too many are being read */
  async bundleIn(text: string): Promise<UncheckedTemplate[]> {
    return (await this.#read({ text, as: 'bundle' })) as UncheckedTemplate[];
  }

  /** What clients send as one template. @throws GantryError as `readTree`; `unavailable` when too many are being read */
  async treeIn(text: string): Promise<SentTree> {
    return (await this.#read({ text, as: 'tree' })) as SentTree;
  }

  /** Ends the threads; the next text makes new ones. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  async #read(work: YamlWork): Promise<unknown> {
    const read = await this.#threads.run(work);
    if (read === undefined) {
      const message = 'invalid YAML: it takes too long to read: send JSON, or an export of another format';
      throw new GantryError('invalid', message);
    }
    if ('json' in read) return parseJson(read.json);
    const { kind, message, details } = read.failure;
    throw new GantryError(kind, message, details ? { details } : {});
  }
}

/** Of this process. */
export const yamlReader = new YamlReader();
