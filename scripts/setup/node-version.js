const NEEDED_MAJOR = 20;
const NEEDED_MINOR = 19;

/**
 * Ends the process with a clear message when this Node is too old.
 * Older versions cannot `require()` the ES modules that the program uses, and would fail later with a riddle.
 */
function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED_MAJOR || (major === NEEDED_MAJOR && minor >= NEEDED_MINOR)) return;
  process.stderr.write(
    `Gantry needs Node ${NEEDED_MAJOR}.${NEEDED_MINOR} or newer; this is Node ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}

module.exports = { checkNodeVersion };
