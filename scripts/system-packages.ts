/** A program from the operating system that some tests drive; the product itself needs none. */
interface SystemPackage {
  /** Name of the Debian package. */
  readonly debian: string;
  /** Exits 0 when the package is usable. */
  readonly probe: readonly string[];
  readonly neededFor: string;
}

/** The interpreter that Debian's packages belong to; another `python3` may come first on PATH. */
export const systemPython = "/usr/bin/python3";

export const systemPackages = {
  grpcio: {
    debian: "python3-grpcio",
    probe: [systemPython, "-c", "import grpc"],
    neededFor: "calling the daemon with a foreign gRPC client",
  },
  strace: {
    debian: "strace",
    probe: ["strace", "-V"],
    neededFor: "failing single system calls of the store",
  },
  tmux: {
    debian: "tmux",
    probe: ["tmux", "-V"],
    neededFor: "driving the command line on a terminal",
  },
  zsh: {
    debian: "zsh",
    probe: ["zsh", "--version"],
    neededFor: "loading the completion of zsh",
  },
  bash: {
    debian: "bash",
    probe: ["bash", "--version"],
    neededFor: "loading the completion of bash",
  },
  fish: {
    debian: "fish",
    probe: ["fish", "--version"],
    neededFor: "loading the completion of fish",
  },
  procps: {
    debian: "procps",
    probe: ["ps", "--version"],
    neededFor: "looking for processes left behind",
  },
} as const satisfies Record<string, SystemPackage>;

export type SystemPackageName = keyof typeof systemPackages;

/** For `test.skipIf(!hasSystemPackage("strace"))`. */
export function hasSystemPackage(name: SystemPackageName): boolean {
  const [program, ...args] = systemPackages[name].probe;
  if (Bun.which(program) === null) return false;
  return (
    Bun.spawnSync([program, ...args], { stdio: ["ignore", "ignore", "ignore"] }).exitCode === 0
  );
}

/**
 * Installs what is missing, where that is allowed: on a Debian-like system, as root.
 *
 * @returns one sentence per package that is still missing; its tests skip.
 */
export function ensureSystemPackages(): string[] {
  const missing = missingPackages();
  if (missing.length === 0) return [];
  const mayInstall = process.getuid?.() === 0 && Bun.which("apt-get") !== null;
  if (mayInstall) aptInstall(missing.map((name) => systemPackages[name].debian));
  return missingPackages().map(
    (name) =>
      `${systemPackages[name].debian} is missing, so tests skip: ${systemPackages[name].neededFor}` +
      (mayInstall ? " (apt-get could not install it)" : " (install it, or run as root on Debian)"),
  );
}

function missingPackages(): SystemPackageName[] {
  const names = Object.keys(systemPackages) as SystemPackageName[];
  return names.filter((name) => !hasSystemPackage(name));
}

function aptInstall(packages: readonly string[]): void {
  const commands = [
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages],
  ];
  for (const command of commands) {
    Bun.spawnSync(command, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "ignore"],
    });
  }
}
