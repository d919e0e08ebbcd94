import { join } from 'node:path';

// Imported before anything else: the catalog is read when it is first imported.
process.env.GANTRY_PLUGINS = join(__dirname, '../../bench/plugins');
