import { type Alias, isAlias, type Node } from "yaml";

/** Values that are reached through aliases, of one document: more is a bomb. */
const maxReached = 10_000;

/** Follows aliases, as long as they do not stand for more than anybody writes. */
export class Aliases {
  readonly #targets: ReadonlyMap<Alias, Node>;
  #depth = 0;
  #reached = 0;

  constructor(targets: ReadonlyMap<Alias, Node>) {
    this.#targets = targets;
  }

  /** Reads what a node stands for; `refuse` hears why that cannot be, once for each reason. */
  read<Result>(
    node: Node,
    read: (target: Node) => Result,
    refuse: (message: string) => void,
  ): Result | undefined {
    if (this.#depth > 0 && ++this.#reached > maxReached) {
      if (this.#reached === maxReached + 1)
        refuse(`aliases stand for more than ${maxReached} values`);
      return undefined;
    }
    if (!isAlias(node)) return read(node);
    const target = this.#targets.get(node);
    if (!target) {
      refuse(`there is no anchor "${node.source}"`);
      return undefined;
    }
    this.#depth++;
    const result = read(target);
    this.#depth--;
    return result;
  }
}
