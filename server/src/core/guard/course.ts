// What a walk over a text carries: the means, the record, and the place it is at.
import { errorIn, type ParseShell, type ShellNode } from "./node.ts";
import type { Scope } from "./scope.ts";
import type { Command, Finding, GuardSettings, Stream, Write } from "./verdict.ts";

export interface Course {
  readonly settings: GuardSettings;
  readonly parse: ParseShell;
  readonly commands: Command[];
  readonly findings: Finding[];
  /** Commands met so far; a text that unfolds without end is stopped by it. */
  steps: number;
  /** Functions that nothing has called yet: they are read at the end, with arguments that nobody knows. */
  readonly uncalled: Map<string, () => void>;
  /** Set by the walk itself, so that what runs a command can walk the texts it finds in it. */
  walk(node: ShellNode, frame: Frame): Stream;
}

export interface Frame {
  readonly scope: Scope;
  readonly input: Stream | undefined;
  readonly remote: boolean;
  readonly background: boolean;
  readonly looped: boolean;
  readonly depth: number;
  /** Programs whose arguments hold the text under way, outermost first. */
  readonly within?: readonly string[];
  /** Functions under way, innermost last. */
  readonly calls: readonly string[];
  /** Redirections of the construct around. */
  readonly writes: readonly Write[];
}

export const deepestText = 8;
export const mostSteps = 600;

export const empty: Stream = { text: "", from: [] };

export function joinStreams(streams: readonly Stream[]): Stream {
  if (streams.length === 1 && streams[0] !== undefined) return streams[0];
  return {
    text: streams
      .map((stream) => stream.text)
      .join("")
      .slice(0, 20_000),
    from: streams.flatMap((stream) => stream.from),
  };
}

export function addFinding(course: Course, rule: string, decision: "ask" | "deny", text: string, reason: string): void {
  if (!course.findings.some((known) => known.rule === rule))
    course.findings.push({ rule, decision, text: text.slice(0, 300), reason });
}

/** Reads and walks a text found inside of another. */
export function walkText(course: Course, text: string, frame: Frame): Stream {
  if (frame.depth >= deepestText || text.length > 20_000) {
    addFinding(course, "text.depth", "ask", text, "hides a command too deep inside of others to be read");
    return empty;
  }
  const tree = course.parse(text);
  if (tree === undefined) {
    addFinding(course, "text.depth", "ask", text, "is nested too deep to be read");
    return empty;
  }
  return walkTree(course, tree, { ...frame, depth: frame.depth + 1 });
}

function firstOf(node: ShellNode, type: string): ShellNode | undefined {
  if (node.type === type) return node;
  for (const child of node.children) {
    const found = firstOf(child, type);
    if (found !== undefined) return found;
  }
  return undefined;
}

const torn = /([^\s\\])\\\n(?=\S)/;

/** Walks a whole text. What the grammar cannot read of it is never simply run. */
export function walkTree(course: Course, read: ShellNode, frame: Frame): Stream {
  // A line that is continued within a word is one word to the shell, and two to the grammar.
  const tree = torn.test(read.text) ? (course.parse(read.text.replace(new RegExp(torn, "g"), "$1")) ?? read) : read;
  // Two backquotes side by side end one substitution and begin another; the grammar takes them for one sign.
  const error = errorIn(tree) ?? (tree.text.includes("``") ? firstOf(tree, "``") : undefined);
  if (error !== undefined)
    addFinding(
      course,
      "text.unreadable",
      "ask",
      error.text || tree.text,
      "holds shell syntax that the guard cannot read",
    );
  return course.walk(tree, frame);
}
