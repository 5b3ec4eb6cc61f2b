import { expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { Channel } from "../src/contract/channel.ts";
import { ArtifactController } from "../src/contract/gen/ai/stigmer/agentic/artifact/v1/command_pb.ts";
import { ResourceSetController } from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { KindHome } from "./every-kind/kind-home.ts";

// Many megabytes, on a machine that may be busy.
setDefaultTimeout(60_000);

const { upload, download } = ArtifactController.method;

test("a stream that nobody reads holds up no call on another channel", async () => {
  await using home = await KindHome.start();
  const agents = home.client(kindOf(ApiResourceKind.AGENT));
  // More messages than a client takes before it is asked for them.
  for (let index = 0; index < 40; index++) {
    const metadata = { slug: `large-${index}` };
    await agents.create({ metadata, spec: { instructions: "x".repeat(600_000) } });
  }
  using beside = new Channel({ address: home.daemon.address });
  const content = randomBytes(1_000_000);
  const chunks = (async function* () {
    for (let at = 0; at < content.length; at += 200_000) {
      yield { data: content.subarray(at, at + 200_000) };
    }
  })();
  const { sha256 } = await beside.clientStream(upload, chunks);
  const unread = home.daemon.channel.serverStream(ResourceSetController.method.export, {});
  await unread.next();
  for (let time = 0; time < 20; time++) {
    const pieces = await Array.fromAsync(beside.serverStream(download, { sha256 }));
    expect(Buffer.concat(pieces.map(({ data }) => data)).equals(content)).toBe(true);
  }
  await unread.return();
});
