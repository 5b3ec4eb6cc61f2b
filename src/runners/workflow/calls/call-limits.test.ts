import { expect, test } from "bun:test";
import { readSettings } from "../../../system/settings.ts";
import { callLimits } from "./call-limits.ts";

test("limits of calls come from the settings", async () => {
  const overrides = { "calls.timeout": "2s", "calls.maxResponseBytes": "1KB" };
  const settings = await readSettings({ variables: {}, overrides });
  expect(callLimits(settings)).toEqual({ timeoutMs: 2000, idleMs: 60_000, responseBytes: 1024 });
});
