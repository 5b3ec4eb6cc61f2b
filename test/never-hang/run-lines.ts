import type { CommandEnd } from "../support/running-command.ts";
import { type Condition, nothingWrong, type Scene } from "./conditions.ts";
import { type Line, lines, silentServer } from "./lines.ts";

/** What each command is given, and the two seconds that it may take beyond. */
const deadline = "2s";
const limitMs = 4_000;
/** Killed then, so that the others are looked at too. */
const killedAfterMs = 6_000;

/** A little more than there are cores: most wait, but more would measure the machine. */
const usuallyAtOnce = 5;

/** The exit codes that are documented. */
const documented = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 78, 124, 130, 143]);

export interface Surroundings {
  readonly condition: Condition;
  readonly scene: Scene;
  /** `http://localhost:PORT` of a server that never answers. */
  readonly silentUrl: string;
}

interface NamedLine {
  readonly name: string;
  readonly line: Line;
}

/** Runs every command in the scene; a sentence for each that hangs or ends as it should not. */
export async function complaintsAbout(around: Surroundings): Promise<string[]> {
  const all: NamedLine[] = Object.entries(lines).flatMap(([name, own]) =>
    (around.condition.thorough ? own : own.slice(0, 1)).map((line) => ({ name, line })),
  );
  const queue = all.filter(({ line }) => !line.last);
  const suspects: NamedLine[] = [];
  const workers = Array.from({ length: around.condition.atOnce ?? usuallyAtOnce }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      // oxlint-disable-next-line no-await-in-loop -- each worker runs one at a time
      if ((await complaintsAboutLine(around, next)).length > 0) suspects.push(next);
    }
  });
  await Promise.all(workers);
  // What hangs also hangs alone; what was only slow beside others on a busy machine does not.
  const alone = [...suspects, ...all.filter(({ line }) => line.last)];
  const complaints: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
  for (const line of alone) complaints.push(...(await complaintsAboutLine(around, line)));
  return complaints;
}

/** A sentence for each thing that is wrong with how one line ends. */
export async function complaintsAboutLine(
  { condition, scene, silentUrl }: Surroundings,
  { name, line }: NamedLine,
): Promise<string[]> {
  const args = (line.args ?? []).map((word) => (word === silentServer ? silentUrl : word));
  const words = [...name.split(" "), "--timeout", deadline, ...args];
  const { stdin, env = {} } = line;
  const given = stdin === undefined ? {} : { stdin };
  const end = await scene.start(words, { ...given, env, limitMs: killedAfterMs }).end();
  const isMistaken = condition.name === nothingWrong && end.exitCode === 2 && !line.asks;
  return [
    ...complaintsAboutEnd(end),
    ...(isMistaken ? [`is not a valid line: ${end.stderr}`] : []),
  ].map((what) => `${words.join(" ")}: ${what}`);
}

function complaintsAboutEnd({ exitCode, stdout, stderr, tookMs }: CommandEnd): string[] {
  const isLate = tookMs > limitMs;
  const isKnown = documented.has(exitCode);
  return [
    ...(isLate ? [`took ${Math.round(tookMs)} ms of ${limitMs} ms`] : []),
    ...(isLate || isKnown ? [] : [`ended with the undocumented code ${exitCode}: ${stderr}`]),
    ...(stackTrace.test(stderr + stdout) ? [`shows a stack trace: ${stderr}${stdout}`] : []),
  ];
}

/** `    at run (/src/cli.ts:3:5)`. */
const stackTrace = /^\s+at .*:\d+:\d+\)?$/m;
