#!/usr/bin/env node

/**
 * `npm run test:hosts`: the suites that use real hosts. `-- --install`: what those need, by apt. `-- up [N] | down | list`:
 * such hosts to work with.
 */

const fs = require('node:fs');
const path = require('node:path');
const { installHostPackages } = require('./setup/host-packages.js');
const { prepare, runGantry, runProgram, ROOT } = require('./setup/prepare.js');

async function main([verb, ...rest]) {
  if (verb === '--install') return installHostPackages();
  await prepare();
  if (verb !== undefined) return runProgram(path.join('bench', 'machines', 'main.js'), [verb, ...rest]);
  return runGantry(['test', ...suitesWithHosts()]);
}

/** The suites that open machines, themselves or by what they share. */
function suitesWithHosts() {
  const folder = path.join(ROOT, 'test');
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name))
    .filter(
      (file) =>
        /from '[^']*\/machines\//.test(fs.readFileSync(file, 'utf8')) ||
        file.includes(`${path.sep}machines${path.sep}`),
    )
    .map((file) => path.relative(ROOT, file));
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
