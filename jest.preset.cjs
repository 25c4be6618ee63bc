// Jest in ESM mode: half of what Weir stands on is published as ES modules only.
// Needs NODE_OPTIONS=--experimental-vm-modules, which .npmrc sets for npm scripts and npx.
module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/out/'],
  passWithNoTests: true,
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  // Workspace packages resolve to their sources. Not 'import' or 'require' here: Jest adds them itself.
  testEnvironmentOptions: { customExportConditions: ['@weir/source', 'node', 'node-addons'] },
  // TypeScript sources import their neighbours by the name they are emitted under.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: { target: 'es2022', keepClassNames: true, parser: { syntax: 'typescript', decorators: true } },
      },
    ],
  },
};
