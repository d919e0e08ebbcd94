import { Wire } from './wire';

/** What Postgres ends an answer with when no transaction is open: what came before is committed. */
const IDLE = Buffer.from('5a0000000549', 'hex');
let made = 0;
const HTTP_REQUEST = /^(GET|POST|PUT|DELETE) (\S+)/;
const WRITE = /(insert into|update|delete from) "?\w+/i;
const READ = /(?<=from )"?\w+/i;

/**
 * Has whoever works behind it break at one place, as if its process were killed there: nothing goes out and nothing comes in any
 * more. Places are before each commit is sent, after each statement by which something may have been committed, before each request
 * to another side and after its answer has left there, and those that `passes` is told of.
 */
export class Cut {
  readonly #controller = new AbortController();
  readonly #wires: Wire[] = [];
  #left: number | undefined;
  #place: string | undefined;

  /** Its connections to Postgres are called so. */
  readonly name = `cut-${++made}`;
  readonly #reads: boolean;

  /** @param reads whether it may break after what was only read too */
  constructor({ reads = true }: { reads?: boolean } = {}) {
    this.#reads = reads;
  }

  /** From now on places count: it breaks at this one, from 0. */
  arm(place: number): void {
    this.#left = place;
  }

  /** Where it has broken; undefined: it has not. */
  get place(): string | undefined {
    return this.#place;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The address of a database behind it; its connections there have the name of the cut. */
  async database(url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const wire = await this.#open({ host: hostname, port: Number(port) }, () => this.#postgres());
    const behind = new URL(url);
    behind.port = String(wire.port);
    behind.searchParams.set('application_name', this.name);
    return behind.href;
  }

  /** The address of a server of HTTP behind it. */
  async http(url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const wire = await this.#open({ host: hostname, port: Number(port) }, () => this.#http());
    return `http://127.0.0.1:${wire.port}`;
  }

  /** Says that whoever works is at a place. @throws Error where it breaks, and ever after */
  passes(place: string): void {
    if (!this.#goesOn(place)) throw new Error(`broken ${this.#place}`);
  }

  close(): void {
    for (const wire of this.#wires) wire.close();
  }

  async #open(...given: Parameters<typeof Wire.open>): Promise<Wire> {
    const wire = await Wire.open(...given);
    this.#wires.push(wire);
    return wire;
  }

  #postgres() {
    let statement = '';
    return {
      fromClient: (chunk: Buffer) => {
        if (chunk.includes('commit')) {
          statement = 'commit';
          return this.#goesOn('before commit');
        }
        statement = statementOf(chunk.toString('latin1')) ?? statement;
        return this.#place === undefined;
      },
      fromServer: (chunk: Buffer) => {
        const isPlace = chunk.subarray(-IDLE.length).equals(IDLE) && (this.#reads || !statement.startsWith('select'));
        return isPlace ? this.#goesOn(`after ${statement}`) : this.#place === undefined;
      },
    };
  }

  #http() {
    let asked = '';
    return {
      fromClient: (chunk: Buffer) => {
        const request = HTTP_REQUEST.exec(chunk.toString('latin1'));
        if (!request) return this.#place === undefined;
        asked = `${request[1]} ${request[2]!.replace(/\/[^/]*\d[^/]*$/, '')}`;
        return this.#goesOn(`before ${asked}`);
      },
      fromServer: () => this.#goesOn(`after ${asked}`),
    };
  }

  #goesOn(place: string): boolean {
    if (this.#place !== undefined) return false;
    if (this.#left === undefined || this.#left-- > 0) return true;
    this.#place = place;
    this.#controller.abort(new Error(`broken ${place}`));
    // Who is at it hears of the end of all connections a moment later, and can write nothing any more.
    setImmediate(() => this.close());
    return false;
  }
}

/** What a statement does with which table, as far as that is said: one that is prepared already is not said again. */
function statementOf(text: string): string | undefined {
  const read = READ.exec(text)?.[0];
  return (WRITE.exec(text)?.[0] ?? (read && `select from ${read}`))?.replaceAll('"', '');
}
