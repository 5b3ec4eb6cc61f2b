import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { agentKind } from "../resources/agent-kind.ts";
import type { Project } from "./project.ts";

export interface Wanted {
  /** What was typed: an agent and a message, or one of both. */
  readonly words: readonly string[];
  /** The first word is an agent, whatever else it may be. */
  readonly namesAgent: boolean;
  readonly project: Project | undefined;
  /** Slugs of the project's agents. */
  readonly agents: readonly string[];
}

export interface ChosenAgent {
  readonly agent: string;
  /** Words of the message; none: nothing was said. */
  readonly words: readonly string[];
  /** Whether it is what runs when nobody is named. */
  readonly isDefault: boolean;
}

/** The daemon finds no resource by a longer name. */
const longestName = 200;

/**
 * Takes the first word as the agent when there is one of that name. Otherwise all words are for the
 * agent of the project: the one it names, or its only one.
 *
 * @throws StigmerError `not-found` for a word that looks like a mistyped name, and for any other
 * outside of a project; `usage` when nobody says which agent
 */
export async function chooseAgent(wanted: Wanted, daemon: DaemonConnection): Promise<ChosenAgent> {
  const [first, ...rest] = wanted.words;
  if (first === undefined || first === "-") return ofProject(wanted);
  if (await isAgent(first, wanted, daemon)) {
    const isDefault = first === defaultAgent(wanted);
    return { agent: first, words: rest, isDefault };
  }
  refuseMistyped(first, wanted);
  return ofProject(wanted);
}

async function isAgent(
  word: string,
  { agents, namesAgent, project }: Wanted,
  daemon: DaemonConnection,
): Promise<boolean> {
  if (agents.includes(word)) return true;
  const mustBe = namesAgent || project === undefined;
  if (word.trim() === "" || (word.length > longestName && !mustBe)) return false;
  try {
    await agentKind.get(daemon, word);
    return true;
  } catch (thrown) {
    if (toStigmerError(thrown).code === "not-found" && !mustBe) return false;
    throw thrown;
  }
}

/** A message of one word may look like a name; saying it in two is no trouble. */
function refuseMistyped(word: string, { agents, words }: Wanted): void {
  const nearest = /\s/.test(word) ? undefined : nearestName(word, agents);
  if (nearest === undefined) return;
  const said = words.map((each) => (/^[\w.,!?-]+$/.test(each) ? each : JSON.stringify(each)));
  throw new StigmerError("not-found", `there is no agent "${word}"; did you mean "${nearest}"?`, {
    hint: `as a message: stigmer run ${nearest} ${said.join(" ")}`,
  });
}

function ofProject(wanted: Wanted): ChosenAgent {
  const agent = defaultAgent(wanted);
  if (agent !== undefined) return { agent, words: wanted.words, isDefault: true };
  throw nobodyNamed(wanted);
}

function defaultAgent({ project, agents }: Wanted): string | undefined {
  return project?.agent ?? (agents.length === 1 ? agents[0] : undefined);
}

function nobodyNamed({ project, agents }: Wanted): StigmerError {
  if (!project) {
    return new StigmerError("usage", "NAME is missing, and this folder is in no project.", {
      hint: 'stigmer run NAME "hello", or start a project: stigmer init DIR',
    });
  }
  if (agents.length === 0) {
    return new StigmerError("usage", `The project of ${project.file} has no agent.`, {
      hint: "Write one into agents/, or name a stored one: stigmer run NAME",
    });
  }
  return new StigmerError("usage", `This project has ${agents.length} agents; name one of them.`, {
    hint: `${agents.join(", ")}; or choose one with defaults.agent in ${project.file}`,
  });
}
