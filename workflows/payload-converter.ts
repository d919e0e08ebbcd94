import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  encodingKeys,
  JsonPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  UndefinedPayloadConverter,
  ValueError,
} from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding';
import { parseJson, stringifyJson } from '../base/json';

/** The SDK's converter, with all digits of whole numbers. What was written without them reads as it always did. */
class LosslessJsonConverter extends JsonPayloadConverter {
  override toPayload(value: unknown): Payload | undefined {
    if (value === undefined) return undefined;
    let text: string;
    try {
      text = stringifyJson(value);
    } catch {
      // The SDK says then that nobody can convert it.
      return undefined;
    }
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON }, data: encode(text) };
  }

  override fromPayload<T>({ data }: Payload): T {
    if (data === undefined || data === null) throw new ValueError('Got payload with no data');
    return parseJson(decode(data)) as T;
  }
}

/**
 * Values on their way to and from the Temporal server: of clients, workers and, as part of the bundle, workflows. Under this
 * name the SDK looks for it in the module.
 */
export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new LosslessJsonConverter(),
);
