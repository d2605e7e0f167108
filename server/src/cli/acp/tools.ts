// How a call of one of the house's tools looks in an editor: its kind, a title, the files it touches, what it changes.
// Pure. A tool that is not in the table is shown by its name.
// Source: agentclientprotocol.com/protocol/v1/tool-calls.
import type { ToolCallContent, ToolCallLocation, ToolKind } from "@agentclientprotocol/sdk";

export interface ShownCall {
  readonly kind: ToolKind;
  readonly title: string;
  readonly locations: ToolCallLocation[];
  /** What it changes in a file; empty where it changes none. */
  readonly changes: ToolCallContent[];
}

type Input = Readonly<Record<string, unknown>>;

interface ToolLook {
  readonly kind: ToolKind;
  /** What it does, and to what; a part that the input lacks is left out. */
  readonly title: (input: Input) => readonly unknown[];
  /** The input's field that is a path in the workspace. */
  readonly path?: string;
}

const looks: ReadonlyMap<string, ToolLook> = new Map(
  Object.entries({
    read: { kind: "read", title: ({ path }) => ["Read", path], path: "path" },
    write: { kind: "edit", title: ({ path, append }) => [append ? "Add to" : "Write", path], path: "path" },
    edit: { kind: "edit", title: ({ path }) => ["Edit", path], path: "path" },
    list: { kind: "search", title: ({ path }) => ["List", path === "." ? "the workspace" : path], path: "path" },
    glob: { kind: "search", title: ({ pattern }) => ["Find", pattern], path: "path" },
    grep: { kind: "search", title: ({ pattern }) => ["Search for", pattern], path: "path" },
    exec: { kind: "execute", title: ({ command }) => ["Run", command] },
    web_fetch: { kind: "fetch", title: ({ url }) => ["Fetch", url] },
    web_search: { kind: "search", title: ({ query }) => ["Search the web for", query] },
    scrape: { kind: "fetch", title: ({ url }) => ["Take data from", url] },
  } satisfies Record<string, ToolLook>),
);

const titleChars = 160;

/** `workspace`: absolute path of the agent's folder; undefined where it is not known, and then no file is named. */
export function shownCall(name: string, args: unknown, workspace: string | undefined): ShownCall {
  const input: Input = typeof args === "object" && args !== null && !Array.isArray(args) ? (args as Input) : {};
  const look = looks.get(name);
  if (!look) return { kind: "other", title: plainTitle(name), locations: [], changes: [] };
  const path = absolute(look.path === undefined ? undefined : input[look.path], workspace);
  const line = name === "read" && typeof input.offset === "number" ? { line: input.offset } : {};
  return {
    kind: look.kind,
    title: oneLine(
      look
        .title(input)
        .filter((part) => typeof part === "string")
        .join(" "),
    ),
    locations: path === undefined ? [] : [{ path, ...line }],
    changes: path === undefined ? [] : changesOf(name, input, path),
  };
}

function plainTitle(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").trim();
  return oneLine(words.charAt(0).toUpperCase() + words.slice(1)) || "A tool";
}

function absolute(path: unknown, workspace: string | undefined): string | undefined {
  if (typeof path !== "string" || path === "") return undefined;
  if (/^(\/|[A-Za-z]:[\\/])/.test(path)) return path;
  const below = path.replace(/^(\.\/+)*(\.$)?/, "");
  return workspace === undefined ? undefined : `${workspace.replace(/\/+$/, "")}/${below}`.replace(/\/$/, "");
}

function changesOf(name: string, input: Input, path: string): ToolCallContent[] {
  const { old_text: oldText, new_text: newText, content, append } = input;
  if (name === "edit" && typeof oldText === "string" && typeof newText === "string")
    return [{ type: "diff", path, oldText, newText }];
  if (name === "write" && typeof content === "string" && append !== true)
    return [{ type: "diff", path, oldText: null, newText: content }];
  return [];
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= titleChars ? line : `${line.slice(0, titleChars - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** What a tool gave, as an editor shows it: editors read Markdown, and output is none. */
export function shownOutput(text: string): ToolCallContent[] {
  if (text === "") return [];
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const body = text.endsWith("\n") ? text : `${text}\n`;
  return [{ type: "content", content: { type: "text", text: `${fence}\n${body}${fence}` } }];
}
