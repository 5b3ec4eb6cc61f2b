import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { startScriptedServer, system } from "../daemon/grpc/testing/scripted-server.ts";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import { type CertificateFiles, TestCertificates } from "../../test/support/test-certificates.ts";
import { TlsProxy } from "../../test/support/tls-proxy.ts";
import { Channel } from "./channel.ts";
import { SystemQueryController } from "./gen/ai/stigmer/system/v1/system_pb.ts";
import type { ChannelTls } from "./tls-credentials.ts";

const { version } = SystemQueryController.method;
const folder = new TemporaryFolder();
const certificates = new TestCertificates(folder.path);
const ca = readFileSync(certificates.authority, "utf8");
let daemon: Awaited<ReturnType<typeof startScriptedServer>>;

beforeAll(async () => {
  daemon = await startScriptedServer({ services: [system] });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function proxyWith(files: CertificateFiles, clientAuthority?: string): Promise<TlsProxy> {
  const wanted = clientAuthority === undefined ? {} : { clientAuthority };
  return TlsProxy.start({ ...files, ...wanted, upstreamPort: () => daemon.server.port });
}

/** The server's version, or the code of the error. */
async function ask(host: string, proxy: TlsProxy, tls: ChannelTls): Promise<string> {
  using channel = new Channel({ address: `${host}:${proxy.port}`, tls });
  return await channel.unary(version, {}, { timeoutMs: 10_000 }).then(
    (answer) => answer.version,
    (error: { code: string }) => error.code,
  );
}

describe("a channel over TLS", () => {
  test("trusts a certificate for the name or the address that it was told, and no other", async () => {
    const byName = certificates.sign("by-name", ["DNS:localhost"]);
    const byAddress = certificates.sign("by-address", ["IP:127.0.0.1"]);
    await using named = await proxyWith(byName);
    await using numbered = await proxyWith(byAddress);
    const found = [
      await ask("localhost", named, { ca }),
      await ask("127.0.0.1", named, { ca }),
      await ask("localhost", numbered, { ca }),
      await ask("127.0.0.1", numbered, { ca }),
    ];
    expect(found).toEqual(["user on tcp", "unavailable", "unavailable", "user on tcp"]);
  });

  test("trusts nobody whom neither the system nor the caller trusts", async () => {
    await using proxy = await proxyWith(certificates.sign("unknown", ["DNS:localhost"]));
    expect(await ask("localhost", proxy, {})).toBe("unavailable");
  });

  test("shows a certificate of its own where one is asked for", async () => {
    const files = certificates.sign("server", ["DNS:localhost"]);
    const client = certificates.sign("client", ["DNS:client"]);
    await using proxy = await proxyWith(files, certificates.authority);
    const own = {
      certificate: readFileSync(client.certificate, "utf8"),
      key: readFileSync(client.key, "utf8"),
    };
    expect(await ask("localhost", proxy, { ca })).toBe("unavailable");
    expect(await ask("localhost", proxy, { ca, ...own })).toBe("user on tcp");
  });
});
