import { apiVersion } from "../../src/contract/metadata-keys.ts";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { installedTool } from "../../scripts/check/run-program.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
} from "../../src/contract/gen/google/rpc/status_pb.ts";
import { everyMethod, everyService } from "./every-method.ts";
import { RunningDaemon } from "./running-daemon.ts";

// Starts processes, on a machine that may be busy.
setDefaultTimeout(60_000);

/** How `buf curl` reports a gRPC status: shifted past its own exit codes. */
const exitCodeOf = (grpcStatus: number): number => grpcStatus << 3;

const commands = "ai.stigmer.agentic.agent.v1.AgentCommandController";

let daemon: RunningDaemon;
beforeAll(async () => {
  daemon = await RunningDaemon.start();
});
afterAll(async () => await daemon[Symbol.asyncDispose]());

interface CurlResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Knows nothing of the contract but what reflection tells. */
async function bufCurl(...args: readonly string[]): Promise<CurlResult> {
  const command = [installedTool("buf"), "curl", "--protocol=grpc", ...args];
  const child = Bun.spawn(command, { cwd: daemon.home, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, stdout, stderr };
}

/** Only Linux says who is at the other end of a TCP connection; elsewhere that needs a token. */
function usualUrl(method: string): string[] {
  return process.platform === "linux" ? [`http://${daemon.ipv4}/${method}`] : socketUrl(method);
}

function socketUrl(method: string): string[] {
  return [`--unix-socket=${daemon.socket.slice("unix:".length)}`, `http://localhost/${method}`];
}

describe.each(["grpc-v1", "grpc-v1alpha"])("reflection %s", (protocol) => {
  const reflect = `--reflect-protocol=${protocol}`;

  test("lists every service", async () => {
    const { stdout } = await bufCurl(reflect, "--list-services", `http://${daemon.ipv4}`);
    expect(stdout.trim().split("\n").toSorted()).toEqual(everyService().toSorted());
  });

  test("lists every method", async () => {
    const { stdout } = await bufCurl(reflect, "--list-methods", `http://${daemon.ipv4}`);
    const methods = everyMethod.map(({ method }) => method);
    expect(stdout.trim().split("\n").toSorted()).toEqual(methods.toSorted());
  });

  test("tells enough to create an agent", async () => {
    const data = {
      metadata: { slug: `made-over-${protocol}` },
      spec: { instructions: "Answer.", model: "script/echo" },
    };
    const url = usualUrl(`${commands}/create`);
    const { stdout, stderr } = await bufCurl(reflect, "-d", JSON.stringify(data), ...url);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ ...data, kind: "Agent" });
  });
});

test("the version comes over each address", async () => {
  const method = "ai.stigmer.system.v1.SystemQueryController/version";
  const answers = await Promise.all([
    bufCurl(`http://${daemon.ipv4}/${method}`),
    bufCurl(`http://${daemon.ipv6}/${method}`),
    bufCurl(...socketUrl(method)),
  ]);
  const { version } = await import("../../package.json");
  const said = { version, buildId: expect.any(String), apiVersion };
  const expected = answers.map(() => said);
  expect(answers.map(({ stdout, stderr }) => JSON.parse(stdout || stderr))).toEqual(expected);
});

test("an error comes with the field that is wrong and the id of the request", async () => {
  const data = { metadata: { slug: "wrong" }, spec: {} };
  const request = ["-H", "stigmer-request-id: from-buf", "-d", JSON.stringify(data)];
  const { exitCode, stderr } = await bufCurl(...request, ...usualUrl(`${commands}/create`));
  expect(exitCode).toBe(exitCodeOf(3));
  const error: { code: string; details: { type: string; value: string }[] } = JSON.parse(stderr);
  expect(error.code).toBe("invalid_argument");
  // It prints details as bytes.
  const decode = <D extends DescMessage>(schema: D): MessageShape<D> => {
    const { value } = error.details.find(({ type }) => type === schema.typeName)!;
    return fromBinary(schema, Buffer.from(value, "base64"));
  };
  expect(decode(ErrorInfoSchema).reason).toBe("invalid-argument");
  expect(decode(BadRequestSchema).fieldViolations).toEqual([
    expect.objectContaining({ field: "spec.instructions", reason: "required" }),
  ]);
  expect(decode(RequestInfoSchema).requestId).toBe("from-buf");
});
