import { Misuse } from '../misuse';
import { addHost } from './add';
import { importHosts } from './import';
import { listHosts } from './list';

const COMMANDS = { list: listHosts, add: addHost, import: importHosts };

/** `gantry hosts list | add | import`: the hosts of a project, by way of the API. */
export async function hosts([name = '', ...args]: string[]): Promise<number> {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name as keyof typeof COMMANDS](args);
  throw new Misuse(`gantry hosts does not know ${name || 'what to do'}: write gantry hosts list, add or import`);
}
