import fs from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../../stack/output';
import { isMisuse, Misuse } from '../misuse';
import { askSecret } from '../terminal';

/** More is no password and no key. */
const MAX_BYTES = 100_000;
const HOW = 'say --file PATH, or give it on standard input (a password is asked for at a terminal)';

/** What kinds of secrets there are. */
export const KINDS = ['private_key', 'password'] as const;
export type Kind = (typeof KINDS)[number];

/** The arguments of commands that read a secret; the last of them nobody is to use. */
export const SECRET_OPTIONS = {
  file: { type: 'string' },
  'passphrase-file': { type: 'string' },
  password: { type: 'string' },
  secret: { type: 'string' },
  key: { type: 'string' },
  'private-key': { type: 'string' },
  passphrase: { type: 'string' },
} as const;

type Given = { [K in keyof typeof SECRET_OPTIONS]?: string | undefined };

const FORBIDDEN = ['password', 'secret', 'key', 'private-key', 'passphrase'] as const;

/**
 * Reads the arguments of a command that reads a secret. Arguments are seen by everybody on the machine, and kept in the history
 * of a shell: one that may be a secret is refused, and not shown again.
 *
 * @param most positionals that there may be
 * @throws Misuse
 */
export function parseSecretArgs<T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
  most: number,
) {
  const superfluous = `there is an argument too many: if it is a secret, it is none any more; ${HOW}`;
  if (args.some((one) => /PRIVATE KEY|\n/.test(one))) throw new Misuse(superfluous);
  const parsed = attempt(() => parseArgs({ args, allowPositionals: true, options: { ...options, ...SECRET_OPTIONS } }));
  if (!parsed) throw new Misuse(`there is an argument that is unknown, or has no value: a secret is none; ${HOW}`);
  const named = FORBIDDEN.find((one) => (parsed.values as Given)[one] !== undefined);
  if (named !== undefined) {
    const how = named === 'passphrase' ? 'say --passphrase-file PATH' : HOW;
    throw new Misuse(`--${named}: a secret is never an argument, where others see it: ${how}`);
  }
  if (parsed.positionals.length > most) throw new Misuse(superfluous);
  return parsed;
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    // Its message has the argument in it.
    if (isMisuse(error)) return undefined;
    throw error;
  }
}

/**
 * The secret of a credential, as the API takes it: from a file, standard input or, a password, a terminal.
 *
 * @throws Misuse where there is none
 */
export async function readSecret(
  kind: Kind,
  { file, 'passphrase-file': passphraseFile }: Given,
): Promise<{ password: string } | { private_key: string; passphrase?: string }> {
  if (kind === 'password') {
    if (passphraseFile !== undefined) throw new Misuse('--passphrase-file is for private keys');
    return { password: await readPassword(file) };
  }
  if (file === undefined && process.stdin.isTTY) throw new Misuse(`a private key is not typed: ${HOW}`);
  const private_key = file === undefined ? await readInput() : readFile(file);
  return { private_key, ...(passphraseFile === undefined ? {} : { passphrase: withoutEnd(readFile(passphraseFile)) }) };
}

async function readPassword(file: string | undefined): Promise<string> {
  if (file !== undefined) return withoutEnd(readFile(file));
  if (!process.stdin.isTTY) return withoutEnd(await readInput());
  const password = await askSecret('Password');
  if (password === '') throw new Misuse('there is no password: nothing was changed');
  if ((await askSecret('The same again')) === password) return password;
  throw new Misuse('these are two different passwords: nothing was changed');
}

function readFile(file: string): string {
  try {
    const { size } = fs.statSync(file);
    if (size > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    return textOf(fs.readFileSync(file), file);
  } catch (cause) {
    if (cause instanceof Misuse) throw cause;
    throw new Error(`${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_BYTES) throw new Misuse(`standard input has more than ${MAX_BYTES} bytes: that is no secret`);
    chunks.push(buffer);
  }
  return textOf(Buffer.concat(chunks), 'standard input');
}

function textOf(bytes: Buffer, where: string): string {
  if (bytes.length === 0) throw new Misuse(`there is nothing in ${where}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Misuse(`${where} is no UTF-8`);
  }
}

/** Editors put a line end behind all they write. */
function withoutEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
