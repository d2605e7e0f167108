// What lies on the page's desk: every conversation that was opened since the page was, each going on by itself, and
// which of them is in view. The address names it (`?session=…`), so that a reload and the back button find it.
import type { Gateway } from "../gateway/connection.ts";
import { Store } from "../gateway/store.ts";
import { Conversation } from "./conversation-store.ts";
import { SessionList } from "./session-list.ts";

/** What the desk wants of the browser. */
export interface Surroundings {
  readonly drawer: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly newKey: () => string;
  readonly now: () => number;
  /** The key that the address names. */
  readonly address: () => string | undefined;
  readonly setAddress: (key: string) => void;
}

/** The key in view. */
export class Desk extends Store<string> {
  readonly list: SessionList;
  readonly mainKey: string;
  readonly #gateway: Gateway;
  readonly #around: Surroundings;
  readonly #open = new Map<string, Conversation>();

  constructor(gateway: Gateway, mainKey: string, around: Surroundings) {
    super(around.address() ?? mainKey);
    this.#gateway = gateway;
    this.#around = around;
    this.mainKey = mainKey;
    this.list = new SessionList(gateway, () => mainKey);
  }

  conversation(key: string): Conversation {
    const { drawer, newKey, now } = this.#around;
    const known = this.#open.get(key);
    if (known) return known;
    const made = new Conversation({ gateway: this.#gateway, sessionKey: key, drawer, newKey, now });
    this.#open.set(key, made);
    return made;
  }

  show(key: string): void {
    if (key === this.view()) return;
    this.#around.setAddress(key);
    this.set(key);
  }

  /** The browser went back or forth. */
  follow(): void {
    this.set(this.#around.address() ?? this.mainKey);
  }

  /** A conversation of its own; what was said before stays where it is. */
  begin(): void {
    const agent = this.mainKey.split(":")[1] ?? "main";
    this.show(`agent:${agent}:chat-${this.#around.now().toString(36)}`);
  }
}
