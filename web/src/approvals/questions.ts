// What waits for the owner's yes (`approvals.list`), read anew at every hello and whenever the gateway tells of one.
import { fieldsOf, textOf } from "../chat/log.ts";
import type { Gateway } from "../gateway/connection.ts";
import { Store } from "../gateway/store.ts";

export interface Question {
  readonly id: string;
  readonly code: string;
  /** `question`: the agent asks; else it wants to do something. */
  readonly kind: string;
  readonly name: string;
  readonly preview: string;
  readonly reason: string;
  readonly sessionKey: string;
  /** Sources whose words the conversation holds beside the owner's. */
  readonly marks: readonly string[];
  /** The arguments as JSON, to be changed; absent where they can only be allowed or refused. */
  readonly input?: string;
  /** Unix ms. */
  readonly expiresAt: number;
}

export interface QuestionsView {
  readonly open: readonly Question[];
  /** What went wrong with the last answer. */
  readonly trouble: string | undefined;
}

export interface Reply {
  readonly decision: "allow" | "deny";
  readonly scope?: "once" | "session" | "always";
  /** JSON. */
  readonly input?: string;
}

export class Questions extends Store<QuestionsView> {
  readonly #gateway: Gateway;

  constructor(gateway: Gateway) {
    super({ open: [], trouble: undefined });
    this.#gateway = gateway;
  }

  /** Returns how to stop. */
  follow(): () => void {
    const read = (): void => void this.#read();
    if (this.#gateway.isOpen()) read();
    const stops = [
      this.#gateway.onOpen((isOpen) => isOpen && read()),
      this.#gateway.onEvent(({ event }) => {
        if (/^(?:exec|plugin)\.approval\./.test(event)) read();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  async answer(id: string, { decision, scope, input }: Reply): Promise<void> {
    try {
      const changed = input === undefined ? {} : { input: JSON.parse(input) as unknown };
      await this.#gateway.request("approvals.decide", { id, decision, ...(scope && { scope }), ...changed });
      this.set({ ...this.view(), trouble: undefined });
    } catch (thrown) {
      const words = thrown instanceof SyntaxError ? "That is no JSON" : "The answer did not arrive";
      this.set({ ...this.view(), trouble: `${words}: ${thrown instanceof Error ? thrown.message : String(thrown)}` });
    }
    await this.#read();
  }

  async #read(): Promise<void> {
    try {
      this.set({ ...this.view(), open: readQuestions(await this.#gateway.request("approvals.list", {})) });
    } catch (thrown) {
      // Whoever may not decide is shown nothing to decide.
      console.warn("approvals.list failed", thrown);
      this.set({ ...this.view(), open: [] });
    }
  }
}

export function readQuestions(answer: unknown): readonly Question[] {
  const { approvals } = fieldsOf(answer);
  return (Array.isArray(approvals) ? approvals.map(fieldsOf) : []).map((row) => {
    const request = fieldsOf(row.request);
    const marks = Array.isArray(request.marks) ? request.marks.map(fieldsOf) : [];
    const words = (value: unknown): string => textOf(value) ?? "";
    return {
      ...{ id: words(row.id), code: words(row.code), kind: words(request.kind), name: words(request.name) },
      ...{ preview: words(request.preview), reason: words(request.reason), sessionKey: words(request.sessionKey) },
      marks: marks.map(({ from, what }) => `${words(from)} ${words(what)}`),
      ...(request.kind === "tool" ? { input: JSON.stringify(request.input ?? {}, null, 2) } : {}),
      expiresAt: Number(row.expiresAt) || 0,
    };
  });
}
