import { DefaultPayloadConverter } from '@temporalio/common';
import { payloadConverter } from '../../workflows/payload-converter';

const SDKS = new DefaultPayloadConverter();

describe('payloads', () => {
  it.each([
    ['a whole number beyond 2^53', { id: 9007199254740993n, ids: [-123456789012345678901n, 1] }],
    ['a float that is whole', [1e20, 12345678901234567000]],
    ['text', 'é "x"'],
    ['null', null],
    ['undefined', undefined],
    ['bytes', new Uint8Array([1, 2])],
  ])('keep %s', (_name, value) => {
    expect(payloadConverter.fromPayload(payloadConverter.toPayload(value))).toEqual(value);
  });

  it.each([[{ a: [1, 1.5, 'x', null, true] }], ['text'], [null], [undefined], [new Uint8Array([1])]])(
    'are what the SDK makes of %j, which reads them alike',
    (value) => {
      const payload = payloadConverter.toPayload(value);

      expect(payload).toEqual(SDKS.toPayload(value));
      expect(SDKS.fromPayload(payload)).toEqual(value);
    },
  );

  it('refuse what cannot be written, as the SDK does', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;

    expect(() => payloadConverter.toPayload(circular)).toThrow(/Unable to convert/);
  });
});
