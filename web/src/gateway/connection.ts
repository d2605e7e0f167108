// The page's one connection to the gateway: signs in, keeps trying, and says in plain words how it stands. Every app of
// the page talks through it; what is talked about is theirs.
import {
  type ConnectionState,
  type EventFrame,
  type GatewayClient,
  type HelloOk,
  openGatewayClient,
} from "@homarus/sdk/client";
import { forgetSecret, type KeptSecret, keepSecret, readSecret, type SecretPlaces } from "./secret.ts";
import { Store } from "./store.ts";
import { type GatewayFault, isSecretMissing, isSecretWrong, type Trouble, troubleOf } from "./trouble.ts";

export interface ConnectionView {
  /** `signed-out`: a secret is wanted. `waiting`: the connection was lost and is tried again. */
  readonly phase: "connecting" | "open" | "waiting" | "signed-out";
  readonly trouble: Trouble | undefined;
  /** Of the last time it was open. */
  readonly hello: HelloOk | undefined;
  readonly isLasting: boolean;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly version: string;
  readonly places: SecretPlaces;
  readonly open?: typeof openGatewayClient;
}

/** What an app may do with the connection. */
export interface Gateway {
  isOpen(): boolean;
  /** Rejects with a Fault. */
  request<T>(method: string, params?: unknown): Promise<T>;
  onEvent(listener: (event: EventFrame) => void): () => void;
  /** Called at each hello (`true`) and each drop (`false`). */
  onOpen(listener: (isOpen: boolean) => void): () => void;
}

export class GatewayConnection extends Store<ConnectionView> implements Gateway {
  readonly #options: ConnectionOptions;
  readonly #eventListeners = new Set<(event: EventFrame) => void>();
  readonly #openListeners = new Set<(isOpen: boolean) => void>();
  #client: GatewayClient | undefined;
  #attempt: symbol | undefined;
  #kept: KeptSecret | undefined;

  constructor(options: ConnectionOptions) {
    super({ phase: "connecting", trouble: undefined, hello: undefined, isLasting: false });
    this.#options = options;
  }

  /** Connects with the secret that was kept, or with none: a gateway may want none, and else says which it wants. */
  start(): void {
    this.#connect(readSecret(this.#options.places));
  }

  signIn(kept: KeptSecret): void {
    this.#connect(kept);
  }

  signOut(): void {
    forgetSecret(this.#options.places);
    this.#hangUp();
    this.set({ phase: "signed-out", trouble: undefined, hello: undefined, isLasting: false });
  }

  /** Tries at once instead of at the next planned time. */
  retry(): void {
    this.#connect(this.#kept);
  }

  /** Whether the secret outlives the tab. */
  remember(isLasting: boolean): void {
    if (this.#kept === undefined) return;
    this.#kept = { ...this.#kept, isLasting };
    keepSecret(this.#options.places, this.#kept);
    this.set({ ...this.view(), isLasting });
  }

  isOpen(): boolean {
    return this.view().phase === "open";
  }

  request<T>(method: string, params?: unknown): Promise<T> {
    if (this.#client === undefined) throw new Error("the connection was not started");
    return this.#client.request<T>(method, params);
  }

  onEvent(listener: (event: EventFrame) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onOpen(listener: (isOpen: boolean) => void): () => void {
    this.#openListeners.add(listener);
    return () => this.#openListeners.delete(listener);
  }

  #connect(kept: KeptSecret | undefined): void {
    this.#hangUp();
    this.#kept = kept;
    const attempt = Symbol("attempt");
    this.#attempt = attempt;
    // What a client says that is no longer ours concerns nobody.
    const isOurs = () => this.#attempt === attempt;
    this.set({ ...this.view(), phase: "connecting", isLasting: kept?.isLasting ?? false });
    this.#client = (this.#options.open ?? openGatewayClient)({
      url: this.#options.url,
      login: this.#login(kept),
      onEvent: (event) => {
        if (isOurs()) for (const listener of this.#eventListeners) listener(event);
      },
      onState: (state, fault) => {
        if (isOurs()) this.#became(state, fault);
      },
      onHello: (hello) => {
        if (isOurs()) this.#greeted(hello);
      },
      // What was missed is read anew, as after a drop.
      onGap: () => {
        if (!isOurs()) return;
        this.#tellOpen(false);
        this.#tellOpen(true);
      },
      reconnect: { firstMs: 300, mostMs: 10_000 },
    });
  }

  #hangUp(): void {
    this.#attempt = undefined;
    this.#client?.close();
  }

  #login(kept: KeptSecret | undefined) {
    return {
      client: { id: "homarus-chat", version: this.#options.version, platform: "web", mode: "webchat" },
      caps: ["tool-events"],
      // Which of the two the gateway wants is its own matter.
      ...(kept === undefined ? {} : { token: kept.secret, password: kept.secret }),
    };
  }

  #became(state: ConnectionState, fault: GatewayFault | undefined): void {
    if (state !== "waiting" && state !== "closed") return;
    const before = this.view();
    if (state === "waiting") this.set({ ...before, phase: "waiting", trouble: fault && troubleOf(fault) });
    else this.#refused(fault);
    if (before.phase === "open") this.#tellOpen(false);
  }

  #refused(fault: GatewayFault | undefined): void {
    if (fault && isSecretWrong(fault)) forgetSecret(this.#options.places);
    const isNews = fault !== undefined && !(isSecretMissing(fault) && this.#kept === undefined);
    const trouble = isNews ? troubleOf(fault) : undefined;
    this.set({ ...this.view(), phase: "signed-out", trouble, hello: undefined });
  }

  #greeted(hello: HelloOk): void {
    if (this.#kept) keepSecret(this.#options.places, this.#kept);
    this.set({ ...this.view(), phase: "open", trouble: undefined, hello });
    this.#tellOpen(true);
  }

  #tellOpen(isOpen: boolean): void {
    for (const listener of this.#openListeners) listener(isOpen);
  }
}
