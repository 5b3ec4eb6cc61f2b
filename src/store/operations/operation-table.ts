import type { Transaction } from "../transaction.ts";

export interface Operation<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

/** One function per named operation; the compiler asks for exactly these. */
export type OperationTable<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends Operation<infer Input, infer Output>
    ? (tx: Transaction, input: Input) => Output
    : never;
};
