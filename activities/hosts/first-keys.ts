import type { Actor } from '../../base/actor';
import { GantryError } from '../../base/error';
import type { Db } from '../../db/connection';
import type { Hop, HostKey, Route } from '../../hosts/ssh/route';
import { TransportError } from '../../hosts/transport';
import { pinFirstKey } from '../../inventory/ssh/host-keys';

/** Pins the keys that hosts show first, in the name of those who have them dialled. */
export class FirstKeys {
  readonly #actors = new WeakMap<Hop, Actor>();

  constructor(private readonly db: Db) {}

  /** Says in whose name the hosts of a way are dialled. */
  claim(route: Route, actor: Actor): void {
    for (const hop of route) this.#actors.set(hop, actor);
  }

  /** @throws TransportError `host_key` where the host is known by another key by now, or this one was revoked */
  async pin(hop: Hop, key: HostKey): Promise<void> {
    const { hostId } = hop;
    const actor = this.#actors.get(hop);
    if (!actor) throw new Error(`nobody has had host ${hostId} dialled`);
    try {
      await pinFirstKey(this.db, { hostId, ...key }, actor);
    } catch (error) {
      if (error instanceof GantryError) throw new TransportError('host_key', error.message, { hostId, cause: error });
      throw error;
    }
  }
}
