import net from 'node:net';

/**
 * Ports are picked from below the range that systems use for outgoing connections (from 32768 on Linux), so that
 * no client connection takes ours between a stop and the next start.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const TRIES = 200;

/** Whether this process could listen on the port of the loopback address now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A free port per name: the one of the last start where it is still free, a random one otherwise.
 *
 * @param names what the ports are for, e.g. `postgres`
 * @param earlier ports of the last start by name
 */
export async function pickPorts<Name extends string>(
  names: readonly Name[],
  earlier: Readonly<Record<string, number>>,
): Promise<Record<Name, number>> {
  const picked = new Map<Name, number>();
  for (const name of names) {
    const taken = new Set(picked.values());
    const before = earlier[name];
    if (before !== undefined && !taken.has(before) && (await isPortFree(before))) picked.set(name, before);
    else picked.set(name, await pickFree(taken));
  }
  return Object.fromEntries(picked) as Record<Name, number>;
}

async function pickFree(taken: ReadonlySet<number>): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`No free port found between ${LOWEST} and ${HIGHEST}`);
}
