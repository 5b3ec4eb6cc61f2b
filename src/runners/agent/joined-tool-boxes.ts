import type { OfferedTool, ToolAnswer, ToolBox, ToolInvocation } from "./agent-run.ts";

/** Tools that are built in, by their names, before those of servers. Their names never meet. */
export class JoinedToolBoxes implements ToolBox {
  readonly #builtIn: ToolBox;
  readonly #others: ToolBox;

  constructor(builtIn: ToolBox, others: ToolBox) {
    this.#builtIn = builtIn;
    this.#others = others;
  }

  async list(signal: AbortSignal): Promise<readonly OfferedTool[]> {
    const [builtIn, others] = await Promise.all([
      this.#builtIn.list(signal),
      this.#others.list(signal),
    ]);
    return [...builtIn, ...others];
  }

  async call(invocation: ToolInvocation): Promise<ToolAnswer> {
    const builtIn = await this.#builtIn.list(invocation.signal);
    const isBuiltIn = builtIn.some(({ name }) => name === invocation.name);
    return await (isBuiltIn ? this.#builtIn : this.#others).call(invocation);
  }
}
