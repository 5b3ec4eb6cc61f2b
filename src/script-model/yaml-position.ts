import { type Document, isMap, isNode, isScalar } from "yaml";

type Path = readonly PropertyKey[];

/** Offset of the value at `path`, or of its nearest written ancestor. */
export function positionOfValue(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Offset of `key` in the map at `path`. */
export function positionOfKey(document: Document, path: Path, key: string): number {
  const map = document.getIn(path, true);
  const pair = isMap(map)
    ? map.items.find(({ key: node }) => isScalar(node) && String(node.value) === key)
    : undefined;
  return isScalar(pair?.key) && pair.key.range
    ? pair.key.range[0]
    : positionOfValue(document, path);
}
