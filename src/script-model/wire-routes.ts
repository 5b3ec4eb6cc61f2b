import type { GenerateRoute, InfoRoute, Wire } from "./wire.ts";
import { wires } from "./wires.ts";

export type Route = { readonly wire: Wire } & (
  | {
      readonly kind: "generate";
      readonly generate: GenerateRoute;
      readonly groups: Readonly<Record<string, string>>;
    }
  | { readonly kind: "info"; readonly info: InfoRoute }
);

/** The route that takes a request, by method, path and, where wires share a path, a header. */
export function findRoute({ method, headers }: Request, pathname: string): Route | undefined {
  for (const wire of wires) {
    for (const generate of method === "POST" ? wire.generate : []) {
      const match = generate.path.exec(pathname);
      if (match) return { wire, kind: "generate", generate, groups: match.groups ?? {} };
    }
    const info = wire.info.find((route) => takes(route, method, pathname, headers));
    if (info) return { wire, kind: "info", info };
  }
  return undefined;
}

function takes(route: InfoRoute, method: string, pathname: string, headers: Headers): boolean {
  const rightHeader = route.header === undefined || headers.has(route.header);
  return route.method === method && rightHeader && route.path.test(pathname);
}
