/**
 * The entry of the program. Imports nothing before it knows what is wanted, so that each way in
 * loads only what it needs, and is the only place that ends the process.
 */
const words = process.argv.slice(2);

process.exit(await run());

async function run(): Promise<number> {
  switch (words[0]) {
    case "__daemon":
      return await (await import("./daemon.ts")).runDaemon(words.slice(1));
    case "__runner":
      return await (await import("./runners/runner-process.ts")).runRunner();
    case "__trial":
      return await (await import("./runners/workflow/trial/trial-process.ts")).runTrials();
    case "__keychain":
      await (await import("./system/keychain-process.ts")).runKeychainProcess(words[1] ?? "");
      return 0;
    case "__complete":
      return await (
        await import("./cli/completion/print-candidates.ts")
      ).printCandidates(words.slice(1));
    default:
      if (words.length === 1 && isVersion(words[0])) return await printVersion();
      return await (await import("./cli/run-command.ts")).runCommand(words);
  }
}

function isVersion(word: string | undefined): boolean {
  return word === "--version" || word === "version" || word === "-V" || word === "-v";
}

async function printVersion(): Promise<number> {
  const { version } = await import("./system/version.ts");
  const { writeStdout } = await import("./cli/output/write-stdout.ts");
  return await writeStdout(`stigmer ${version}\n`);
}
