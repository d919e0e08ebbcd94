const fs = require('node:fs');
const path = require('node:path');
const { isStopAskedFor, runStep } = require('./child.js');
const { readIfThere } = require('./install.js');
const { say } = require('./say.js');
const { bundledFiles, hashFiles, removeOrphans, sourceFiles } = require('./sources.js');

/**
 * Compiles the TypeScript rooms into dist/ and pre-bundles the workflow code, each only when its input changed.
 * Type errors do not stop the build here (the emitted code runs, and `npm run types` reports them); they are told.
 *
 * @param {string} root the clone
 * @returns {Promise<{ code: number, typeErrors: 'none' | 'some' }>} code: 0, or the exit code to end with
 */
async function ensureBuilt(root) {
  const dist = path.join(root, 'dist');
  const stamp = path.join(dist, '.build-stamp');
  const hash = hashFiles(root, sourceFiles(root));
  if (readIfThere(stamp) === hash) return { code: 0, typeErrors: 'none' };

  say('building dist/');
  fs.rmSync(stamp, { force: true });
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await runStep(process.execPath, [tsc, '-p', path.join(root, 'tsconfig.build.json')], root);
  if (isStopAskedFor()) return { code, typeErrors: 'none' };
  const typeErrors = code === 0 ? 'none' : 'some';
  if (typeErrors === 'some') say('type errors, see above; going on with the code as it is');
  copyAssets(root, dist);
  removeOrphans(root, dist);

  const bundled = await ensureBundled(root, dist);
  if (bundled !== 0) return { code: bundled, typeErrors };
  if (typeErrors === 'none') fs.writeFileSync(stamp, hash);
  say('built');
  return { code: 0, typeErrors };
}

/** tsc copies the JSON files that code imports; the rest (files read at run time) is copied here. */
function copyAssets(root, dist) {
  for (const file of sourceFiles(root)) {
    if (!/\.(json|css|html|sh|svg|sql)$/.test(file) || !file.includes(path.sep)) continue;
    const target = path.join(dist, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(root, file), target);
  }
}

/** Bundling takes seconds, and most edits are outside of the workflow code: it has a stamp of its own. */
async function ensureBundled(root, dist) {
  const entry = path.join(dist, 'workflows', 'index.js');
  const machine = path.join(dist, 'pipeline', 'machine', 'index.js');
  const converter = path.join(dist, 'workflows', 'payload-converter.js');
  const target = path.join(dist, 'workflow-bundle.js');
  const stamp = path.join(dist, '.bundle-stamp');
  if (!fs.existsSync(entry)) return 0;
  const hash = hashFiles(root, bundledFiles(root));
  if (readIfThere(stamp) === hash && fs.existsSync(target)) return 0;

  say('bundling the workflow code');
  const bundler = path.join(__dirname, 'bundle.js');
  const code = await runStep(process.execPath, [bundler, entry, target, machine, converter], root);
  if (code !== 0) return code;
  fs.writeFileSync(stamp, hash);
  return 0;
}

module.exports = { ensureBuilt };
