/** What Node must be told so that Jest can load ES modules; `.npmrc` tells npm and npx the same. */
export const jestNodeOptions = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
