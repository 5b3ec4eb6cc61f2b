import { StigmerError } from "../contract/errors.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Facts are flat: whoever logs picks what matters, so that no request, prompt or secret slips in. */
export type LogField = string | number | boolean | Date | Error | readonly string[] | undefined;
export type LogFields = Readonly<Record<string, LogField>>;

/** Writes facts: a constant sentence and fields, as in `info("execution claimed", { executionId })`. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each fact. */
  child(fields: LogFields): Logger;
}

/** Takes one line, without its end, at a time. Never throws: a full disk must not stop the work. */
export interface LogSink {
  write(line: string): void;
}

export interface LoggerOptions {
  readonly sink: LogSink;
  /** The least level that is written. */
  readonly level: LogLevel;
  readonly now?: () => Date;
  /** Applied to each finished line; replaces secret values that are known by now. */
  readonly redact?: (line: string) => string;
}

/** A longer line loses its fields, so that one fact cannot fill a log. */
const longestLine = 32 * 1024;

/** A logger of one JSON object per line: `{"time":…,"level":…,"message":…,…fields}`. */
export function createLogger(options: LoggerOptions, context: LogFields = {}): Logger {
  const now = options.now ?? (() => new Date());
  const redact = options.redact ?? ((line: string) => line);
  const write = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (logLevels.indexOf(level) < logLevels.indexOf(options.level)) return;
    const head = { time: now().toISOString(), level, message };
    options.sink.write(redact(toLine(head, { ...context, ...fields })));
  };
  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    child: (fields) => createLogger(options, { ...context, ...fields }),
  };
}

interface LineHead {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
}

/** The head comes first and a field of the same name does not replace it. */
function toLine(head: LineHead, fields: LogFields): string {
  const plain = Object.entries(fields)
    .filter(([name]) => !Object.hasOwn(head, name))
    .map(([name, value]) => [name, plainField(value)] as const);
  const line = JSON.stringify({ ...head, ...Object.fromEntries(plain) });
  if (line.length <= longestLine) return line;
  const message = head.message.slice(0, longestLine / 2);
  return JSON.stringify({
    ...head,
    message,
    fieldsLeftOut: plain.map(([name]) => name).slice(0, 20),
  });
}

function plainField(value: LogField): unknown {
  return value instanceof Error ? plainError(value) : value;
}

/** Causes are followed a few steps only: a chain can be long, or lead back to itself. */
function plainError(error: Error, depth = 4): unknown {
  return {
    name: error.name,
    ...(error instanceof StigmerError ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error && depth > 0
      ? { cause: plainError(error.cause, depth - 1) }
      : {}),
  };
}
