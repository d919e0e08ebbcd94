import { setImmediate as nextTurn } from 'node:timers/promises';
import { createApp } from '../../../api/app';
import { InventoryReader, inventoryReader } from '../../../api/inventory-text/reader';
import { ApiClient } from '../../support/client';
import { Gantry } from '../../support/gantry';
import { V1Client } from '../../support/v1';

/** Takes some seconds to be read, and holds no host. */
const LONG = `all: [${'1,'.repeat(100_000)}1]\n`;
/** Takes a time that grows with the square of its length. */
const HOSTILE = `all: [${','.repeat(900_000)}`;

describe('a long inventory in YAML', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  afterEach(() => jest.restoreAllMocks());

  it('keeps nobody else waiting', async () => {
    let isRead = false;
    const reading = inventoryReader.read.bind(inventoryReader);
    jest.spyOn(inventoryReader, 'read').mockImplementation((format, text) => {
      isRead = true;
      return reading(format, text).finally(() => {
        isRead = false;
      });
    });
    let isAnswered = false;
    const asked = new V1Client(gantry)
      .post('/projects/1/hosts/import', { format: 'ansible_yaml', text: LONG })
      .finally(() => {
        isAnswered = true;
      });
    const client = ApiClient.of(createApp({ services: gantry.services }));
    let answered = 0;
    while (!isAnswered) {
      await nextTurn();
      const { status } = await client.ask({ method: 'GET', path: '/healthz' });
      if (isRead && status === 200) answered += 1;
    }

    expect(await asked).toMatchObject({ status: 200, data: { counts: { create: 0 } } });
    expect(answered).toBeGreaterThan(10);
  });
});

describe('an inventory that takes too long', () => {
  const reader = new InventoryReader({ deadlineMs: 3_000 });

  afterAll(() => reader.close());

  it('is given up, and the next one is read', async () => {
    await expect(reader.read('ansible_yaml', HOSTILE)).rejects.toMatchObject({
      name: 'GantryError',
      kind: 'too_large',
    });

    expect(await reader.read('json', '[{"name": "a"}]')).toMatchObject({ hosts: [{ name: 'a' }] });
  });
});
