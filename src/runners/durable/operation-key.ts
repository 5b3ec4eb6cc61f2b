/** The operation that a key belongs to: `do#1/tools#1[3]` is a part of `do#1/tools#1`. */
export function operationOf(key: string): string {
  return key.endsWith("]") ? key.slice(0, key.lastIndexOf("[")) : key;
}

/** The scope, turn or branch that an operation stands in; empty at the top. */
export function pathOf(operation: string): string {
  return operation.slice(0, Math.max(0, operation.lastIndexOf("/")));
}

/** The key of something at a path. Names hold no slash. */
export function keyAt(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}
