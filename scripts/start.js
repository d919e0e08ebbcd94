#!/usr/bin/env node

/** `npm start`: installs and builds what is missing, then `gantry start`. */

const { prepare, runGantry } = require('./setup/prepare.js');

prepare().then(() => runGantry(['start', ...process.argv.slice(2)]));
