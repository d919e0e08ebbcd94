const MAX_PORT = 65_535;
/** The only service whose name is sure to mean the same port everywhere. */
const SERVICE = { ssh: 22 } as const;

/** A port as OpenSSH reads it; undefined when it is none. */
export function readPort(text: string): number | undefined {
  if (text === 'ssh') return SERVICE.ssh;
  const port = /^\s*\+?\d+$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= MAX_PORT ? port : undefined;
}
