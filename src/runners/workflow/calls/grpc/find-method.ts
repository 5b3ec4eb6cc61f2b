import type { DescMethod, DescService, FileRegistry } from "@bufbuild/protobuf";
import { nearestName } from "../../../../contract/nearest-name.ts";
import { standardFailure } from "../../workflow-failure.ts";

/** @param service its full name, or the end of it where only one has it */
export function findMethod(registry: FileRegistry, service: string, name: string): DescMethod {
  const found = findService(registry, service);
  const method = found.methods.find((one) => one.name === name);
  if (method !== undefined) return method;
  const nearest = nearestName(
    name,
    found.methods.map((one) => one.name),
  );
  const guess = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  throw standardFailure("configuration", `${found.typeName} has no method "${name}"${guess}`);
}

function findService(registry: FileRegistry, name: string): DescService {
  const exact = registry.getService(name);
  if (exact) return exact;
  const services = [...registry].filter((one) => one.kind === "service");
  const [only, ...others] = services.filter(({ typeName }) => typeName.endsWith(`.${name}`));
  if (only && others.length === 0) return only;
  const known = services.map(({ typeName }) => typeName).join(", ");
  throw standardFailure(
    "configuration",
    `there is no service "${name}"; there are: ${known.slice(0, 500)}`,
  );
}
