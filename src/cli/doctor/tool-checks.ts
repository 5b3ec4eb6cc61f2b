import type { McpServer } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import { McpServerQueryController } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import { type Check, type CheckFamily, type DoctorFacts, ok, skipped, warning } from "./check.ts";

/** Programs that MCP servers are usually started with. */
const launchers = [
  { name: "npx", without: "not found: npx servers run on this program itself" },
  { name: "uvx", without: "not found; needed by MCP servers written in Python" },
  { name: "docker", without: "not found; needed by MCP servers in containers" },
] as const;

export const launcherChecks: CheckFamily = {
  name: "launchers",
  run: ({ variables }) =>
    Promise.resolve([
      ...launchers.map(({ name, without }) => {
        const path = find(name, variables["PATH"]);
        return path === null ? skipped(name, without) : ok(name, path);
      }),
      sandboxCheck(variables["PATH"]),
    ]),
};

/** Nothing runs in a sandbox yet: said as it is, with what a later version will use. */
function sandboxCheck(path: string | undefined): Check {
  const program = find("bwrap", path);
  const there = program === null ? "bubblewrap is not installed" : `bubblewrap is at ${program}`;
  return skipped("sandbox", `none in this version: tools run with your rights (${there})`);
}

/** Stored MCP servers whose program is not there. None is started. */
export const mcpServerChecks: CheckFamily = { name: "mcp servers", run: checkServers };

async function checkServers(facts: DoctorFacts): Promise<Check[]> {
  const name = "mcp servers";
  const found = await facts.daemon;
  if (found.kind !== "running") return [skipped(name, "only a daemon that answers knows them")];
  const { signal, requestMs: timeoutMs, variables } = facts;
  const { list } = McpServerQueryController.method;
  const { items } = await found.channel.unary(list, { pageSize: 1_000 }, { signal, timeoutMs });
  const missing = items.flatMap((server) => missingProgram(server, variables["PATH"]));
  if (missing.length > 0) return missing;
  return [
    ok(name, `${items.length} stored${items.length === 0 ? "" : ", every program is there"}`),
  ];
}

/** The PATH is that of this shell: that of the daemon is from when it was started. */
function missingProgram({ metadata, spec }: McpServer, path: string | undefined): Check[] {
  const transport = spec?.transport;
  if (transport?.case === "docker") return missingEngine(metadata?.slug ?? "", path);
  if (transport?.case !== "stdio") return [];
  const { command } = transport.value;
  // Both are run by this program where they are missing.
  if (command === "npx" || command === "bunx" || find(command, path) !== null) return [];
  const name = metadata?.slug ?? "";
  const fix = `install ${command}, or give its whole path: stigmer mcp add`;
  return [warning(`mcp server ${name}`, `its program ${command} is not on the PATH`, fix)];
}

function missingEngine(name: string, path: string | undefined): Check[] {
  if (find("docker", path) !== null || find("podman", path) !== null) return [];
  const what = "it runs in a container, and neither docker nor podman is on the PATH";
  return [warning(`mcp server ${name}`, what, "install docker or podman")];
}

function find(program: string, path = ""): string | null {
  return Bun.which(program, { PATH: path });
}
