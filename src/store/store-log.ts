type LogFields = Readonly<Record<string, string | number | boolean>>;

/** What the store needs of a logger. */
export interface StoreLog {
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
