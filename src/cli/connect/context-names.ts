import { dataFolderAt } from "../../system/data-folder.ts";
import { dataHome, type Variables } from "../../system/environment.ts";
import { localContext } from "./context-record.ts";
import { ContextStore } from "./context-store.ts";

/** Every context there is and where it is: what shell completion offers. */
export async function contextNames(
  variables: Variables,
): Promise<{ readonly word: string; readonly meaning: string }[]> {
  const folder = dataFolderAt({ home: dataHome(variables) });
  const records = await new ContextStore(folder, variables).list();
  return [
    { word: localContext, meaning: "this machine" },
    ...records.map(({ name, server }) => ({ word: name, meaning: server })),
  ];
}
