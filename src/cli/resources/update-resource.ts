import { toStigmerError } from "../../contract/errors.ts";

/**
 * Reads a resource, changes it and writes it back under the version that was read, so that nobody's
 * change is lost. When somebody else was faster it is read and changed once more.
 *
 * @throws StigmerError `conflict` when that happens twice.
 */
export async function updateResource<T>(steps: {
  readonly read: () => Promise<T>;
  readonly change: (resource: T) => void;
  readonly write: (resource: T) => Promise<T>;
}): Promise<T> {
  const once = async (): Promise<T> => {
    const resource = await steps.read();
    steps.change(resource);
    return await steps.write(resource);
  };
  try {
    return await once();
  } catch (thrown) {
    if (toStigmerError(thrown).code !== "conflict") throw thrown;
    return await once();
  }
}
