import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Invocation } from "../invocation.ts";
import { followTurn, startTurn } from "./execute-turn.ts";
import { finishTurn } from "./finish-turn.ts";
import { TurnLimits } from "./turn-limits.ts";
import { turnSpec } from "./turn-spec.ts";

/** Whom a chat speaks with: an agent, and after the first message its session. */
export interface ChatPartner {
  readonly agent: string;
  readonly session: string;
}

export interface ChatTurnEnd extends CommandResult {
  readonly exitCode: number;
  readonly partner: ChatPartner;
}

/** One message and its answer. Ctrl-C cancels the answer and not the chat. */
export async function chatTurn(
  invocation: Invocation,
  context: CommandContext,
  { partner, message }: { readonly partner: ChatPartner; readonly message: string },
): Promise<ChatTurnEnd> {
  using limits = new TurnLimits(invocation, context);
  using _intercepted = context.terminal.canAsk
    ? context.interruption.intercept(() => limits.stop("interrupted"))
    : undefined;
  const execution = await startTurn(context, {
    ...(await turnSpec(invocation, context)),
    ...partner,
    message,
  });
  const end = await followTurn(execution.metadata?.id ?? "", context, limits);
  const result = await finishTurn(end, { context, limits });
  const session = execution.spec?.session || partner.session;
  return {
    ...result,
    exitCode: result.exitCode ?? exitCodes.done,
    partner: { agent: partner.agent, session },
  };
}
