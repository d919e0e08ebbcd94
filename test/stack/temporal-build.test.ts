import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openHome } from '../../stack/home';
import { removeHome } from '../../stack/postgres-user';
import { ProcessTable } from '../../stack/processes';
import { emptyRecord, StackFile } from '../../stack/record';
import { buildTemporal } from '../../stack/temporal-build';

describe('building the Temporal server', () => {
  let folder: string;
  let table: ProcessTable;
  const { PATH } = process.env;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-build-'));
    const home = openHome(path.join(folder, 'home'));
    table = new ProcessTable(home, new StackFile(home.stackFile, emptyRecord()));
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.env.PATH = PATH;
    removeHome(openHome(path.join(folder, 'home')));
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** A `go` that fails so many times before it builds. */
  function goThatFails(times: number): void {
    const script = `#!/bin/sh
echo x >> '${folder}/tries'
[ "$(wc -l < '${folder}/tries')" -gt ${times} ] || { echo 'the proxy is away'; exit 1; }
echo built > "$GOBIN/temporal"
`;
    fs.writeFileSync(path.join(folder, 'go'), script, { mode: 0o755 });
    process.env.PATH = `${folder}${path.delimiter}${PATH}`;
  }
  const tries = () => fs.readFileSync(path.join(folder, 'tries'), 'utf8').trim().split('\n').length;

  it('is tried again when what fetches modules is away for a moment', async () => {
    goThatFails(2);

    const program = await buildTemporal('1.0.0', folder, table, { pauseMs: 1 });

    expect(fs.readFileSync(program, 'utf8')).toBe('built\n');
    expect(tries()).toBe(3);
  });

  it('is given up after three tries, with what was said last', async () => {
    goThatFails(99);

    await expect(buildTemporal('1.0.0', folder, table, { pauseMs: 1 })).rejects.toThrow(
      'go install failed: the proxy is away',
    );
    expect(tries()).toBe(3);
  });
});
