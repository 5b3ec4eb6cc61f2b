import { StigmerError } from "../contract/errors.ts";
import { kindOfId } from "../contract/kinds.ts";

const maxLength = 63;

/** The slug of a name: lower-case words joined by hyphens. Throws when nothing is left of it. */
export function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, maxLength)
    .replaceAll(/^-+|-+$/g, "");
  if (slug !== "") return slug;
  throw invalid(
    "metadata.slug",
    `cannot be made from the name "${name}"`,
    "give metadata.slug: lower-case letters, digits and hyphens",
  );
}

/** A slug that looks like an id would make references ambiguous. */
export function refuseIdLikeSlug(slug: string): void {
  if (kindOfId(slug) === undefined) return;
  throw invalid("metadata.slug", `"${slug}" is shaped like an id`, "choose another slug");
}

function invalid(field: string, message: string, hint: string): StigmerError {
  return new StigmerError("invalid-argument", `${field}: ${message}`, {
    hint,
    violations: [{ field, rule: "slug", message }],
  });
}
