import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readConfig } from '../../cli/config';
import { createLog } from '../../cli/log';
import { parseKeyRing } from '../../secrets/keys';
import { addSecretKey, ensureSecretKeys } from '../../stack/home';

describe('the keys of a home', () => {
  let file: string;

  beforeEach(() => {
    file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-keys-')), 'secret-keys');
  });

  afterEach(() => fs.rmSync(path.dirname(file), { recursive: true }));

  it('are made once, for their owner only; those of the environment go first', () => {
    const made = ensureSecretKeys(file, '');

    expect(parseKeyRing(made).size).toBe(1);
    expect(ensureSecretKeys(file, '')).toBe(made);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(ensureSecretKeys(file, 'a:given')).toBe('a:given');
  });

  it('get a new first one, and keep the old', () => {
    const [old] = parseKeyRing(ensureSecretKeys(file, '')).keys();

    addSecretKey(file);

    const ids = [...parseKeyRing(ensureSecretKeys(file, '')).keys()];
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(old);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('that are none are said at the start, without showing them', () => {
    const env = { DATABASE_URL: 'x', TEMPORAL_ADDRESS: 'y', GANTRY_SECRET_KEYS: 'a:c2hvcnQ=' };

    expect(() => readConfig(env)).toThrow('key a is not 32 bytes');
    expect(() => readConfig(env)).not.toThrow('c2hvcnQ');
  });
});

describe('the log of a process', () => {
  it('masks fields that hold secrets, at any depth that libraries use', () => {
    const written: string[] = [];
    const log = createLog('test', 'info', { write: (line) => void written.push(line) });

    log.info(
      { password: 'one', request: { headers: { authorization: 'two', 'x-bkapi-authorization': 'three' } } },
      'x',
    );
    log.info({ body: { bk_app_secret: 'four' }, error: new Error('five') }, 'y');

    const text = written.join('');
    expect(text).toContain('five');
    for (const secret of ['one', 'two', 'three', 'four']) expect(text).not.toContain(`"${secret}"`);
  });
});
