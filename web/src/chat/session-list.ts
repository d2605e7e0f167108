// The conversations there are, and the model that answers in each, as the gateway lists them (`sessions.list`).
import type { Gateway } from "../gateway/connection.ts";
import { Store } from "../gateway/store.ts";
import { fieldsOf, textOf } from "./log.ts";

export interface SessionRow {
  readonly key: string;
  readonly title: string;
  /** Unix ms. */
  readonly updatedAt: number;
  readonly provider: string | undefined;
  readonly model: string | undefined;
}

export interface SessionListView {
  readonly rows: readonly SessionRow[];
  /** What answers in a conversation that has not begun. */
  readonly provider: string | undefined;
  readonly model: string | undefined;
}

export class SessionList extends Store<SessionListView> {
  readonly #gateway: Gateway;
  readonly #mainKey: () => string | undefined;

  constructor(gateway: Gateway, mainKey: () => string | undefined) {
    super({ rows: [], provider: undefined, model: undefined });
    this.#gateway = gateway;
    this.#mainKey = mainKey;
    gateway.onOpen((isOpen) => {
      if (isOpen) this.#read();
    });
    gateway.onEvent(({ event, payload }) => {
      if (event === "chat" && fieldsOf(payload).state !== "delta") this.#read();
    });
    if (gateway.isOpen()) this.#read();
  }

  #read(): void {
    this.#gateway
      .request("sessions.list", { includeDerivedTitles: true, limit: 50 })
      .then((answer) => this.set(readList(answer, this.#mainKey())))
      // The list that is shown stays; the next run or connection reads it anew.
      .catch((thrown: unknown) => console.warn("sessions.list failed", thrown));
  }
}

/** Reads an answer of `sessions.list` (wire protocol v3). */
export function readList(answer: unknown, mainKey: string | undefined): SessionListView {
  const { sessions, defaults } = fieldsOf(answer);
  const rows = (Array.isArray(sessions) ? sessions.map(fieldsOf) : []).flatMap((row) => {
    const key = textOf(row.key);
    if (key === undefined) return [];
    const title = textOf(row.label) ?? textOf(row.derivedTitle) ?? titleOf(key, mainKey);
    const updatedAt = typeof row.updatedAt === "number" ? row.updatedAt : 0;
    return [{ key, title, updatedAt, provider: textOf(row.modelProvider), model: textOf(row.model) }];
  });
  const { modelProvider, model } = fieldsOf(defaults);
  return {
    rows: rows.toSorted((one, other) => other.updatedAt - one.updatedAt),
    provider: textOf(modelProvider),
    model: textOf(model),
  };
}

/** `agent:main:telegram:group:-100` has no other name than its last parts. */
export function titleOf(key: string, mainKey: string | undefined): string {
  if (key === mainKey) return "Main conversation";
  return /:chat-[0-9a-z]+$/.test(key) ? "New conversation" : key.split(":").slice(2).join(" ");
}
