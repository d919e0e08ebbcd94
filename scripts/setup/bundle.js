/** `node bundle.js ENTRY TARGET`: bundles workflow code once, so that workers and tests need not. */

const fs = require('node:fs');
const { bundleWorkflowCode } = require('@temporalio/worker');

const [entry, target] = process.argv.slice(2);

/** The bundler's chatter is noise unless something is wrong. */
const logger = {
  log: () => {},
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: (message) => console.error(message),
  error: (message) => console.error(message),
};

bundleWorkflowCode({ workflowsPath: entry, logger }).then(
  ({ code }) => {
    fs.writeFileSync(`${target}.new`, code);
    fs.renameSync(`${target}.new`, target);
  },
  (error) => {
    console.error(`bundling the workflow code failed: ${error.message}`);
    process.exitCode = 1;
  },
);
