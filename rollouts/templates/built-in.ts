import type { ValueRule } from '../parameters/values';

/** What does a step: `vm` and `sd` are providers, `remote` is scripts on hosts, `local` reaches no host. */
export type StepType = 'remote' | 'vm' | 'sd' | 'local';

/** A step that is there in every project (orion §4). */
export interface BuiltInStep {
  name: string;
  description: string;
  type: Exclude<StepType, 'remote'>;
  parameters: Readonly<Record<string, ValueRule>>;
}

const ID: ValueRule = { type: 'integer', range: { min: 0, max: 2_147_483_647 } };

export const MAX_SLEEP_SECONDS = 86_400;

export const BUILT_IN_STEPS: readonly BuiltInStep[] = [
  { name: 'create_vm', description: 'Create VMs', type: 'vm', parameters: { vm_type_id: ID } },
  { name: 'return_vm', description: 'Return VMs', type: 'vm', parameters: { vm_type_id: ID } },
  { name: 'register', description: 'Register to service', type: 'sd', parameters: { service_discovery_id: ID } },
  { name: 'unregister', description: 'Unregister from service', type: 'sd', parameters: { service_discovery_id: ID } },
  {
    name: 'sleep',
    description: 'Wait so many seconds',
    type: 'local',
    parameters: { time: { type: 'integer', range: { min: 0, max: MAX_SLEEP_SECONDS } } },
  },
  {
    name: 'echo_step',
    description: 'Write a text into the log',
    type: 'local',
    parameters: { name: { type: 'string' } },
  },
];

export function builtInStep(name: string): BuiltInStep | undefined {
  return BUILT_IN_STEPS.find((step) => step.name === name);
}
