// Frames that a client should not send: calls of every method whose params fit their shape or nearly do, and texts that
// are no frame at all. All chance comes from one generator, so that a run can be had again.
import type { Shape } from "../frames/shape.ts";
import { connectShape } from "../handshake/params.ts";
import type { MethodRow } from "../methods/row.ts";
import { groups } from "../methods/table.ts";

type Random = () => number;

/** A few names, so that what the house keeps of them stays small. */
const names = ["main", "a", "b", "agent:main:main", "agent:main:a", "telegram", "7", "k1", "k2", "k3", "", "\u0000"];
const oddTexts = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "NaN", "../../etc/passwd", "%00", "\ud800", "🦞"],
  ...["'; DROP TABLE inbox; --", "<script>", "{{secret}}", "2027-13-40", "-1", "1e400", "null", "[]", "\r\n\u2028"],
];
const oddNumbers = [0, -0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2, 2 ** 31, 2 ** 53, 1e-320];
const prototypeKeys = '"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"toString":1';

interface Method {
  readonly row: MethodRow;
  readonly params: Shape | undefined;
}

export async function loadMethods(): Promise<Method[]> {
  const all = Object.values(groups).map(async ({ rows, load }) => {
    const { shapes } = (await load()).group;
    return rows.map((row) => ({ row, params: shapes[row.name]?.params }));
  });
  return (await Promise.all(all)).flat();
}

export class Fuzz {
  readonly #random: Random;
  readonly #methods: readonly Method[];
  #count = 0;

  constructor(random: Random, methods: readonly Method[]) {
    this.#random = random;
    this.#methods = methods;
  }

  /** From 0 up to 1. */
  number(): number {
    return this.#random();
  }

  chance(of: number): boolean {
    return this.#random() < of;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }

  /** A frame of the peer's protocol, or of JSON-RPC: text, or bytes. */
  frame(wire: "frames" | "rpc"): string | Uint8Array {
    const text = wire === "rpc" ? this.#rpcText() : this.#frameText();
    return this.chance(0.15) && !text.includes(longWait) ? this.spoil(text) : text;
  }

  /** What a stranger may say first: nearly a connect, or anything else. */
  greeting(wire: "frames" | "rpc", good: Readonly<Record<string, unknown>>): string | Uint8Array {
    if (this.chance(0.4)) return this.frame(wire);
    const params = this.chance(0.5)
      ? { ...good }
      : { ...(this.sample(connectShape(good)) as object), ...this.#some(good) };
    if (this.chance(0.5)) Object.assign(params, { [this.pick(Object.keys(good))]: this.#anything(3) });
    if (this.chance(0.2)) Object.assign(params, { [this.#text()]: "x".repeat(this.pick([10, 70_000])) });
    const head = wire === "rpc" ? { jsonrpc: "2.0" } : { type: "req" };
    const text = JSON.stringify({ ...head, id: this.#id(), method: "connect", params });
    return this.chance(0.2) ? this.spoil(text) : text;
  }

  #some(fields: Readonly<Record<string, unknown>>): object {
    return Object.fromEntries(Object.entries(fields).filter(() => this.chance(0.7)));
  }

  /** Breaks a text somewhere. */
  spoil(text: string): string | Uint8Array {
    const at = Math.floor(this.#random() * text.length);
    switch (Math.floor(this.#random() * 8)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text.slice(at);
      case 2:
        return text.slice(0, at) + this.pick(['"', "{", "}", "[", ",", "\u0000", "\\", "\ud83d"]) + text.slice(at + 1);
      case 3:
        return this.#bytes(at);
      case 4: {
        const bytes = new TextEncoder().encode(text);
        // No UTF-8 from here on.
        for (let index = at; index < Math.min(bytes.length, at + 3); index += 1) bytes[index] = 0xff;
        return bytes;
      }
      case 5:
        return this.pick(["[", '{"a":']).repeat(this.pick([10, 1_000, 20_000]));
      case 6:
        return this.pick(["", " ", "null", "0", '""', "true", "[]", "{}", "[{}]", "NaN", "\ufeff{}"]);
      default:
        return new TextEncoder().encode(text);
    }
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length: Math.min(length, 500) }, () => Math.floor(this.#random() * 256));
  }

  /** Ids come again now and then. */
  #id(): string {
    if (!this.chance(0.05)) this.#count += 1;
    return `f${this.#count}`;
  }

  #frameText(): string {
    const { name, params } = this.#call();
    const head: Record<string, unknown> = { type: "req", id: this.#id(), method: name };
    if (this.chance(0.1)) head[this.pick(["type", "id", "method"])] = this.#anything(2);
    if (this.chance(0.03)) delete head[this.pick(["type", "id", "method"])];
    if (this.chance(0.03)) head[this.pick(["traceparent", "extra", "__proto__x", "jsonrpc"])] = this.#anything(1);
    return withParams(head, params);
  }

  #rpcText(): string {
    const size = this.chance(0.1) ? Math.floor(this.#random() * 6) : undefined;
    if (size === undefined) return this.#rpcOne();
    return `[${Array.from({ length: size }, () => this.#rpcOne()).join(",")}]`;
  }

  #rpcOne(): string {
    const { name, params } = this.#call();
    const id = this.#id();
    const head: Record<string, unknown> = {
      jsonrpc: "2.0",
      id: this.chance(0.2) ? Number(id.slice(1)) : id,
      method: name,
    };
    if (this.chance(0.1)) head[this.pick(["jsonrpc", "id", "method"])] = this.#anything(2);
    if (this.chance(0.1)) delete head[this.pick(["jsonrpc", "id", "method"])];
    return withParams(head, params);
  }

  #call(): { readonly name: string; readonly params: string | undefined } {
    if (this.chance(0.03)) return { name: this.#text(), params: JSON.stringify(this.#anything(2)) };
    const { row, params } = this.pick(this.#methods);
    const fits = row.name === longWait && params ? JSON.stringify(this.sample(params)) : undefined;
    return { name: row.name, params: fits ?? this.#params(params) };
  }

  /** Text of JSON, since some of what is tried no value can hold. */
  #params(shape: Shape | undefined): string | undefined {
    const fits = shape ? this.sample(shape) : {};
    const fields = typeof fits === "object" && fits !== null ? (fits as Record<string, unknown>) : {};
    const keys = Object.keys(fields).filter((key) => !waits.has(key));
    switch (Math.floor(this.#random() * 12)) {
      case 0:
        return this.chance(0.5) ? undefined : JSON.stringify(this.#anything(3));
      case 1:
        delete fields[this.pick(keys)];
        break;
      case 2:
      case 3:
        if (keys.length > 0) fields[this.pick(keys)] = this.#anything(3);
        break;
      case 4:
        fields[this.#text()] = this.#anything(1);
        break;
      case 5:
        return `{${prototypeKeys}${keys.length > 0 ? `,${JSON.stringify(fields).slice(1)}` : "}"}`;
      case 6: {
        const depth = this.pick([3, 100, 3_000]);
        return JSON.stringify({ ...fields, [this.pick([...keys, "deep"])]: 0 }).replace(
          /:0([,}])/,
          `:${"[".repeat(depth)}${"]".repeat(depth)}$1`,
        );
      }
      case 7:
        if (this.chance(0.05)) fields[this.pick([...keys, "long"])] = "x".repeat(this.pick([1_000, 70_000, 300_000]));
        break;
      default:
        break;
    }
    return JSON.stringify(fields);
  }

  /** A value that fits. */
  sample(shape: Shape, key = ""): unknown {
    if (shape.anyOf) return this.sample(this.pick(shape.anyOf), key);
    if (shape.const !== undefined) return shape.const;
    switch (shape.type) {
      case "string":
        return this.#word(shape, key);
      case "integer":
      case "number":
        return (shape.minimum ?? 0) + Math.floor(this.#random() * 3);
      case "boolean":
        return this.chance(0.5);
      case "null":
        return null;
      case "array":
        return Array.from({ length: (shape.minItems ?? 0) + Math.floor(this.#random() * 2) }, () =>
          this.sample(shape.items ?? {}),
        );
      case "object":
        return this.#object(shape);
      default:
        return this.#anything(2);
    }
  }

  #object(shape: Shape): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const [key, property] of Object.entries(shape.properties ?? {}))
      if (shape.required?.includes(key) || this.chance(0.3) || waits.has(key)) made[key] = this.sample(property, key);
    return made;
  }

  #word(shape: Shape, key: string): string {
    if (/key$/i.test(key) && this.chance(0.6)) return this.pick(["main", "a", "b"]);
    const text = this.#text();
    return text.length < (shape.minLength ?? 0) ? "main" : text;
  }

  #text(): string {
    return this.chance(0.7) ? this.pick(names) : this.pick(oddTexts);
  }

  #anything(depth: number): unknown {
    switch (Math.floor(this.#random() * (depth > 0 ? 7 : 5))) {
      case 0:
        return null;
      case 1:
        return this.chance(0.5);
      case 2:
        return this.pick(oddNumbers);
      case 3:
      case 4:
        return this.#text();
      case 5:
        return Array.from({ length: Math.floor(this.#random() * 4) }, () => this.#anything(depth - 1));
      default:
        return Object.fromEntries(
          Array.from({ length: Math.floor(this.#random() * 4) }, () => [this.#text(), this.#anything(depth - 1)]),
        );
    }
  }
}

/** A wait whose time was spoilt would be one of half a minute. */
const longWait = "agent.wait";

/** How long a call may wait: always said, and little. */
const waits = new Set(["timeoutMs", "timeout"]);

function withParams(head: Record<string, unknown>, params: string | undefined): string {
  const text = JSON.stringify(head);
  return params === undefined ? text : `${text.slice(0, -1)}${text === "{}" ? "" : ","}"params":${params}}`;
}
