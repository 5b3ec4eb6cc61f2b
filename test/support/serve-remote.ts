/**
 * A process of its own: starts the daemon of a data folder and a TLS proxy before it, logs another
 * home in there, says `ready` and serves until it is told to end or the tests are gone.
 *
 * Arguments: the server's home, the home that logs in, a folder for certificates, the tests' pid.
 */
import { commandLine } from "./command-line.ts";
import { RemoteServer } from "./remote-server.ts";

const [serverHome = "", home = "", folder = "", owner = ""] = process.argv.slice(2);

await run(serverHome, "local", "start");
const server = await RemoteServer.start(serverHome, folder);
const token = ["--token-file", server.tokenFile];
await run(home, "login", server.address, ...token, "--ca-file", server.authority, "--name", "far");
process.stdout.write("ready\n");
setInterval(() => process.kill(Number(owner), 0), 2_000);

async function run(dataFolder: string, ...args: readonly string[]): Promise<void> {
  const child = Bun.spawn([...commandLine, ...args], {
    env: { ...process.env, STIGMER_HOME: dataFolder },
    stdio: ["ignore", "ignore", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error(`${args.join(" ")} failed`);
}
