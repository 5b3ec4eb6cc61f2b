import type { Database } from "bun:sqlite";
import { translateSqliteError } from "./sqlite-errors.ts";

export type SqlValue = string | number | null | Uint8Array;
export type SqlParameters = Readonly<Record<string, SqlValue>>;

/** One SQLite connection whose errors are {@link StigmerError}s; statements are prepared once and kept. */
export class Connection implements Disposable {
  constructor(private readonly db: Database) {}

  get inTransaction(): boolean {
    return this.db.inTransaction;
  }

  /** The first row, or `undefined`. Parameters are named: `$id` in the text is `id` here. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- SQL text has no type of its own
  get<Row>(sql: string, parameters: SqlParameters = {}): Row | undefined {
    return (
      this.translated(() => this.db.query<Row, [SqlParameters]>(sql).get(parameters)) ?? undefined
    );
  }

  all<Row>(sql: string, parameters: SqlParameters = {}): Row[] {
    return this.translated(() => this.db.query<Row, [SqlParameters]>(sql).all(parameters));
  }

  /** Rows one by one; leaving the loop early ends the read. */
  *each<Row>(sql: string, parameters: SqlParameters = {}): Generator<Row> {
    const statement = this.translated(() => this.db.prepare<Row, [SqlParameters]>(sql));
    try {
      const rows = statement.iterate(parameters);
      for (let next = this.translated(() => rows.next()); !next.done;) {
        yield next.value;
        next = this.translated(() => rows.next());
      }
    } finally {
      statement.finalize();
    }
  }

  /** Runs one statement; returns how many rows it changed. */
  run(sql: string, parameters: SqlParameters = {}): number {
    return this.translated(
      () => this.db.query<unknown, [SqlParameters]>(sql).run(parameters).changes,
    );
  }

  /** Runs a script of several statements without parameters. */
  script(sql: string): void {
    this.translated(() => this.db.run(sql));
  }

  [Symbol.dispose](): void {
    this.db.close(false);
  }

  private translated<T>(action: () => T): T {
    try {
      return action();
    } catch (thrown) {
      throw translateSqliteError(thrown);
    }
  }
}
