// The config in force. A change of the file is read, checked and only then swapped in; if anything is wrong the old
// stays and the owner is told. The last good file is kept beside it.
import { copyFileSync, existsSync, mkdirSync, renameSync, watch, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { Fault, type Json, type JsonSchema, type Log, toFault } from "@homarus/sdk";
import { type ConfigIssue, checkConfig, withDefaults } from "./check.ts";
import { type ConfigPath, editConfig } from "./edit.ts";
import { hiddenPlaces, isReference, maskConfig, maskedPlaces, maskRaw, secretsOf } from "./mask.ts";
import { type ConfigFile, parseConfig, readConfig } from "./read.ts";
import {
  type NamedSecret,
  namedSecrets,
  resolveSecrets,
  type SecretLookup,
  type SecretPlace,
  secretPlaces,
} from "./references.ts";
import type { HouseConfig } from "./schema.ts";

export interface ConfigFacts {
  readonly path: string;
  readonly exists: boolean;
  readonly raw: string;
  readonly parsed: Json;
  readonly resolved: Json;
  readonly valid: boolean;
  readonly hash: string;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

export interface LiveConfig {
  current(): HouseConfig;
  /** The file as it stands now, secrets masked; it may be worse than what is in force. */
  facts(): ConfigFacts;
  /** Checks, writes and swaps in. Rejects `invalid` with all issues when it is wrong: then nothing is changed. */
  write(raw: string, baseHash: string | undefined, by?: string): ConfigFacts;
  /** The same for single values of the file; undefined takes one out. Comments stay. */
  edit(changes: readonly ConfigChange[], baseHash: string | undefined, by?: string): ConfigFacts;
  /** Of the file whose settings are in force. */
  hash(): string;
  /** The file as it is, with what is secret in it; for what is kept of it. Empty where there is none. */
  text(): string;
  /** Puts a text back that `text` gave. */
  restore(text: string): void;
  /** Values that must not be logged. */
  secrets(): readonly string[];
  /** Where the file itself, without what it includes, has secrets or stands in for them. */
  places(): readonly SecretPlace[];
  /** Every place that names a secret of the vault, in the file and in what it includes: in force, and as they stand now. */
  references(): readonly NamedSecret[];
  /** Puts the config together anew, after a secret that it names has changed. Throws as the first reading does. */
  refresh(): void;
  readonly schema: JsonSchema;
  close(): void;
}

export interface ConfigChange {
  readonly path: ConfigPath;
  readonly value: Json | undefined;
}

export interface LiveConfigParts {
  readonly path: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly schema: JsonSchema;
  /** Values of the secrets that the config names. */
  readonly secret: SecretLookup;
  readonly log: Log;
  /** How texts with secrets in them are shown to whoever reads the config; absent: as they are. */
  readonly hide?: (text: string) => string;
  /** What is wrong that no schema can say; asked once the config fits its schema. */
  readonly faults?: (config: HouseConfig) => readonly ConfigIssue[];
  /** Called after a swap with the top-level sections that differ. */
  readonly onChange: (changed: readonly string[], swap: ConfigSwap) => void;
  /** False for a command that looks and goes. */
  readonly watch: boolean;
}

export interface ConfigSwap {
  /** Who changed it; undefined for whoever wrote the file itself. */
  readonly by: string | undefined;
  /** Paths of the settings that differ, with dots between. */
  readonly settings: readonly string[];
  /** Of the file as it is now. */
  readonly hash: string;
}

const settleMs = 150;

export function openConfig(parts: LiveConfigParts): LiveConfig {
  const { path, schema } = parts;
  let { file, config } = firstConfig(parts);
  const swap = (next: ConfigFile, by?: string): void => {
    const resolved = accept(next, parts);
    const before = config;
    [file, config] = [next, resolved];
    if (next.exists) copyFileSync(path, goodPath(path));
    const changed = Object.keys({ ...before, ...resolved }).filter((key) => !same(before, resolved, key));
    if (changed.length > 0) parts.onChange(changed, { by, settings: differing(before, resolved), hash: next.hash });
  };
  const reload = (): void => {
    try {
      const next = readConfig(path, parts.environment);
      if (next.hash === file.hash && same(next, file, "substituted")) return;
      swap(next);
      parts.log.info("config.reloaded", { path });
    } catch (thrown) {
      // The old config stays in force: a slip in the file must not take the house down.
      parts.log.warn("config.refused", { path, fault: toFault(thrown).toJSON() });
    }
  };
  const write = (raw: string, baseHash: string | undefined, by?: string): ConfigFacts => {
    const now = readConfig(path, anyEnvironment);
    if (now.exists && baseHash !== undefined && baseHash !== now.hash) {
      throw new Fault("invalid", "config.changed", "The config has changed since it was read.", {
        hint: "Read it again and repeat the change.",
      });
    }
    const text = restored(raw, now.parsed, parts);
    const next = parseConfig({ path, raw: text, exists: true }, parts.environment);
    accept(next, parts);
    writeAtomically(path, text);
    swap(next, by);
    return factsOf(path, parts);
  };
  const watcher = parts.watch ? watchFolder(path, reload) : undefined;
  return {
    schema,
    current: () => config,
    ...{ facts: () => factsOf(path, parts), hash: () => file.hash },
    secrets: () => secretsOf(config as unknown as Json, schema),
    places: () => secretPlaces(file.parsed, schema),
    references: () => [file, ...fileNow(path)].flatMap((one) => namedSecrets(one, schema)),
    refresh: () => swap(readConfig(path, parts.environment)),
    write,
    edit(changes, baseHash, by) {
      const { raw } = readConfig(path, anyEnvironment);
      const edited = changes.reduce((text, { path: place, value }) => editConfig(text, place, value), raw);
      return write(edited, baseHash, by);
    },
    text: () => readConfig(path, anyEnvironment).raw,
    restore(text) {
      if (text.trim() !== "") write(text, undefined);
    },
    close: () => watcher?.close(),
  };
}

function firstConfig(parts: LiveConfigParts): { file: ConfigFile; config: HouseConfig } {
  const { path, environment } = parts;
  try {
    const file = readConfig(path, environment);
    const config = accept(file, parts);
    if (file.exists && parts.watch) copyFileSync(path, goodPath(path));
    return { file, config };
  } catch (thrown) {
    if (!parts.watch || !existsSync(goodPath(path))) throw thrown;
    const { good, config } = lastGood(goodPath(path), parts, thrown);
    parts.log.error("config.refused", { path, using: goodPath(path), fault: toFault(thrown).toJSON() });
    return { file: { ...good, path }, config };
  }
}

/** What is wrong with the file itself is what its owner can mend. */
function lastGood(path: string, parts: LiveConfigParts, wrong: unknown): { good: ConfigFile; config: HouseConfig } {
  try {
    const good = readConfig(path, parts.environment);
    return { good, config: accept(good, parts) };
  } catch {
    throw wrong;
  }
}

/** None where it cannot be read: whoever asks for the facts is told what is wrong with it. */
function fileNow(path: string): readonly ConfigFile[] {
  try {
    return [readConfig(path, anyEnvironment)];
  } catch {
    return [];
  }
}

const goodPath = (path: string): string => `${path}.good`;

/** Paths of what is not the same in both; a list is one setting. */
function differing(before: unknown, after: unknown, path = ""): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [path];
  return Object.keys({ ...before, ...after }).flatMap((name) =>
    differing(before[name], after[name], path === "" ? name : `${path}.${name}`),
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function same<T extends object>(a: T, b: T, key: string): boolean {
  return JSON.stringify(a[key as keyof T]) === JSON.stringify(b[key as keyof T]);
}

/** The checked config with defaults, or a Fault that lists every issue. */
function accept(file: ConfigFile, parts: Checking): HouseConfig {
  const { config, issues } = composeConfig(file, parts);
  if (issues.length === 0) return withDefaults(config, parts.schema) as unknown as HouseConfig;
  const lines = issues.map((issue) => `  ${issue.path || "(the whole file)"} ${issue.message}`);
  throw new Fault(
    "config",
    "config.invalid",
    `The config file ${file.path} has ${issues.length === 1 ? "a fault" : `${issues.length} faults`}:\n${lines.join("\n")}`,
    {
      hint: "Mend these places; `homarus config schema` prints what is allowed.",
    },
  );
}

export type Checking = Pick<LiveConfigParts, "schema" | "secret" | "faults">;

/** With the secrets that it names; a name without a value is said once, not also as a value that does not fit. */
export function composeConfig(
  file: ConfigFile,
  { schema, secret, faults }: Checking,
): { readonly config: Json; readonly issues: readonly ConfigIssue[] } {
  const { config, issues } = resolveSecrets(file.substituted, schema, secret);
  const unfit = checkConfig(config, schema).filter(({ path }) => !issues.some((issue) => issue.path === path));
  const found = [...issues, ...unfit];
  const isFit = found.length === 0 && faults !== undefined;
  return { config, issues: isFit ? faults(withDefaults(config, schema) as unknown as HouseConfig) : found };
}

function factsOf(path: string, parts: LiveConfigParts): ConfigFacts {
  const { schema } = parts;
  let file: ConfigFile;
  let whole: ReturnType<typeof composeConfig>;
  try {
    file = readConfig(path, parts.environment);
    whole = composeConfig(file, parts);
  } catch (thrown) {
    // A file that cannot be read is a fact to report, not a reason to fail the question.
    const message = toFault(thrown).message;
    return {
      path,
      exists: existsSync(path),
      raw: "",
      parsed: {},
      resolved: {},
      valid: false,
      hash: "",
      issues: [{ path: "", message }],
      warnings: [],
    };
  }
  const { issues } = whole;
  const secrets = secretsOf(file.parsed, schema).filter((secret) => !isReference(secret));
  const warnings =
    secrets.length === 0
      ? []
      : [
          {
            path: "",
            message: `${secrets.length} secret(s) stand in the file itself: homarus secrets import moves them into the vault`,
          },
        ];
  const resolved = withDefaults(whole.config, schema) ?? {};
  return {
    ...{ path, exists: file.exists, hash: file.hash, valid: issues.length === 0, issues, warnings },
    raw: maskRaw(file.raw, secrets),
    parsed: maskConfig(file.parsed, schema),
    resolved: maskConfig(resolved, schema),
  };
}

/** Masked secrets of a text that comes back from a form are what they were; the rest stays as written. */
function restored(
  raw: string,
  before: Json,
  { schema, hide = (text) => text }: Pick<LiveConfigParts, "schema" | "hide">,
): string {
  const { parsed } = parseConfig({ path: "(given)", raw, exists: true }, anyEnvironment);
  const places = [...maskedPlaces(parsed, before, schema), ...hiddenPlaces(parsed, before, hide)];
  return places.reduce((text, { path, value }) => editConfig(text, path, value), raw);
}

/** Every variable is set and empty: to read a file's shape without its values. */
const anyEnvironment: Readonly<Record<string, string>> = new Proxy({}, { get: () => "" });

function writeAtomically(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  } catch (cause) {
    throw new Fault(
      "config",
      "config.unwritable",
      `The config file ${path} cannot be written: ${(cause as Error).message}.`,
      {
        cause,
        hint: "Check the permissions of its folder and that the disk is not full.",
      },
    );
  }
}

/** Editors replace files, so the folder is watched, not the file. */
function watchFolder(path: string, changed: () => void): { close(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const name = basename(path);
  const watcher = watch(dirname(path), (_, file) => {
    if (file !== name) return;
    clearTimeout(timer);
    timer = setTimeout(changed, settleMs);
  });
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
