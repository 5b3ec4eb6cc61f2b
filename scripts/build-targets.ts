/** What the binary is built for: Bun's name of the target, and the keychain addon it must carry. */
export interface BuildTarget {
  readonly bun: Bun.Build.CompileTarget;
  readonly addon: string;
}

export const buildTargets = {
  "linux-x64": { bun: "bun-linux-x64", addon: "keyring.linux-x64-gnu" },
  "linux-arm64": { bun: "bun-linux-arm64", addon: "keyring.linux-arm64-gnu" },
  "linux-x64-musl": { bun: "bun-linux-x64-musl", addon: "keyring.linux-x64-musl" },
  "linux-arm64-musl": { bun: "bun-linux-arm64-musl", addon: "keyring.linux-arm64-musl" },
  "darwin-x64": { bun: "bun-darwin-x64", addon: "keyring.darwin-x64" },
  "darwin-arm64": { bun: "bun-darwin-arm64", addon: "keyring.darwin-arm64" },
} as const satisfies Record<string, BuildTarget>;

export type TargetName = keyof typeof buildTargets;

/** @throws when the name is none of ours; the message lists them. */
export function parseTarget(name: string): TargetName {
  if (Object.hasOwn(buildTargets, name)) return name as TargetName;
  throw new Error(`unknown target ${name}; known: ${Object.keys(buildTargets).join(", ")}`);
}

/** The machine this runs on. A musl system is never assumed: there the target is named. */
export function hostTarget(): TargetName {
  return parseTarget(`${process.platform}-${process.arch}`);
}
