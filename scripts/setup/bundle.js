/**
 * `node bundle.js ENTRY TARGET PRELOADED CONVERTER`: bundles workflow code once, so that workers and tests need not. The
 * preloaded module is made once a worker instead of once a workflow: it may keep no state of its own. The converter is the
 * one that workers and clients have too.
 */

const fs = require('node:fs');
const { bundleWorkflowCode } = require('@temporalio/worker');

const [entry, target, preloaded, payloadConverterPath] = process.argv.slice(2);

/** The bundler's chatter is noise unless something is wrong. */
const logger = {
  log: () => {},
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: (message) => console.error(message),
  error: (message) => console.error(message),
};

bundleWorkflowCode({ workflowsPath: entry, preloadModules: [preloaded], payloadConverterPath, logger }).then(
  ({ code }) => {
    fs.writeFileSync(`${target}.new`, code);
    fs.renameSync(`${target}.new`, target);
  },
  (error) => {
    console.error(`bundling the workflow code failed: ${error.message}`);
    process.exitCode = 1;
  },
);
