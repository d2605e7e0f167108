// What the provider contract plays on: a provider, and a vendor at the far end that answers as told. The vendor here is a
// `fetch` that replays recorded answers, so no case touches the network.
import type { Json } from "../content.ts";
import type { Fetch } from "../context.ts";
import type { ModelRequest, Provider } from "../ports/provider.ts";
import type { Usage } from "../session.ts";

/**
 * Answers that every vendor can give in its own words.
 * `thinking` reasons, says something and calls a tool; the others are what their names say.
 */
export const providerScenes = [
  "text",
  "thinking",
  "tool-call",
  "parallel-calls",
  "malformed-arguments",
  "length",
  "refused",
  "empty",
] as const;

export type ProviderScene = (typeof providerScenes)[number];

/** Refusals that every vendor can give in its own words. */
export const providerTroubles = ["auth", "limited", "overloaded", "overflow", "server-error", "invalid"] as const;

export type ProviderTrouble = (typeof providerTroubles)[number];

/** What a scene says when it is read right. What is left out is not compared. */
export interface SceneContent {
  readonly text?: string;
  readonly thinking?: string;
  /** A piece of the vendor's own reasoning data that has to come back to it. */
  readonly signature?: string;
  readonly calls?: readonly { readonly name: string; readonly input: Json; readonly malformed?: string }[];
  readonly usage?: Usage;
}

export interface VendorAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface VendorLevers {
  /** The next answers are this one. */
  answerWith(status: number, body: string, headers?: Readonly<Record<string, string>>): void;
  /** As `answerWith`, in the vendor's usual words. */
  trouble(name: ProviderTrouble): void;
  /** The next answers break off after so many bytes. */
  cutAfter(bytes: number): void;
  /** The next answers stop half-way and stay open. */
  hang(): void;
  /** Breaks off those that hang. */
  drop(): void;
  /** The vendor cannot be reached. */
  unplug(): void;
  /** Bodies of the requests so far, parsed. */
  requests(): readonly Json[];
}

/** For the capability `remote` there are `vendor` and `secret`; a provider without a far end has neither. */
export interface ProviderWorld {
  readonly provider: Provider;
  /** The provider's id, as the history names it. */
  readonly id: string;
  readonly model: string;
  /** Unix ms that the provider's clock shows. */
  readonly now: number;
  /** Sets the stage; the request then gets that answer. */
  readonly play: (scene: ProviderScene) => { readonly request: ModelRequest; readonly says: SceneContent };
  readonly vendor?: VendorLevers;
  /** The key; it must not appear in any message. */
  readonly secret?: string;
}

export interface FakeVendor extends VendorLevers {
  readonly fetch: Fetch;
  play(scene: ProviderScene): void;
}

export interface FakeVendorParts {
  readonly scenes: Readonly<Partial<Record<ProviderScene, string>>>;
  readonly troubles: Readonly<Record<ProviderTrouble, VendorAnswer>>;
  /** Answer to a GET: the list of models. Elsewhere than at such a list, by path. */
  readonly models: string;
  readonly contentType: string;
  /** Other answers, by the end of their path. */
  readonly paths?: Readonly<Record<string, string>>;
}

interface Stage {
  answer: VendorAnswer;
  cutAt: number | undefined;
  hangs: boolean;
  unplugged: boolean;
  readonly hanging: Set<() => void>;
}

/** A vendor that replays wire fixtures, a few bytes at a time, so that characters are torn as networks tear them. */
export function createFakeVendor(parts: FakeVendorParts): FakeVendor {
  const requests: Json[] = [];
  const stage: Stage = {
    ...{ answer: { status: 200, body: "" }, cutAt: undefined, hangs: false, unplugged: false },
    hanging: new Set(),
  };
  const streaming = { "content-type": parts.contentType };
  const show = (answer: VendorAnswer): void => {
    Object.assign(stage, { answer, cutAt: undefined, hangs: false, unplugged: false });
  };
  const json = { "content-type": "application/json" };
  return {
    play: (scene) => show({ status: 200, body: parts.scenes[scene] ?? "", headers: streaming }),
    answerWith: (status, body, headers = json) => show({ status, body, headers }),
    trouble: (name) => show({ headers: json, ...parts.troubles[name] }),
    cutAfter: (bytes) => {
      stage.cutAt = bytes;
    },
    hang: () => {
      stage.hangs = true;
    },
    drop: () => {
      for (const cut of stage.hanging) cut();
      stage.hanging.clear();
    },
    unplug: () => {
      stage.unplugged = true;
    },
    requests: () => requests,
    async fetch(input, init) {
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      if (stage.unplugged) throw new TypeError("fetch failed: nobody listens at that address");
      const path = new URL(request.url).pathname;
      const fixed = Object.entries(parts.paths ?? {}).find(([end]) => path.endsWith(end));
      if (fixed) return new Response(fixed[1], { headers: json });
      const isFine = stage.answer.status === 200;
      if (request.method === "GET" && isFine) return new Response(parts.models, { headers: json });
      const text = await request.text();
      requests.push((text ? JSON.parse(text) : null) as Json);
      const { status, headers } = stage.answer;
      return new Response(bodyOf(stage, request.signal), { status, ...(headers ? { headers } : {}) });
    },
  };
}

const pieceBytes = 11;

function bodyOf({ answer, cutAt, hangs, hanging }: Stage, signal: AbortSignal): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(answer.body);
  const end = cutAt ?? (hangs ? Math.floor(bytes.length / 2) : bytes.length);
  const broken = () => new TypeError("the connection was closed in mid-answer");
  let at = 0;
  return new ReadableStream({
    start(controller) {
      signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
      if (hangs) hanging.add(() => controller.error(broken()));
    },
    pull(controller) {
      if (at < end) {
        controller.enqueue(bytes.subarray(at, Math.min(end, at + pieceBytes)));
        at += pieceBytes;
        return;
      }
      // What hangs is ended from outside: by the signal, or by a drop.
      if (hangs) return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      if (cutAt === undefined) controller.close();
      else controller.error(broken());
    },
  });
}
