import { Misuse } from './misuse';

/** Does what is asked for, and returns its exit code. */
export type Command = (args: string[]) => Promise<number>;

/**
 * The command of a group that the first argument names; where there is none, or an option, that of `otherwise`.
 *
 * @throws Misuse naming all there are
 */
export function dispatch<N extends string>(
  group: string,
  commands: Readonly<Record<N, Command>>,
  otherwise?: NoInfer<N>,
): Command {
  return async (args) => {
    const [first = ''] = args;
    const isNamed = first !== '' && !first.startsWith('-');
    const name = isNamed ? first : otherwise;
    if (name !== undefined && Object.hasOwn(commands, name)) return commands[name as N](isNamed ? args.slice(1) : args);
    const known = Object.keys(commands).join(', ');
    throw new Misuse(
      `gantry ${group} does not know ${first || 'what to do'}: write gantry ${group} with one of ${known}`,
    );
  };
}

/** The one argument that a command needs. @param needs what it is, for messages */
export function onlyOne(positionals: readonly string[], command: string, needs: string): string {
  const [only, ...rest] = positionals;
  if (only === undefined || only === '' || rest.length > 0) throw new Misuse(`gantry ${command} needs one ${needs}`);
  return only;
}

/** @throws Misuse for arguments that a command does not take */
export function requireNoMore(positionals: readonly string[], command: string): void {
  if (positionals.length > 0) throw new Misuse(`gantry ${command} does not know ${positionals.join(' ')}`);
}
