import { isMap, isScalar, type Node, type YAMLMap } from "yaml";

/** A document of the specification by itself: it has no kind, and says what it is and does. */
export function isBareWorkflow(root: Node): root is YAMLMap {
  return isMap(root) && !root.has("kind") && !root.has("apiVersion") && isDefinition(root);
}

function isDefinition(root: YAMLMap): boolean {
  return root.has("do") && isMap(root.get("document", true));
}

/** `document.name` of a bare workflow, after which its resource is called; empty for none. */
export function nameOfBareWorkflow(root: YAMLMap): string {
  const name = root.getIn(["document", "name"], true);
  return isScalar(name) && typeof name.value === "string" ? name.value : "";
}
