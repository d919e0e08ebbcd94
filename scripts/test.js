#!/usr/bin/env node

/**
 * `npm test [-- JEST ARGS]`: the whole suite against a real Postgres and a real Temporal server in a throw-away folder.
 * `npm test -- --no-stack pipeline`: only Jest, for tests that need neither server nor build.
 */

const path = require('node:path');
const { runToEnd } = require('./setup/child.js');
const { prepare, runGantry, ROOT } = require('./setup/prepare.js');

async function main() {
  const args = process.argv.slice(2);
  if (!args.includes('--no-stack')) {
    await prepare();
    return runGantry(['test', ...args]);
  }
  await prepare({ upTo: 'installed' });
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const { code } = await runToEnd(process.execPath, [jest, ...args.filter((arg) => arg !== '--no-stack')], {
    cwd: ROOT,
  });
  process.exit(code);
}

main();
