// Keeps count of what a gateway owes: each frame that asks for something is answered once, under the id that it bears.

type Fields = Readonly<Record<string, ReturnType<typeof JSON.parse>>>;

/** Source: wire protocol, "Error codes" of versions 3 and 4. */
const frameCodes = new Set([
  "NOT_LINKED",
  "NOT_PAIRED",
  "AGENT_TIMEOUT",
  "INVALID_REQUEST",
  "UNAVAILABLE",
  "APPROVAL_NOT_FOUND",
  "FORBIDDEN",
]);

/** Source: JSON-RPC 2.0, section 5.1, and the range left to servers. */
const isRpcCode = (code: unknown): boolean =>
  [-32_700, -32_600, -32_601, -32_602, -32_603].includes(Number(code)) ||
  (-32_099 <= Number(code) && Number(code) <= -32_000);

export class FrameBook {
  readonly #owed = new Map<string, number>();
  /** What no client should have seen. */
  readonly oddities: string[] = [];
  answers = 0;
  /** Answers that were no refusal. */
  good = 0;

  readonly #wire: "frames" | "rpc";

  constructor(wire: "frames" | "rpc") {
    this.#wire = wire;
  }

  get open(): string[] {
    return [...this.#owed].filter(([, count]) => count !== 0).map(([id, count]) => `${id}: ${count}`);
  }

  sent(frame: string | Uint8Array): void {
    const ids = this.#wire === "rpc" ? rpcIds(textOf(frame)) : frameIds(textOf(frame));
    for (const id of ids) this.#owed.set(id, (this.#owed.get(id) ?? 0) + 1);
  }

  heard(text: string): void {
    const value = JSON.parse(text);
    if (this.#wire === "rpc") for (const item of Array.isArray(value) ? value : [value]) this.#rpcAnswer(item);
    else this.#frameAnswer(value);
  }

  /** The gateway has closed: nothing more is owed. */
  closed(): void {
    this.#owed.clear();
  }

  #frameAnswer(frame: Fields): void {
    if (frame.type === "event") return;
    if (frame.type !== "res" || typeof frame.id !== "string") this.oddities.push(`no answer: ${JSON.stringify(frame)}`);
    if (frame.ok === true && frame.payload?.status === "accepted") return;
    if (frame.ok === true) this.good += 1;
    if (frame.ok !== true && !frameCodes.has(frame.error?.code))
      this.oddities.push(`unknown error: ${JSON.stringify(frame)}`);
    this.#answered(frame.id);
  }

  #rpcAnswer(item: Fields): void {
    if (item.method !== undefined) return;
    if (item.jsonrpc !== "2.0" || "result" in item === "error" in item || item.id === undefined)
      this.oddities.push(`no answer: ${JSON.stringify(item)}`);
    if ("result" in item) this.good += 1;
    if ("error" in item && !isRpcCode(item.error.code)) this.oddities.push(`unknown error: ${JSON.stringify(item)}`);
    this.#answered(JSON.stringify(item.id));
  }

  #answered(id: string): void {
    const left = (this.#owed.get(id) ?? 0) - 1;
    this.answers += 1;
    if (left === 0) this.#owed.delete(id);
    else this.#owed.set(id, left);
    if (left < 0) this.oddities.push(`${id} was answered once too often`);
  }
}

function textOf(frame: string | Uint8Array): string {
  return typeof frame === "string" ? frame : new TextDecoder().decode(frame);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // What is no JSON is owed nothing on the one wire, and a parse error on the other.
    return undefined;
  }
}

function frameIds(text: string): string[] {
  const frame = parsed(text);
  if (!frame) return [];
  const id = (frame.value as Fields | null)?.id;
  return [typeof id === "string" && id !== "" ? id : "invalid"];
}

function rpcIds(text: string): string[] {
  const frame = parsed(text);
  if (!frame || (Array.isArray(frame.value) && frame.value.length === 0)) return ["null"];
  return (Array.isArray(frame.value) ? frame.value : [frame.value]).flatMap(rpcId);
}

/** A call without an id wants no answer; whatever is no call gets one, without an id where it bears none. */
function rpcId(item: unknown): string[] {
  const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
  const { jsonrpc, method, id, params }: Fields = isObject ? (item as Fields) : {};
  const isId = id === null || typeof id === "string" || typeof id === "number";
  const isCall =
    jsonrpc === "2.0" &&
    typeof method === "string" &&
    (id === undefined || isId) &&
    (params === undefined || (typeof params === "object" && params !== null));
  if (isCall && id === undefined) return [];
  return [isId ? JSON.stringify(id) : "null"];
}
