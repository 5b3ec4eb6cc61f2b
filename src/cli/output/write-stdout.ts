import { exitCodes } from "../exit-codes.ts";
import { outputFailure } from "./output-failure.ts";

/**
 * Prints what needs no terminal and returns the exit code. Writes as the terminal does, at the place
 * where the file that stdout leads to stands: `Bun.write(Bun.stdout)` begins such a file anew.
 */
export async function writeStdout(text: string): Promise<number> {
  const thrown = await new Promise<Error | null | undefined>((resolve) => {
    // What went wrong comes to the callback too; without a listener it would end the process.
    process.stdout.on("error", resolve);
    process.stdout.write(text, resolve);
  });
  const failure = thrown ? outputFailure(thrown) : undefined;
  if (failure === undefined) return exitCodes.done;
  await new Promise((resolve) => process.stderr.write(`error: ${failure.message}\n`, resolve));
  return exitCodes.failed;
}
