import { isJsonMap, type Json, type JsonMap } from "../../../contract/json.ts";
import type { EventFilter, EventStrategy } from "../../../workflow/definition/event.ts";
import { type EvaluationScope, Expression } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";

/** Stands for events of any type. */
const anyType = "";

/** Which events a strategy takes, one after the other, and when it has all. */
export class EventCollector {
  readonly #strategy: EventStrategy;
  readonly #scope: EvaluationScope;
  readonly #kept: Json[] = [];
  readonly #matched = new Set<EventFilter>();
  /** What correlated events must agree on: given, or from the first that came. */
  readonly #expected = new Map<string, Json>();
  readonly #until: EventCollector | undefined;

  constructor(strategy: EventStrategy, scope: EvaluationScope) {
    this.#strategy = strategy;
    this.#scope = scope;
    const until = strategy.kind === "any" ? strategy.until : undefined;
    this.#until = until?.kind === "events" ? new EventCollector(until.strategy, scope) : undefined;
  }

  get isDone(): boolean {
    const strategy = this.#strategy;
    if (strategy.kind === "all")
      return strategy.filters.every((filter) => this.#matched.has(filter));
    if (strategy.kind === "one" || !strategy.until) return this.#kept.length > 0;
    if (this.#until) return this.#until.isDone;
    const { until } = strategy;
    return (
      until.kind === "expression" &&
      this.#kept.length > 0 &&
      until.expression.holds({ ...this.#scope, input: this.#kept.map(dataOf) })
    );
  }

  /** Types of the events to look at; with an empty one, all. */
  get types(): readonly string[] {
    const own = this.#filters.map((filter) => literalType(filter.with.get("type")));
    const types = new Set([...(own.length === 0 ? [anyType] : own), ...(this.#until?.types ?? [])]);
    return types.has(anyType) ? [anyType] : [...types];
  }

  wants(event: Json): boolean {
    return this.#until?.wants(event) === true || this.#filterOf(event) !== undefined;
  }

  /** `kept`: it is one of those that were waited for; `ended`: it only ends the wait. */
  take(event: Json): "kept" | "ended" {
    if (this.#until?.wants(event) === true) {
      this.#until.take(event);
      return "ended";
    }
    const filter = this.#filterOf(event);
    if (filter && filter !== "any") {
      this.#matched.add(filter);
      this.#remember(filter, event);
    }
    this.#kept.push(event);
    return "kept";
  }

  get #filters(): readonly EventFilter[] {
    return this.#strategy.kind === "one" ? [this.#strategy.filter] : this.#strategy.filters;
  }

  /** The filter that takes an event; of `all`, one that has none yet. */
  #filterOf(event: Json): EventFilter | "any" | undefined {
    const filters = this.#filters;
    if (filters.length === 0) return "any";
    const open =
      this.#strategy.kind === "all" ? filters.filter((each) => !this.#matched.has(each)) : filters;
    return open.find((filter) => this.#matches(filter, event));
  }

  #matches(filter: EventFilter, event: Json): boolean {
    if (!isJsonMap(event)) return false;
    const attributes = [...filter.with].every(([name, wanted]) =>
      matchesAttribute(name, wanted, { event, scope: this.#scope }),
    );
    return (
      attributes &&
      this.#correlations(filter, event).every(([name, value, expected]) => {
        const known = this.#expected.get(name) ?? expected;
        return known === undefined || Bun.deepEquals(known, value);
      })
    );
  }

  #remember(filter: EventFilter, event: Json): void {
    if (!isJsonMap(event)) return;
    for (const [name, value] of this.#correlations(filter, event)) {
      if (!this.#expected.has(name)) this.#expected.set(name, value);
    }
  }

  #correlations(filter: EventFilter, event: JsonMap): [string, Json, Json | undefined][] {
    return [...(filter.correlate ?? [])].map(([name, { from, expect }]) => [
      name,
      from.evaluate({ ...this.#scope, input: event }),
      expect && evaluateTemplate(expect, this.#scope),
    ]);
  }
}

/** Equal, like a regular expression, or as an expression says. */
function matchesAttribute(
  name: string,
  wanted: Template,
  { event, scope }: { readonly event: JsonMap; readonly scope: EvaluationScope },
): boolean {
  const value = event[name] ?? null;
  if (wanted.kind === "expression") {
    const input = name === "data" ? value : event;
    const given = wanted.expression.evaluate({ ...scope, input });
    return typeof given === "boolean" ? given : Bun.deepEquals(given, value);
  }
  const literal = evaluateTemplate(wanted, scope);
  if (Bun.deepEquals(literal, value)) return true;
  return typeof literal === "string" && typeof value === "string" && isLike(value, literal);
}

/** A text without any is no pattern. */
const patternCharacters = /[\\^$*+?()[\]{}|]/;

/** A pattern of jq, which takes no more time than it is given. */
const patternTest = new Expression('test("^(?:" + $pattern + ")$")', "", ["pattern"]);

function isLike(value: string, pattern: string): boolean {
  if (!patternCharacters.test(pattern)) return false;
  try {
    return patternTest.holds({ input: value, variables: { pattern }, now: () => 0 });
  } catch {
    // A text that is no pattern is only equal to itself.
    return false;
  }
}

function literalType(wanted: Template | undefined): string {
  const value = wanted?.kind === "constant" ? wanted.value : undefined;
  return typeof value === "string" && !patternCharacters.test(value) ? value : anyType;
}

function dataOf(event: Json): Json {
  return isJsonMap(event) ? (event["data"] ?? null) : null;
}
