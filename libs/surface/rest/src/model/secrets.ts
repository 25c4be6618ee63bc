/** Values that must not be shown, told by their keys; Flink's GlobalConfiguration does the same. */
const WORDS = /password|passwd|secret|token|credential|auth[._-]?(?:params|header)|basic-auth|jaas/i;
/** `access-key`, `apikey`, `account.key`, `key`; but not `monkey` or `key-groups`. */
const KEYS = /(?:^|[._-])(?:api|access|private|account|service|signing|encryption|shared|sas)?[._-]?key$/i;
export const MASK = '******';

export const isSecretKey = (key: string): boolean => WORDS.test(key) || KEYS.test(key);

/** The same map with `******` for every secret, and without the credentials in URLs. */
export function maskSecrets(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, isSecretKey(key) ? MASK : maskUrlCredentials(value)]));
}

function maskUrlCredentials(value: string): string {
  return value.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${MASK}@`);
}
