import { expect, test } from "bun:test";
import { Channel } from "../../contract/channel.ts";
import {
  Health,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "../../contract/gen/grpc/health/v1/health_pb.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { failureOf } from "./testing/outcomes.ts";
import { startScriptedServer, system } from "./testing/scripted-server.ts";

const { check, watch } = Health.method;

test("the daemon and each of its services are healthy, others are unknown", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  using channel = new Channel({ address: daemon.ipv4 });
  const whole = await channel.unary(check, {});
  const one = await channel.unary(check, { service: SystemQueryController.typeName });
  const unknown = await failureOf(channel.unary(check, { service: "no.such.Service" }));
  expect([whole.status, one.status]).toEqual([ServingStatus.SERVING, ServingStatus.SERVING]);
  expect(unknown.code).toBe("not-found");
});

test("who watches a service hears that the daemon stops", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  using channel = new Channel({ address: daemon.socket });
  const seen: ServingStatus[] = [];
  let stopped: Promise<void> | undefined;
  const error = await failureOf(
    (async () => {
      for await (const { status } of channel.serverStream(watch, {})) {
        seen.push(status);
        stopped ??= daemon.server.stop(5_000);
      }
    })(),
  );
  await stopped;
  expect(seen).toEqual([ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
  expect(error.code).toBe("unavailable");
});

test("a service that is not here may be watched, for it may come", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  using channel = new Channel({ address: daemon.socket });
  const watching = channel.serverStream(watch, { service: "no.such.Service" });
  const first = await watching.next();
  await watching.return();
  expect(first.value?.status).toBe(ServingStatus.SERVICE_UNKNOWN);
});
