// What the fake server of MCP offers, for both transports: written by hand, so that it can also misbehave.

export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface FakeServer {
  /** The names that were called, and what was taken back: `call <name>`, `cancelled`. */
  readonly heard: string[];
  /** The answer, or nothing where none comes. */
  answer(message: Message, tell: (message: object) => void): Promise<object | undefined>;
  /** From now on it offers one more. */
  addTool(): object;
}

export interface FakeWish {
  /** How many tools, in pages of 500. */
  readonly many?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const text = (words: string) => ({ type: "text", text: words });
const noArguments = { type: "object", properties: {} };

const plainTools: readonly object[] = [
  {
    name: "read",
    description: "Reads a note.",
    inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: "wipe",
    description: "Wipes all notes.",
    inputSchema: noArguments,
    annotations: { destructiveHint: true, openWorldHint: true },
  },
  { name: "kinds", description: "One of each kind.", inputSchema: noArguments },
  { name: "structured", description: "A structure alone.", inputSchema: noArguments },
  { name: "wrong", description: "Bad news.", inputSchema: noArguments },
  { name: "environment", description: "Its variables.", inputSchema: noArguments },
  { name: "wait", description: "Waits until it is taken back.", inputSchema: noArguments },
  { name: "die", description: "Ends the server.", inputSchema: noArguments },
  { name: "long", description: "A long text.", inputSchema: noArguments },
  {
    name: "strange name/with äöü and a length that no vendor of models takes: more than 64 characters",
    description: "",
  },
  { name: "broken", description: "Its schema is none.", inputSchema: { type: "object", $ref: "#/nowhere" } },
  { name: "task", description: "Only as a task.", inputSchema: noArguments, execution: { taskSupport: "required" } },
  { description: "Without a name.", inputSchema: noArguments },
];

export function createFakeServer({ many = 0, environment = {} }: FakeWish = {}): FakeServer {
  const tools = [
    ...plainTools,
    ...Array.from({ length: many }, (_, at) => ({
      name: `tool-${at}`,
      description: "Many.",
      inputSchema: noArguments,
    })),
  ];
  const heard: string[] = [];
  const called = ({ name, arguments: input = {}, _meta }: CallParams, tell: (message: object) => void): Outcome => {
    heard.push(`call ${name}`);
    if (name === "wait") return void tell(waiting(_meta?.progressToken));
    const result = resultOf(name, input, environment);
    return result ? { result } : { error: { code: -32602, message: `Unknown tool ${name}` } };
  };
  const methods: Readonly<Record<string, (params: object, tell: (message: object) => void) => Outcome>> = {
    initialize: (params) => ({ result: greeting(params) }),
    ping: () => ({ result: {} }),
    "tools/list": (params) => ({ result: pageOf(tools, (params as { cursor?: string }).cursor) }),
    "tools/call": (params, tell) => called(params as CallParams, tell),
  };
  return {
    heard,
    addTool() {
      tools.push({ name: "late", description: "Came later.", inputSchema: noArguments });
      return { jsonrpc: "2.0", method: "notifications/tools/list_changed" };
    },
    async answer({ id, method = "", params = {} }, tell) {
      if (method === "notifications/cancelled") heard.push("cancelled");
      if (id === undefined) return undefined;
      const known = methods[method];
      const outcome = known ? known(params, tell) : { error: { code: -32601, message: "Method not found" } };
      return outcome && { jsonrpc: "2.0", id, ...outcome };
    },
  };
}

/** Nothing: it never answers. */
type Outcome = { readonly result: object } | { readonly error: object } | undefined;

interface CallParams {
  readonly name: string;
  readonly arguments?: object;
  readonly _meta?: { readonly progressToken?: unknown };
}

function waiting(progressToken: unknown): object {
  const params = { progressToken, progress: 1, message: "I wait." };
  return { jsonrpc: "2.0", method: "notifications/progress", params };
}

function greeting(params: object): object {
  return {
    protocolVersion: (params as { protocolVersion?: string }).protocolVersion,
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: "fake", version: "1" },
  };
}

function pageOf(tools: readonly object[], cursor: unknown): object {
  const from = Number(cursor ?? 0);
  const next = from + 500;
  return { tools: tools.slice(from, next), ...(next < tools.length && { nextCursor: String(next) }) };
}

function resultOf(
  name: string,
  input: object,
  environment: Readonly<Record<string, string | undefined>>,
): object | undefined {
  if (name === "read") return { content: [text(`The note ${(input as { path?: string }).path} says hello.`)] };
  if (name === "wipe" || name === "late") return { content: [text("done")] };
  if (name === "structured") return { content: [], structuredContent: { degrees: 21 } };
  if (name === "wrong") return { content: [text("It did not work.")], isError: true };
  if (name === "environment") return { content: [text(JSON.stringify(environment))] };
  if (name === "long") return { content: [text("x".repeat(300_000))] };
  if (name !== "kinds") return undefined;
  const resource = { uri: "note:///a.txt", mimeType: "text/plain", text: "a note" };
  const blob = { uri: "note:///b.bin?x", mimeType: "application/x-b", blob: "AAEC" };
  return {
    content: [
      text("words"),
      { type: "image", mimeType: "image/png", data: png },
      { type: "resource", resource },
      { type: "resource", resource: blob },
      { type: "resource_link", name: "page", uri: "https://a.example/p" },
    ],
  };
}
