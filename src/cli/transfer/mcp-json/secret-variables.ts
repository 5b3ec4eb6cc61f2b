import { variableNameOf } from "./placeholders.ts";

/** Names of the variables that take the place of secrets: one name for one secret. */
export class SecretVariables {
  /** A hash of each secret by the name that stands for it, so that none is kept. */
  readonly #known = new Map<string, string>();

  /** `name`, or one with the server in front where another secret has it already. */
  nameFor(server: string, name: string, secret: string): string {
    const hash = new Bun.CryptoHasher("sha256").update(secret).digest("hex");
    for (const candidate of [name, `${variableNameOf(server)}_${name}`]) {
      const taken = this.#known.get(candidate);
      if (taken !== undefined && taken !== hash) continue;
      this.#known.set(candidate, hash);
      return candidate;
    }
    return this.nameFor(`${server}_2`, name, secret);
  }
}
