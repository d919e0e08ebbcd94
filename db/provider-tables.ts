import type { Generated } from 'kysely';
import type { Dated } from './columns';

export interface ProviderTables {
  provider_intents: ProviderIntentTable;
}

/** What a provider was asked for a host of a flow. */
interface ProviderIntentTable extends Dated {
  flow_host_id: number;
  /** `create_vm`, `return_vm`, `register`, `unregister`. */
  step: string;
  /** The try in which it was asked. */
  key: string;
  /** One for all hosts that were asked for together. */
  request: string;
  /** `asking`: whether it has come there is not known; `answered`: it is being done. */
  state: Generated<'asking' | 'answered' | 'done'>;
  /** Somebody was told that it is not known. */
  is_told: Generated<boolean>;
  vm_id: Generated<string>;
}
