import { messageOf } from "../contract/errors.ts";

export type KeychainOperation = "get" | "set" | "delete";

/** What a keychain process reads from stdin, as JSON. */
export interface KeychainRequest {
  readonly service: string;
  readonly account: string;
  /** For `set`. */
  readonly value?: string;
}

/** What it writes to stdout, as JSON. */
export type KeychainResponse =
  | { readonly kind: "found"; readonly value: string }
  | { readonly kind: "missing" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

/** The first argument that makes this program a keychain process. */
export const keychainCommand = "__keychain";

/**
 * One operation on the keychain of the system, then it ends: `__keychain get|set|delete`.
 *
 * A process of its own, because a secret service that does not answer blocks the whole event loop for
 * seconds, and the caller's deadline must hold. Secrets pass through stdin and stdout only.
 */
export async function runKeychainProcess(operation: string): Promise<void> {
  const request = JSON.parse(await Bun.stdin.text()) as KeychainRequest;
  const response = await operate(operation, request).catch((cause: unknown): KeychainResponse => ({
    kind: "failed",
    message: messageOf(cause),
  }));
  await Bun.write(Bun.stdout, JSON.stringify(response));
}

async function operate(operation: string, request: KeychainRequest): Promise<KeychainResponse> {
  const entry = await openEntry(request);
  switch (operation as KeychainOperation) {
    case "get": {
      const value = entry.getPassword();
      return value === null ? { kind: "missing" } : { kind: "found", value };
    }
    case "set":
      entry.setPassword(request.value ?? "");
      return { kind: "done" };
    case "delete":
      return { kind: entry.deletePassword() ? "done" : "missing" };
    default:
      throw new Error(`unknown keychain operation ${operation}`);
  }
}

/**
 * The library's own choice of store would silently fall back to kernel memory, which is gone at
 * reboot. The import fails where the temporary folder allows no programs, hence not at the top.
 */
async function openEntry({ service, account }: KeychainRequest) {
  const { Entry } = await import("@napi-rs/keyring");
  return new Entry(service, account, { linux: { store: "secret-service" } });
}
