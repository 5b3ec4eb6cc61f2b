import type { DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import { nearestName } from "../../contract/nearest-name.ts";

/** Services of the contract in the order of their names. */
export function servicesOf(registry: Registry): DescService[] {
  return [...registry]
    .filter((type) => type.kind === "service")
    .toSorted((left, right) => left.typeName.localeCompare(right.typeName));
}

/**
 * The method that `SERVICE/METHOD` names; the package of the service may be left out.
 *
 * @throws StigmerError `usage` when it names none, with the nearest name.
 */
export function findMethod(services: readonly DescService[], name: string): DescMethod {
  const slash = name.lastIndexOf("/");
  const serviceName = name.slice(name.startsWith("/") ? 1 : 0, Math.max(0, slash));
  const service = services.find(
    ({ typeName, name: short }) => typeName === serviceName || short === serviceName,
  );
  if (!service) throw unknownService(services, serviceName);
  const methodName = name.slice(slash + 1);
  const method = service.methods.find((candidate) => candidate.name === methodName);
  if (!method) throw unknownMethod(service, methodName);
  return method;
}

function unknownService(services: readonly DescService[], name: string): StigmerError {
  const nearest = nearestName(
    name,
    services.flatMap(({ typeName, name: short }) => [typeName, short]),
  );
  return new StigmerError("usage", `There is no service "${name}".`, {
    hint: nearest === undefined ? "stigmer api lists them" : `Did you mean ${nearest}?`,
  });
}

function unknownMethod(service: DescService, name: string): StigmerError {
  const known = service.methods.map((method) => method.name);
  const nearest = nearestName(name, known);
  return new StigmerError("usage", `${service.name} has no method "${name}".`, {
    hint:
      nearest === undefined
        ? `It has: ${known.join(", ")}`
        : `Did you mean ${service.name}/${nearest}?`,
  });
}
