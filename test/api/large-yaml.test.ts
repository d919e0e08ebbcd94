import { setImmediate as nextTurn } from 'node:timers/promises';
import { createApp } from '../../api/app';
import { YamlReader, yamlReader } from '../../templates/yaml/aside';
import { ApiClient } from '../support/client';
import { Gantry } from '../support/gantry';

/** Takes about two seconds to be read. */
const LONG = `gantry_templates: 1\na: [${'1,'.repeat(100_000)}1]\n`;
/** Takes a time that grows with the square of its length. */
const HOSTILE = `schema_version: v1\na: [${','.repeat(900_000)}`;

describe('a long YAML', () => {
  let gantry: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
  });

  afterAll(() => gantry.stop());

  afterEach(() => jest.restoreAllMocks());

  it.each([
    [
      'import_project_template',
      'bundleIn',
      { template_data: LONG, format: 'yaml' },
      'template data cannot be parsed: templates',
    ],
    [
      'create_template',
      'treeIn',
      { pipeline_tree: LONG, format: 'yaml', name: 'x' },
      "'start_event' is a required property",
    ],
  ] as const)('keeps nobody else waiting: %s', async (endpoint, read, body, message) => {
    let isRead = false;
    const reading = yamlReader[read].bind(yamlReader) as (text: string) => Promise<never>;
    jest.spyOn(yamlReader, read).mockImplementation((text: string) => {
      isRead = true;
      return reading(text).finally(() => {
        isRead = false;
      });
    });
    let isAnswered = false;
    const asked = gantry.post(`/apigw/${endpoint}/1/`, body).finally(() => {
      isAnswered = true;
    });
    const client = ApiClient.of(createApp({ services: gantry.services }));
    let answered = 0;
    while (!isAnswered) {
      await nextTurn();
      // Each one is a request and an answer of the same process.
      const { status } = await client.ask({ method: 'GET', path: '/healthz' });
      if (isRead && status === 200) answered += 1;
    }

    expect(await asked).toMatchObject({ result: false, message: expect.stringContaining(message) });
    expect(answered).toBeGreaterThan(10);
  });
});

describe('a YAML that takes too long', () => {
  const reader = new YamlReader({ deadlineMs: 3_000 });

  afterAll(() => reader.close());

  it('is given up, and the next one is read', async () => {
    await expect(reader.bundleIn(HOSTILE)).rejects.toMatchObject({
      name: 'GantryError',
      kind: 'invalid',
      message: 'invalid YAML: it takes too long to read: send JSON, or an export of another format',
    });
    expect(await reader.treeIn('a: 9007199254740993')).toEqual({ tree: { a: 9007199254740993n } });
  });

  it('is refused when too many wait, to be sent again', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => reader.treeIn('a: 1').catch(({ kind }: { kind: string }) => kind)),
    );

    expect(outcomes.filter((outcome) => outcome === 'unavailable')).toHaveLength(4);
    expect(outcomes.filter((outcome) => typeof outcome === 'object')).toHaveLength(16);
  });

  it('says what is wrong as it is said without a thread', async () => {
    await expect(reader.bundleIn('schema_version: v1\nmeta: {id: yes}\n')).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('meta.id: is true, true or false, and no id'),
      details: expect.any(Array),
    });
  });
});
