const secretWords =
  /(?:^|[^a-z])(?:token|secret|password|passwd|passphrase|pwd|pat|auth|authorization|credentials?|cookie|key|apikey|dsn)s?(?:$|[^a-z])/i;

/** Beginnings that issuers gave their keys so that they are found where they should not be. */
const issuedKeys =
  /(?:^|[^A-Za-z0-9])(?:sk-[\w-]{16}|gh[pousr]_\w{16}|github_pat_\w{16}|glpat-[\w-]{16}|xox[abeoprs]-[\w-]{8}|AKIA[0-9A-Z]{12}|AIza[\w-]{20}|hf_\w{16}|npm_\w{16}|eyJ[\w-]{10,}\.[\w-]+\.)/;

/** Long, without spaces, of letters and digits mixed: what nobody types by hand. */
const random = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+=_-]{32,}$/;

/** Whether something with this name usually holds a secret: `GITHUB_TOKEN`, `X-Api-Key`. */
export function isSecretName(name: string): boolean {
  return secretWords.test(name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** Whether a text looks like a key, whatever its name. */
export function isSecretValue(value: string): boolean {
  return issuedKeys.test(value) || random.test(value);
}

/** Whether an address carries a secret: a password, or a parameter that is one. */
export function isSecretAddress(address: string): boolean {
  if (!URL.canParse(address)) return isSecretValue(address);
  const { password, searchParams, pathname } = new URL(address);
  if (password !== "" || pathname.split("/").some(isSecretValue)) return true;
  return [...searchParams].some(([name, value]) => isSecretName(name) || isSecretValue(value));
}

/** What is a switch or nothing is no secret, whatever its name. */
export function isUnlikelyPlain(literal: string): boolean {
  return literal !== "" && !/^(?:true|false|yes|no|on|off|none|\d{1,3})$/i.test(literal);
}

/** A text without `${…}`: what is left of it would be kept as it stands. */
export function withoutPlaceholders(text: string): string {
  return text.replaceAll(/\$\{[^{}]*\}/g, "").trim();
}

/** The first argument that is a secret, by what stands before it, in it or by itself: its number. */
export function secretArgument(args: readonly string[]): number | undefined {
  const found = args.findIndex((whole, index) => {
    const argument = withoutPlaceholders(whole);
    const [option = "", ...value] = argument.split("=");
    if (value.join("=") !== "" && option.startsWith("-") && isSecretName(option)) return true;
    const before = args[index - 1] ?? "";
    const isValue = /^--?[A-Za-z]/.test(before) && !before.includes("=");
    const isText = argument !== "" && !argument.startsWith("-");
    if (isValue && isText && isSecretName(before)) return true;
    if (holdsSecretPair(argument) || isSecretUrl(argument)) return true;
    return isSecretValue(value.length > 0 ? value.join("=") : argument);
  });
  return found < 0 ? undefined : found;
}

/** `NAME=value` or `Name: value`, of a program's variable, a header or JSON; the scheme is no value. */
const pairs =
  /(?<![\w./-])([\w.-]+)["']?\s*[=:]\s*["']?(?:(?:Bearer|Basic|Token)(?:\s+|$))?(?=([^\s;,"'&]*))/gi;

function holdsSecretPair(argument: string): boolean {
  return [...argument.matchAll(pairs)].some(
    ([, name = "", value = ""]) => isSecretName(name) && isUnlikelyPlain(value),
  );
}

function isSecretUrl(argument: string): boolean {
  return argument.includes("://") && isSecretAddress(argument);
}
