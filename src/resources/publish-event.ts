import type { JsonObject } from "@bufbuild/protobuf";
import { StigmerError } from "../contract/errors.ts";
import type { Store } from "../store/store.ts";

/** An event that is kept. */
export interface KeptEvent {
  readonly sequence: bigint;
  readonly event: JsonObject;
  readonly duplicate: boolean;
}

const longestText = 1_000;

/** Where events come from that do not say it. */
const defaultSource = "/stigmer";

/**
 * Completes a CloudEvent, keeps it and wakes who listens for it. Throws `invalid-argument` for one
 * that is no CloudEvent 1.0.
 */
export async function publishEvent(
  store: Store,
  sent: JsonObject,
  atMs: number,
): Promise<KeptEvent> {
  const event: JsonObject = {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: defaultSource,
    time: new Date(atMs).toISOString(),
    ...sent,
  };
  if (event["specversion"] !== "1.0") {
    throw invalid("specversion", `is ${JSON.stringify(event["specversion"])}, not "1.0"`);
  }
  const type = textOf(event, "type");
  const source = textOf(event, "source");
  const eventId = textOf(event, "id");
  const body = new TextEncoder().encode(JSON.stringify(event));
  const kept = await store.write("publishEvent", { source, eventId, type, at: atMs, body });
  return { sequence: BigInt(kept.id), event, duplicate: kept.duplicate };
}

function textOf(event: JsonObject, name: string): string {
  const value = event[name];
  if (typeof value !== "string" || value === "") throw invalid(name, "is no text, or empty");
  if (value.length > longestText) throw invalid(name, `has more than ${longestText} characters`);
  return value;
}

function invalid(name: string, message: string): StigmerError {
  const field = `event.${name}`;
  return new StigmerError("invalid-argument", `${field}: ${message}`, {
    hint: "see the specification of CloudEvents 1.0",
    violations: [{ field, rule: "cloud-event", message }],
  });
}
