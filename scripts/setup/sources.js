const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/** What builds, and decides what is in the bundle. */
const BUILDER = ['build.js', 'bundle.js'].map((name) => path.join('scripts', 'setup', name));
const CONFIG = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
/** What the workflow bundle can reach: the machine, plugin types, the shell. Other rooms never get into it. */
const BUNDLED_ROOMS = ['base', 'pipeline', 'plugins', 'workflows'];

/** The folders that tsc compiles: those of tsconfig.json, without the tests that tsconfig.build.json leaves out. */
function rooms(root) {
  const { include } = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
  return include.filter((room) => room !== 'test');
}

/** Every file that dist/ is made from, relative to the clone, sorted. */
function sourceFiles(root) {
  return [...CONFIG, ...BUILDER, ...rooms(root).flatMap((room) => filesBelow(root, room))].sort();
}

/** The compiled files that the workflow bundle may be made from, the lock file (the SDK's version), and what bundles. */
function bundledFiles(root) {
  const compiled = BUNDLED_ROOMS.flatMap((room) => filesBelow(root, path.join('dist', room)));
  return ['package-lock.json', ...BUILDER, ...compiled.filter((file) => file.endsWith('.js'))].sort();
}

/** One hash over the paths and contents of the files (contents, not mtimes: a checkout touches everything). */
function hashFiles(root, files) {
  const hash = crypto.createHash('sha256');
  for (const file of files) {
    hash
      .update(file)
      .update('\0')
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * Removes compiled files whose source is gone; tsc leaves them, and whoever lists a folder (migrations) would load them.
 */
function removeOrphans(root, dist) {
  for (const room of rooms(root)) {
    for (const file of filesBelow(dist, room)) {
      const base = file.replace(/\.js(\.map)?$/, '');
      const sources = base === file ? [file] : [`${base}.ts`, `${base}.tsx`, file];
      if (!sources.some((source) => fs.existsSync(path.join(root, source)))) fs.rmSync(path.join(dist, file));
    }
  }
}

function filesBelow(root, folder) {
  const full = path.join(root, folder);
  if (!fs.existsSync(full)) return [];
  return fs
    .readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

module.exports = { BUNDLED_ROOMS, sourceFiles, bundledFiles, hashFiles, removeOrphans };
