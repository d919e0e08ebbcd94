/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/leaks/environment.ts',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'hono/jsx' } },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // Only what hangs takes so long, on however slow a machine.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/support/stuck-suites.js'],
  testSequencer: '<rootDir>/test/support/slow-first.js',
  maxWorkers: 2,
};
