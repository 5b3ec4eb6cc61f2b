/**
 * Clients that all count up one annotation, 50 × 200 unless told otherwise:
 * `bun test/concurrency/full-size.ts [clients] [writes per client]`. The gate has a smaller one.
 */
import { ApiResourceKind } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../src/contract/kinds.ts";
import { KindHome } from "../every-kind/kind-home.ts";
import { countTogether } from "./count-together.ts";

const clients = Number(process.argv[2] ?? 50);
const writesPerClient = Number(process.argv[3] ?? 200);
const wanted = clients * writesPerClient;

await using home = await KindHome.start();
const { address } = home;
for (const mode of ["checked", "unchecked"] as const) {
  const { metadata } = await home.sample(kindOf(ApiResourceKind.AGENT));
  const slug = metadata?.slug ?? "";
  const startedAt = performance.now();
  const counted = await countTogether({ address, slug, clients, writesPerClient, mode });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const { count, refused } = counted;
  process.stdout.write(
    `${mode}: ${count} of ${wanted} writes counted, ${refused} refused and repeated, ${seconds} s\n`,
  );
  const isAsExpected = mode === "checked" ? count === wanted : count < wanted;
  if (!isAsExpected) process.exitCode = 1;
}
