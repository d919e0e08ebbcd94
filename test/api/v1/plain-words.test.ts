import { Gantry } from '../../support/gantry';
import { V1Client } from '../../support/v1';

/** What stands in a command line, or in what a shell reads, has to be a plain word when it is saved. */
const ODD = [
  ...[
    "it's",
    '"',
    'a b',
    'a\nb',
    'a\n',
    'a\u0000b',
    '$(id)',
    '`id`',
    '$HOME',
    'a;id',
    'a|b',
    'a&b',
    'a>b',
    '*',
    '~root',
  ],
  ...[
    '{{x}}',
    '${x}',
    'a\u2028b',
    'a\u0085b',
    '\ufeffroot',
    'a\\',
    '-oProxyCommand=id',
    '-u',
    '!',
    '#0',
    '',
    'x'.repeat(65_536),
  ],
];

describe('a word that reaches a shell', () => {
  let gantry: Gantry;
  let v1: V1Client;

  beforeAll(async () => {
    gantry = await Gantry.create();
    v1 = new V1Client(gantry);
  });
  afterAll(() => gantry.stop());

  const PLACES: [what: string, path: string, body: (odd: string) => object][] = [
    ['who logs in by a profile', '/ssh-profiles', (login_user) => ({ name: 'p', login_user })],
    ['a folder of runs', '/ssh-profiles', (run_folder) => ({ name: 'p', login_user: 'app', run_folder })],
    [
      'a folder of runs below the root',
      '/ssh-profiles',
      (odd) => ({ name: 'p', login_user: 'app', run_folder: `/srv/${odd}` }),
    ],
    ['who logs in by an account', '/accounts', (login_user) => ({ alias: 'a', login_user })],
    ['whom an account becomes', '/accounts', (become_user) => ({ alias: 'a', login_user: 'app', become_user })],
    ['an address', '/hosts', (address) => ({ address })],
    ['an interpreter', '/hosts/run', (interpreter) => ({ hosts: '1', script: 'true', interpreter })],
    ['the name of a parameter', '/hosts/run', (odd) => ({ hosts: '1', script: 'true', parameters: { [odd]: 'x' } })],
    ['the name of a variable', '/hosts', (odd) => ({ address: '10.0.0.1', variables: { [odd]: 'x' } })],
  ];
  /** What is no harm there: behind a slash, as a word more, or once the blanks around it are taken off. */
  const TAKEN: Record<string, string[]> = {
    'a folder of runs below the root': ['-u'],
    'an interpreter': ['a b'],
    'an address': ['a\n', '\ufeffroot'],
  };

  it.each(PLACES)('%s, is refused in the name of its field when it is none', async (what, path, body) => {
    const took: string[] = [];
    for (const odd of ODD) {
      const { status, error } = await v1.post(`/projects/1${path}`, body(odd));

      if (status < 300) took.push(odd.slice(0, 50));
      else
        expect({ odd: odd.slice(0, 50), status, kind: error?.kind }).toEqual({
          odd: odd.slice(0, 50),
          status: 400,
          kind: 'invalid',
        });
    }
    expect(took).toEqual(TAKEN[what] ?? []);
  });
});
