import type { Json, JsonObject } from '../json';
import type { HostChoice } from './host-choice';

/** What an operator asks for. The id makes a repeated request the same request. Nodes are named by id. */
export type Operation = { id: string; by?: string } & (
  | { action: 'pause' | 'resume' | 'stop' }
  /**
   * Inputs that are not empty replace the node's whole input map (bk-sops §6.6), or with `merges` those of the same
   * name. `hosts`: of a node that works on hosts, those that the new attempt is for.
   */
  | { action: 'retry'; node: string; inputs?: JsonObject; merges?: true; hosts?: HostChoice }
  | { action: 'skip' | 'forced_fail' | 'pause_node' | 'resume_node' | 'pause_subproc' | 'resume_subproc'; node: string }
  | { action: 'skip_exg'; node: string; flow: string }
  | { action: 'skip_cpg'; node: string; flows: string[] }
  | { action: 'callback'; node: string; data: Json }
  /** Bare names to values. */
  | { action: 'set_constants'; constants: JsonObject }
);

export type Action = Operation['action'];

/** What people call an action. */
export function wordOf(action: string): string {
  return action === 'stop' ? 'revoke' : action;
}
