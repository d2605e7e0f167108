// What the guard says of a command, what its owner may set, and what a rule is given.
export type Decision = "allow" | "ask" | "deny";

export interface Finding {
  /** Id of the rule, family first: `disk.format`. */
  readonly rule: string;
  readonly decision: Decision;
  /** The command it is about, as it would run: quotes and disguises taken off. */
  readonly text: string;
  readonly reason: string;
}

export interface CommandVerdict {
  /** The hardest of the findings. */
  readonly decision: Decision;
  /** For a person and the model: what it would do, and why it is not simply run. Empty when allowed. */
  readonly reason: string;
  readonly findings: readonly Finding[];
}

export interface GuardSettings {
  readonly mode: "guard" | "allowlist";
  /** Programs, or patterns over a whole command. Only these run unasked in the mode `allowlist`. */
  readonly allow: readonly string[];
  /** The owner's patterns over a command as it would run: globs, or regular expressions between slashes. */
  readonly deny: readonly string[];
  /** Absolute path of the folder that the command starts in. */
  readonly workspace: string;
  /** The text of a file of the workspace; undefined where there is none, or none of a script's size. */
  readonly readFile?: (path: string) => string | undefined;
}

/** A word as the program gets it. `hole` stands in it for what cannot be known before it runs. */
export interface Word {
  readonly text: string;
  /** Whether the shell would look for files that fit. */
  readonly glob: boolean;
  /** As written. */
  readonly raw: string;
}

/** Stands for text that only running could tell. */
export const hole = "\uFFFC";

export interface Write {
  /** The shell's operator, or the program that writes. */
  readonly by: string;
  readonly path: string;
}

/** What comes out of a command, or goes into one. */
export interface Stream {
  readonly text: string;
  /** Every command that had a hand in it. */
  readonly from: readonly Command[];
  /** The file it was read from, if it was one. */
  readonly file?: string;
}

export interface Command {
  /** The program's own name, without its folder; empty when there are only redirections. */
  readonly name: string;
  readonly path: string;
  /** The program's word as written. */
  readonly raw: string;
  readonly args: readonly Word[];
  /** The arguments in one line, each between spaces, with the spaces inside of them made hard ones. */
  readonly line: string;
  /** Variables set for this command, or by it. */
  readonly assigned: ReadonlyMap<string, string>;
  readonly writes: readonly Write[];
  readonly input: Stream | undefined;
  /** Commands whose output stands among the words. */
  readonly inner: readonly Command[];
  /** Programs that start it: sudo, env, xargs. */
  readonly through: readonly string[];
  /** Programs whose own arguments held the text it stands in, outermost first: `find`, `perl`, `vim`. */
  readonly within?: readonly string[];
  readonly cwd: string;
  /** It runs on another machine or in a container. */
  readonly remote: boolean;
  readonly background: boolean;
  readonly looped: boolean;
}

export interface Scene {
  readonly settings: GuardSettings;
  readonly commands: readonly Command[];
}

/** One line of a family. `on` fits the program's name, `args` its line; `when` is asked last. */
export interface Rule {
  readonly rule: string;
  readonly on?: RegExp;
  readonly args?: RegExp;
  readonly when?: (command: Command, scene: Scene) => boolean;
  readonly decision: Exclude<Decision, "allow">;
  /** What it would do; completes "This ". */
  readonly reason: string;
}

/** The hardest of some decisions. */
export function hardest(decisions: readonly Decision[]): Decision {
  if (decisions.includes("deny")) return "deny";
  return decisions.includes("ask") ? "ask" : "allow";
}
