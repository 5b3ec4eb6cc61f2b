import { StigmerError } from "../contract/errors.ts";
import { childTagVariable } from "../system/child-sweep.ts";
import { isCodeLoadingVariable, type Variables } from "../system/environment.ts";

const inherited = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "TMPDIR"] as const;

/** What a child inherits from, and how a sweep finds it. */
export interface ChildSurroundings {
  readonly environment: Variables;
  readonly childTag: string;
}

/**
 * The whole environment of a server or a script: a few basic variables, what its definition declares, and the
 * tag for the sweep. Secrets of the user's shell do not reach one that did not ask for them.
 *
 * @param subject whose it is, as the subject of a sentence
 * @throws StigmerError `refused` for a variable that could run code, `invalid-argument` for a name
 *   or value the system cannot hold
 */
export function childEnvironment(
  subject: string,
  declared: Readonly<Record<string, string>>,
  host: ChildSurroundings,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of inherited) {
    const value = host.environment[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, value] of Object.entries(declared)) {
    checkVariable(subject, name, value);
    environment[name] = value;
  }
  return { ...environment, [childTagVariable]: host.childTag };
}

function checkVariable(subject: string, name: string, value: string): void {
  if (isCodeLoadingVariable(name)) {
    throw new StigmerError(
      "refused",
      `${subject} may not set ${name}: it could run code of its own choice`,
      { hint: `remove ${name} from the environment of ${subject}` },
    );
  }
  if (name === "" || name.includes("=") || `${name}${value}`.includes("\0")) {
    throw new StigmerError(
      "invalid-argument",
      `${subject} declares a variable the system cannot hold: ${JSON.stringify(name)}`,
      { hint: "a name is not empty and has no '='; neither name nor value has a zero byte" },
    );
  }
}
