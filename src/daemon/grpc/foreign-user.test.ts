import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { startScriptedServer, system, userToken } from "./testing/scripted-server.ts";

const nobody = 65534;
const canChangeUser = process.platform === "linux" && process.getuid?.() === 0;
if (!canChangeUser) process.stderr.write("skipped: only root can run a client as another user\n");

/** Calls `info` in a process of another user; what it prints. */
async function callAsNobody(address: string, token?: string): Promise<string> {
  const source = (path: string): string => fileURLToPath(import.meta.resolve(path));
  const program = `
    import { Channel } from ${JSON.stringify(source("../../contract/channel.ts"))};
    import { SystemQueryController } from ${JSON.stringify(
      source("../../contract/gen/ai/stigmer/system/v1/system_pb.ts"),
    )};
    using channel = new Channel(${JSON.stringify({ address, token })});
    const call = channel.unary(SystemQueryController.method.info, {}, { timeoutMs: 5000 });
    console.log(await call.then(() => "answered", (error) => error.code));`;
  const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const child = Bun.spawn([...asNobody, process.execPath, "-e", program], { cwd: "/" });
  return (await child.stdout.text()).trim();
}

test.if(canChangeUser)("a process of another user needs the token on TCP", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const outcomes: Record<string, string> = {
    "IPv4 without a token": await callAsNobody(daemon.ipv4),
    "IPv6 without a token": await callAsNobody(daemon.ipv6!),
    "IPv4 with the token": await callAsNobody(daemon.ipv4, userToken),
    "IPv4 with a wrong token": await callAsNobody(daemon.ipv4, `${metadataKeys.authorization}-x`),
    "the socket": await callAsNobody(daemon.socket),
  };
  expect(outcomes).toEqual({
    "IPv4 without a token": "unauthenticated",
    "IPv6 without a token": "unauthenticated",
    "IPv4 with the token": "answered",
    "IPv4 with a wrong token": "unauthenticated",
    "the socket": "unavailable",
  });
});
