import { short, variableProblem } from '../../host-problems';
import { MAX_VARIABLES } from '../../limits';
import type { Notes } from '../notes';
import { textOf, type Value } from './value';

/** The texts of variables. Null: it is dropped here, and what the same name means elsewhere must not come in its place. */
export type Variables = Map<string, string | null>;

/** What Ansible takes for the address. The second is its old name. */
export const ADDRESS_VARIABLES = ['ansible_host', 'ansible_ssh_host'];
export const CONNECTION = 'connection settings come with ssh profiles';
const OWN_SETTING = 'settings of Ansible itself mean nothing here';
const IS_CONNECTION =
  /^ansible_(?:ssh_|become|su_|sudo|winrm_|psrp_|paramiko_|netconf_|httpapi_|scp_|sftp_|private_key|remote_|control_path|docker_|kubectl_|(?:user|port|connection|password|pass|su|timeout|pipelining|host_key_checking|host_key_auto_add|shell_type|shell_executable|network_os)$)/;
const WHY_NOT = {
  encrypted: 'it is encrypted by Ansible Vault',
  template: 'it is a template of Ansible, {{ … }} or {% … %}',
};

/**
 * Takes a variable of a host or a group into those that it has already.
 *
 * @param at where it stands
 */
export function takeVariable(variables: Variables, name: string, value: Value, at: string, notes: Notes): void {
  const isAddress = ADDRESS_VARIABLES.includes(name);
  if (name.startsWith('ansible_') && !isAddress) {
    notes.drop(at, name, IS_CONNECTION.test(name) ? CONNECTION : OWN_SETTING);
    return;
  }
  const written = textOf(value);
  if ('text' in written) {
    const problem = variableProblem(name, written.text);
    if (problem) notes.wrong(at, problem);
    else variables.set(name, written.text);
  } else if (written.why === 'encrypted' || written.why === 'template') {
    notes.drop(at, name, WHY_NOT[written.why]);
    variables.set(name, null);
  } else {
    notes.wrong(at, `the value of ${short(name)} is ${written.why === 'too_deep' ? 'nested too deep' : 'too long'}`);
  }
  // Not all of them can be a host's, and each costs with every host.
  if (variables.size === MAX_VARIABLES + ADDRESS_VARIABLES.length + 1) {
    notes.wrong(at, `there are more than ${MAX_VARIABLES} variables here`);
  }
}
