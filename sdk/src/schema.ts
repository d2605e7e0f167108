// The one schema language: valibot, with names that read well in a manifest and carry what a form needs.
// Schemas are evaluated when the catalog is built; at run time only their JSON Schema is read.
import * as v from "valibot";
import { secretName as secretNameAbout } from "./ports/secrets.ts";

export type Schema<T = unknown> = v.GenericSchema<unknown, T>;
export type InferSchema<S> = S extends v.GenericSchema<unknown, infer T> ? T : never;

interface About {
  /** What a form writes beside the field. */
  readonly title?: string;
  /** One sentence of help, and where to get the value. */
  readonly help?: string;
}

interface TextAbout extends About {
  readonly format?: "uri" | "email";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
}

interface NumberAbout extends About {
  readonly min?: number;
  readonly max?: number;
}

function described<S extends v.GenericSchema>(schema: S, about: About) {
  return v.pipe(schema, v.title(about.title ?? ""), v.description(about.help ?? "")) as unknown as S;
}

function string(about: TextAbout = {}): v.GenericSchema<string, string> {
  const checks: v.PipeAction<string, string, v.BaseIssue<unknown>>[] = [];
  if (about.format === "uri") checks.push(v.url());
  if (about.format === "email") checks.push(v.email());
  if (about.minLength !== undefined) checks.push(v.minLength(about.minLength));
  if (about.maxLength !== undefined) checks.push(v.maxLength(about.maxLength));
  if (about.pattern) checks.push(v.regex(about.pattern));
  return described(v.pipe(v.string(), ...checks) as v.GenericSchema<string, string>, about);
}

function bounded(schema: v.GenericSchema<number, number>, about: NumberAbout) {
  const checks: v.PipeAction<number, number, v.BaseIssue<unknown>>[] = [];
  if (about.min !== undefined) checks.push(v.minValue(about.min));
  if (about.max !== undefined) checks.push(v.maxValue(about.max));
  return described(v.pipe(schema, ...checks) as v.GenericSchema<number, number>, about);
}

export const s = {
  string,
  number: (about: NumberAbout = {}) => bounded(v.number(), about),
  integer: (about: NumberAbout = {}) => bounded(v.pipe(v.number(), v.integer()), about),
  boolean: (about: About = {}) => described(v.boolean(), about),
  /** One of a fixed list of words. */
  choice: <const T extends readonly [string, ...string[]]>(options: T, about: About = {}) =>
    described(v.picklist(options), about),
  list: <S extends v.GenericSchema>(item: S, about: About = {}) => described(v.array(item), about),
  /** Any names, each with a value of one shape. */
  record: <S extends v.GenericSchema>(value: S, about: About = {}) => described(v.record(v.string(), value), about),
  /** Unknown keys are refused. */
  object: <T extends v.ObjectEntries>(entries: T, about: About = {}) => described(v.strictObject(entries), about),
  /** May be absent; with a default it is filled in. */
  optional: <S extends v.GenericSchema>(schema: S) => v.optional(schema),
  withDefault: <S extends v.GenericSchema, const D extends v.Default<S, undefined>>(schema: S, value: D) =>
    v.optional(schema, value),
  /** A credential. Masked in each log line, config answer and form. Written as `${NAME}` in the config file. */
  secret: (about: About = {}) => described(v.pipe(v.string(), v.minLength(1), v.metadata({ secret: true })), about),
  /**
   * A variable that a program is given. Masked as a secret is, and may name one of the vault; a path or a plain word under
   * a name that is no secret's is still no secret wherever else it stands.
   */
  variable: (about: About = {}) =>
    described(v.pipe(v.string(), v.minLength(1), v.metadata({ secret: true, variable: true })), about),
  /** The name of a secret of the house, where nothing but a name may stand: whoever lists uses of a secret finds it. */
  secretName: (about: About = {}) =>
    described(v.pipe(string(secretNameAbout), v.metadata({ secretName: true })), about),
  either: <const T extends readonly v.GenericSchema[]>(options: T) => v.union(options as unknown as T),
  any: () => v.unknown(),
} as const;
