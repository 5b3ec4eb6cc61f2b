import { isTest, withoutComments, type SourceTree } from "./source-tree.ts";

const maxLines = 300;
/** A table of claims over one set-up reads better whole than cut in two. */
const maxTestLines = 450;

/** Files that are clearer long than cut, each with its reason. */
const longFiles: Readonly<Record<string, string>> = {};

const vagueName = /(^|[/-])(utils?|helpers?|common|managers?|misc|index)(\.test)?\.ts$/;
const vagueFolder = /\/(utils?|helpers?|common|managers?|misc)\//;

/** One reading of one file; a sentence when it smells. */
type Smell = (path: string, text: string) => string | undefined;

const smells: readonly Smell[] = [
  (path) =>
    vagueName.test(path) || vagueFolder.test(path) ? "has a name that says nothing" : undefined,
  (path, text) => {
    const lines = text.split("\n").length - 1;
    const limit = path.endsWith(".test.ts") ? maxTestLines : maxLines;
    return lines <= limit || path in longFiles ? undefined : `has ${lines} lines`;
  },
  (_, text) => (/\b(TO[D]O|FIX[M]E|XX[X])\b/.test(text) ? "leaves work for later" : undefined),
  (_, text) => (/^\s*\/[/*]\s*[-=*#─]{4,}/m.test(text) ? "has a banner" : undefined),
  (_, text) => (isBarrel(withoutComments(text)) ? "only passes on what others export" : undefined),
  (path, text) =>
    !isTest(path) && path.startsWith("src/") && moduleState.test(withoutComments(text))
      ? "keeps state in its module"
      : undefined,
];

/** A variable, or a collection that starts empty and so can only be filled later. */
const moduleState =
  /^(export )?(let|var) |^(export )?const \w+(: [^=]+)? = (new (Map|Set|WeakMap|WeakSet)(<[^=;]*>)?\(\)|\[\]|\{\});/m;

export function smellsOf(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) =>
    smells.flatMap((smell) => {
      const found = smell(path, text);
      return found === undefined ? [] : [`${path} ${found}`];
    }),
  );
}

function isBarrel(code: string): boolean {
  if (/^export \* from /m.test(code)) return true;
  const rest = code.replaceAll(/^export (type )?\{[^}]*\} from "[^"]+";/gm, "").trim();
  return rest === "" && code.trim() !== "";
}
