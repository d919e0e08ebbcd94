import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { dataConverter } from './codec';

export interface TemporalConfig {
  address: string;
  namespace: string;
}

/**
 * The server answers RESOURCE_EXHAUSTED also to an update that comes while a workflow is handed to its next run. That is
 * over in milliseconds; the SDK would wait for 1.7 s.
 */
const RETRY = makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ initialIntervalMs: () => 30 }));

/** A page of a history may be larger than what gRPC takes of its own accord (4 MB): it has whole events. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Opens a client; close it with `client.connection.close()`. Calls made while the server is away fail, later ones work. */
export async function connectClient({ address, namespace }: TemporalConfig): Promise<Client> {
  const channelArgs = { 'grpc.max_receive_message_length': MAX_ANSWER_BYTES };
  const connection = Connection.lazy({ address, interceptors: [RETRY], channelArgs });
  return new Client({ connection, namespace, dataConverter });
}
