import { StigmerError } from "../../contract/errors.ts";

interface Build {
  readonly version: string;
  readonly buildId: string;
}

const hint = "stigmer local restart";

/**
 * Compares the daemon's build with this program's.
 *
 * @returns a warning when the builds differ and the versions do not.
 * @throws StigmerError `incompatible` when the versions differ.
 */
export function checkBuild(daemon: Build, own: Build): string | undefined {
  if (daemon.version !== own.version) {
    throw new StigmerError(
      "incompatible",
      `The daemon has version ${daemon.version}, this command ${own.version}.`,
      { hint },
    );
  }
  return daemon.buildId === own.buildId
    ? undefined
    : `the daemon is another build of version ${own.version}; replace it with: ${hint}`;
}
