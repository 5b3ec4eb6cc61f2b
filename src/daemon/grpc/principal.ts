/** On whose behalf a call is made. */
export type Principal =
  /** The person who owns the data folder. */
  | { readonly kind: "user" }
  /** A runner process that this daemon started; it speaks `RunnerController` and nothing else. */
  | { readonly kind: "runner"; readonly runnerId: string }
  /** Nobody we know, on a method that is public. */
  | { readonly kind: "anonymous" };

/** Whom a bearer token stands for; undefined when it is not, or no longer, one of ours. */
export type Authenticate = (token: string) => Principal | undefined;
