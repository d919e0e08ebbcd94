import { sql } from 'kysely';
import { endpoints } from '../../../api/orion';
import type { ServedEndpoint } from '../../../api/orion/endpoint';
import { Gantry } from '../../support/gantry';
import { changed, ODD_VALUES, shown, type Way, waysInto } from '../../support/odd-values';
import { type OrionAnswer, OrionClient } from '../../support/orion';
import { orionBodyOf } from '../../support/orion-bodies';
import { makeOrionWorld, type OrionWorld } from '../../support/orion-world';

const HALF_SURROGATE = '\ud800';
const LONG = 'x'.repeat(70_000);

/** What is too much for any field. */
const TOO_MUCH: readonly unknown[] = [
  Array.from({ length: 21_000 }, () => ({})),
  Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`key${n}`, n])),
];

/** What is wrong of any field, beside what is wrong of fields of a type. */
const WRONG: readonly unknown[] = [
  ...[HALF_SURROGATE, 'a\u0000b', 2_147_483_648, 2 ** 63, '99999999999999999999', '1e400'],
];

/** Values for the nth place: a long text, and of all others a third, another one for each place. */
function valuesFor(place: number, way: Way): unknown[] {
  const some = [...ODD_VALUES, ...WRONG].filter((_value, at) => (at + place) % 3 === 0);
  return [LONG, ...some, ...(way.length === 1 && place % 3 === 0 ? [TOO_MUCH[place % 2]] : [])];
}

/** Ids that a path may be asked with. */
const IDS = [
  '0',
  '-1',
  '2147483648',
  '9223372036854775808',
  '99999999999999999999',
  '1e3',
  '0x10',
  '%00',
  '%ED%A0%80',
  '%',
  '1%2F2',
  ' 1 x',
  LONG.slice(0, 5_000),
];

/** What no endpoint of Orion can do anything with is refused in its envelope, and changes nothing (orion §0). */
describe('odd values', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let made = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
  });

  afterAll(() => gantry.stop());

  async function world(): Promise<{ world: OrionWorld; client: OrionClient }> {
    made += 1;
    const world = await makeOrionWorld(gantry, { mark: `odd ${made}`, address: `10.3.${made}.1` });
    return { world, client: orion.with({ 'X-Gantry-Project': String(world.project) }) };
  }

  function pathOf({ paths, parameters }: ServedEndpoint, idOf: (parameter: string) => string): string {
    const whole = paths.find((path) => parameters.every((name) => path.includes(`{${name}}`))) ?? paths[0]!;
    return whole.replaceAll(/\{(\w+)\}/g, (_all, name: string) => idOf(name));
  }

  /** Whoever changes anything leaves a record of it. */
  async function changes(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from audit_records where action <> 'refuse'`.execute(gantry.db);
    return rows[0]!.count;
  }

  /** What is wrong with an answer; undefined: nothing. */
  function flawOf({ status, code, msg, data, errors }: OrionAnswer): string | undefined {
    if (code === 0) return status === 200 && data !== undefined ? undefined : `status ${status} of code 0`;
    const isRefusal = status === code && code >= 400 && code < 500 && typeof msg === 'string' && msg !== '';
    const isEnvelope = JSON.stringify(data) === '{}' && errors!.length > 0 && errors!.length <= 100;
    return isRefusal && isEnvelope && msg.length <= 2_000
      ? undefined
      : `${status} ${JSON.stringify({ code, msg, data })}`;
  }

  it.each(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))(
    'of any field are refused, or taken, by %s',
    async (name, endpoint) => {
      const { world: of, client } = await world();
      const path = pathOf(endpoint, () => '424242');
      const body = orionBodyOf(name, of) ?? {};
      const fields = Object.keys(endpoint.input.shape).filter((field) => !Object.hasOwn(body, field));
      const ways: Way[] = [...waysInto(body), ...fields.map((field) => [field])];
      const flaws: string[] = [];
      let before = await changes();
      for (const [place, way] of ways.entries()) {
        for (const odd of valuesFor(place + endpoints.indexOf(endpoint), way)) {
          const answer = await client.post(path, changed(body, way, odd));
          const after = await changes();
          const flaw =
            flawOf(answer) ??
            (answer.code !== 0 && after !== before ? 'it has changed something' : undefined) ??
            (answer.code === 0 && odd === LONG && !way[0]!.startsWith('page') ? 'it is taken' : undefined);
          if (flaw) flaws.push(`${way.join('.')} = ${shown(odd)}: ${flaw.slice(0, 300)}`);
          before = after;
        }
      }

      expect(flaws).toEqual([]);
    },
  );

  it('in the place of ids are the ids of nothing', async () => {
    const { world: of, client } = await world();
    const flaws: string[] = [];
    for (const endpoint of endpoints.filter(({ parameters }) => parameters.length > 0)) {
      for (const id of IDS) {
        const answer = await client.post(
          pathOf(endpoint, () => id),
          orionBodyOf(endpoint.name, of),
        );
        const flaw = flawOf(answer);
        if (flaw) flaws.push(`${endpoint.name} ${id.slice(0, 30)}: ${flaw.slice(0, 300)}`);
      }
    }

    expect(flaws).toEqual([]);
  });

  it.each([
    ['an array', '[1]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['null', 'null'],
    ['an object in a thousand others', `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`],
    ['an array in a hundred thousand others', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a text that breaks off', '{"name":"'],
    ['half a surrogate', '{"name":"\\ud800"}'],
    ['a NUL', '{"name":"\\u0000"}'],
    ['a NUL in a form', 'name=%00'],
    ['half a surrogate in a form', 'name=%ED%A0%80'],
    ['a percent sign in a form', 'name=%'],
    ['a field twice in a form', 'name=a&name=b'],
  ])('are refused, or taken, as the body of anything: %s', async (_what, body) => {
    const flaws: string[] = [];
    for (const endpoint of endpoints) {
      const flaw = flawOf(
        await orion.post(
          pathOf(endpoint, () => '424242'),
          body,
        ),
      );
      if (flaw) flaws.push(`${endpoint.name}: ${flaw.slice(0, 300)}`);
    }

    expect(flaws).toEqual([]);
  });
});
