/** The version of this CLI and of the libs bundled with it: one release, one number. */
export const VERSION = '0.0.1';
