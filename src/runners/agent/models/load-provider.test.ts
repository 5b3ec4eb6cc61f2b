import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const modulePath = fileURLToPath(new URL("load-provider.ts", import.meta.url));

/** In a process of its own, since this one has loaded everything for other tests. */
async function librariesOf(provider: string): Promise<string[]> {
  const program = `
    const { loadProvider } = await import(${JSON.stringify(modulePath)});
    await loadProvider(${JSON.stringify(provider)});
    console.log(JSON.stringify(Object.keys(require.cache)));
  `;
  const child = Bun.spawn([process.execPath, "-e", program], { stderr: "inherit" });
  const paths = JSON.parse(await new Response(child.stdout).text()) as string[];
  const names = paths.flatMap((path) => /@ai-sdk\/([^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(names)].filter((name) => !name.startsWith("provider")).toSorted();
}

test.each([
  ["anthropic", ["anthropic"]],
  ["openai", ["openai"]],
  ["google", ["google"]],
  ["openai-compatible", ["openai-compatible"]],
  ["ollama", []],
  ["script", []],
])("%s loads the libraries %p and no others", async (provider, libraries) => {
  expect(await librariesOf(provider)).toEqual(libraries);
});
