// What a command is: its words as data, and what its code is handed.

export interface OptionWords {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** May be given several times; its values come as one text with commas. */
  readonly isList?: true;
  readonly help: string;
}

export interface CommandWords {
  readonly name: string;
  /** What follows the name, for example `<channel> <code>`. */
  readonly operands: string;
  readonly summary: string;
  /** More than a line: what it does and an example. */
  readonly about: string;
  readonly options: Readonly<Record<string, OptionWords>>;
  /** First operands that are words of their own. */
  readonly subcommands?: readonly string[];
  /** The one that is meant when none is named; without it the command wants one. */
  readonly usual?: string;
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

export interface Invocation {
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly build: Build;
  /** The whole table, for a command that speaks of the others. */
  readonly table: readonly CommandWords[];
}

/** What differs between a checkout and the single executable. */
export interface Build {
  readonly version: string;
  asset(path: string): Asset | undefined;
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** Resolves with the exit code: 0 done, 1 failed, 2 wrong words, 3 not reachable. */
export type RunCommand = (invocation: Invocation) => Promise<number>;

/** Understood by every command. */
export const globalOptions: Readonly<Record<string, OptionWords>> = {
  config: { type: "string", short: "c", help: "another config file than <state folder>/homarus.json" },
  port: { type: "string", help: "the gateway's port (default 18789)" },
  json: { type: "boolean", help: "answer as JSON" },
  verbose: { type: "boolean", short: "v", help: "say more" },
  help: { type: "boolean", short: "h", help: "this help" },
  version: { type: "boolean", short: "V", help: "the version" },
};
