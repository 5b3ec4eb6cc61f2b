/**
 * `STIGMER_TEST_SERVER=remote`: the commands of the tests go to a second daemon behind a TLS proxy,
 * with a token, from a home in which nothing else is.
 */
export const isRemoteMode = process.env["STIGMER_TEST_SERVER"] === "remote";

/** Tests that are about this machine by nature, and why another server cannot pass them. */
export const localByNature = {
  contexts: "they build servers of their own",
  "data folder": "its faults are those of the daemon that a command starts itself",
  doctor: "it looks at this machine",
  standalone: "the daemon is one of this machine, for one command",
  "start on demand": "nothing is started for a server elsewhere",
  "lent keys": "keys of the caller's shell travel over the unix socket of this machine only",
  "hung daemon": "the way out that is named, local restart, is one of this machine",
} as const;

/** Whether tests have to be left out now; says why. */
export function isLeftOut(topic: keyof typeof localByNature): boolean {
  if (isRemoteMode) process.stderr.write(`left out, ${topic}: ${localByNature[topic]}\n`);
  return isRemoteMode;
}
