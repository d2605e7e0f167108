// The log: an event name and fields, one line each, as JSON or plain text, and beside it as JSON for a file. Secrets
// never reach either: fields of a secret's name are masked, and so is every known secret value wherever it turns up.
import { isFault, type Log, type LogFields, namesSecret } from "@homarus/sdk";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: "plain" | "json";
}

export interface LogCopy {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
}

export interface HouseLog extends Log {
  /** Takes out of each line what must never be written. Replaces what did so before. */
  hide(redact: (line: string) => string): void;
  set(settings: LogSettings): void;
  /** Gives each line of this level and above to a file as well, as JSON. Undefined ends that. */
  copyTo(file: LogCopy | undefined): void;
  /** A log whose lines carry these fields too. */
  with(fields: LogFields): Log;
}

const order: readonly LogLevel[] = ["debug", "info", "warn", "error", "silent"];
const mask = "***";

export function createLog(settings: LogSettings, write: (line: string) => void): HouseLog {
  let { level, format } = settings;
  let hide = (text: string): string => text;
  let copy: LogCopy | undefined;
  const line = (at: Exclude<LogLevel, "silent">, event: string, fields: LogFields): void => {
    const isShown = reaches(at, level);
    const isCopied = copy !== undefined && reaches(at, copy.level);
    if (!isShown && !isCopied) return;
    const masked = JSON.stringify(fields, maskField);
    const json = isCopied || format === "json" ? hide(jsonLine(at, event, masked)) : "";
    if (isCopied) copy?.write(json);
    if (isShown) write(format === "json" ? json : hide(plainLine(at, event, masked)));
  };
  const bound = (more: LogFields): Log => ({
    debug: (event, fields = {}) => line("debug", event, { ...more, ...fields }),
    info: (event, fields = {}) => line("info", event, { ...more, ...fields }),
    warn: (event, fields = {}) => line("warn", event, { ...more, ...fields }),
    error: (event, fields = {}) => line("error", event, { ...more, ...fields }),
  });
  return {
    ...bound({}),
    with: bound,
    hide: (redact) => {
      hide = redact;
    },
    set: (next) => ({ level, format } = next),
    copyTo: (file) => {
      copy = file;
    },
  };
}

function reaches(at: LogLevel, level: LogLevel): boolean {
  return order.indexOf(at) >= order.indexOf(level);
}

/** `this` holds the value before its own toJSON: a Fault's would leave its cause out. */
function maskField(this: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = this[key];
  return namesSecret(key) && typeof value === "string" ? mask : plain(value);
}

function plain(value: unknown): unknown {
  if (isFault(value))
    return { ...value.toJSON(), ...(value.cause === undefined ? {} : { cause: String(value.cause) }) };
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === "bigint" ? value.toString() : value;
}

function jsonLine(level: string, event: string, fields: string): string {
  const rest = fields === "{}" ? "" : `,${fields.slice(1, -1)}`;
  return `{"at":"${new Date().toISOString()}","level":"${level}","event":${JSON.stringify(event)}${rest}}\n`;
}

function plainLine(level: string, event: string, fields: string): string {
  const pairs = Object.entries(JSON.parse(fields) as Record<string, unknown>).map(
    ([key, value]) => `${key}=${typeof value === "string" && !/\s/.test(value) ? value : JSON.stringify(value)}`,
  );
  return `${[new Date().toISOString(), level.padEnd(5), event, ...pairs].join(" ")}\n`;
}
