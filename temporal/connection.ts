import { Client, Connection } from '@temporalio/client';
import { dataConverter } from './codec';

export interface TemporalConfig {
  address: string;
  namespace: string;
}

/** Opens a client; close it with `client.connection.close()`. Calls made while the server is away fail, later ones work. */
export async function connectClient({ address, namespace }: TemporalConfig): Promise<Client> {
  const connection = Connection.lazy({ address });
  return new Client({ connection, namespace, dataConverter });
}
