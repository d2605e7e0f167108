// A model vendor as a `fetch` that replays recorded answers, a few bytes at a time, so that characters are torn as networks
// tear them. No network: who wants a socket puts it behind a server.
import type { Json } from "../content.ts";
import type { Fetch } from "../context.ts";
import type { Breaking, Breaks, ProviderScene, ProviderTrouble, VendorAnswer, VendorLevers } from "./provider.world.ts";

export interface FakeVendor extends VendorLevers {
  readonly fetch: Fetch;
  play(scene: ProviderScene): void;
}

export interface FakeVendorParts {
  readonly scenes: Readonly<Partial<Record<ProviderScene, string>>>;
  readonly troubles: Readonly<Partial<Record<ProviderTrouble, VendorAnswer>>>;
  /** Answer to a GET: the list of models. */
  readonly models: string;
  /** Of the scenes. */
  readonly contentType: string;
  /** How a scene travels where that is not as text: any whole lines of it as bytes. */
  readonly encode?: (lines: string) => Uint8Array;
  /** For `breakAfter`. */
  readonly breaks?: Breaks;
  /** Other answers, by the end of their path. */
  readonly paths?: Readonly<Record<string, string>>;
}

type Ending =
  | { readonly type: "whole" }
  | { readonly type: "cut"; readonly bytes: number; readonly how: "error" | "end" }
  | { readonly type: "hang"; readonly after: string | undefined }
  | { readonly type: "stop"; readonly bytes: number };

interface Stage {
  answer: VendorAnswer;
  ending: Ending;
  unplugged: boolean;
  readonly encode: (lines: string, headers: VendorAnswer["headers"]) => Uint8Array;
  /** Breaks off an answer that hangs. */
  readonly hanging: Set<(how: "error" | "end") => void>;
  /** Told when an answer that hangs has said all. */
  readonly waiting: Set<() => void>;
}

const json = { "content-type": "application/json" };

export function createFakeVendor(parts: FakeVendorParts): FakeVendor {
  const requests: Json[] = [];
  const { encode, contentType } = parts;
  const stage: Stage = {
    encode: (lines, headers) =>
      encode && headers?.["content-type"] === contentType ? encode(lines) : new TextEncoder().encode(lines),
    ...{ answer: { status: 200, body: "" }, ending: { type: "whole" }, unplugged: false },
    hanging: new Set(),
    waiting: new Set(),
  };
  const show = (answer: VendorAnswer): void => {
    Object.assign(stage, { answer, ending: { type: "whole" }, unplugged: false });
  };
  return {
    play: (scene) =>
      show({ status: 200, body: parts.scenes[scene] ?? "", headers: { "content-type": parts.contentType } }),
    answerWith: (status, body, headers = json) => show({ status, body, headers }),
    addHeaders: (headers) => {
      stage.answer = { ...stage.answer, headers: { ...stage.answer.headers, ...headers } };
    },
    trouble: (name) => {
      const answer = parts.troubles[name];
      if (!answer) throw new Error(`this vendor is not recorded to say ${name}`);
      show({ headers: json, ...answer });
    },
    cutAfter: (bytes, how) => {
      stage.ending = { type: "cut", bytes, how };
    },
    hang: (after) => {
      stage.ending = { type: "hang", after };
    },
    breakAfter: (events, how) => breakAfter(stage, parts.breaks, { events, how }),
    hanging: () => new Promise((resolve) => stage.waiting.add(resolve)),
    drop: (how) => {
      for (const cut of stage.hanging) cut(how);
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
      const fixed = fixedAnswer(request, stage, parts);
      if (fixed !== undefined) return new Response(fixed, { headers: json });
      const text = await request.text();
      requests.push((text ? JSON.parse(text) : null) as Json);
      if (stage.ending.type === "hang" && stage.ending.after === undefined) await stopped(request.signal);
      const { status, headers } = stage.answer;
      return new Response(bodyOf(stage, request.signal), { status, ...(headers ? { headers } : {}) });
    },
  };
}

function fixedAnswer(request: Request, stage: Stage, parts: FakeVendorParts): string | undefined {
  const path = new URL(request.url).pathname;
  const found = Object.entries(parts.paths ?? {}).find(([end]) => path.endsWith(end));
  if (found) return found[1];
  return request.method === "GET" && stage.answer.status === 200 ? parts.models : undefined;
}

function breakAfter(
  stage: Stage,
  breaks: Breaks | undefined,
  { events, how }: { readonly events: number; readonly how: Breaking },
): boolean {
  const { body, headers } = stage.answer;
  // Events end with an empty line, or are lines; an odd piece is what stands between.
  const pieces = body.split(/\r?\n\r?\n/.test(body) ? /(\r?\n\r?\n)/ : /(\n)/);
  if (events * 2 >= pieces.length) return false;
  const said = pieces.slice(0, events * 2).join("");
  const bytes = stage.encode(said, headers).length;
  if (how === "hang") stage.ending = { type: "stop", bytes };
  else if (how === "error" || how === "end") stage.ending = { type: "cut", bytes, how };
  else {
    if (!breaks) throw new Error("this vendor is not recorded to break in words");
    const rest = how === "garbage" ? body.slice(said.length) : "";
    stage.answer = { ...stage.answer, body: `${said}${breaks[how]}${rest}` };
  }
  return true;
}

/** Never resolves; rejects with the signal's reason. */
async function stopped(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

const pieceBytes = 11;

function bodyOf({ answer, ending, hanging, waiting, encode }: Stage, signal: AbortSignal): ReadableStream<Uint8Array> {
  const bytes = encode(answer.body, answer.headers);
  const end = endOf(answer.body, bytes.length, { ending, encode: (lines) => encode(lines, answer.headers) });
  const hangs = ending.type === "hang" || ending.type === "stop";
  const broken = () => new TypeError("the connection was closed in mid-answer");
  let at = 0;
  return new ReadableStream({
    start(controller) {
      signal.addEventListener("abort", () => controller.error(signal.reason), { once: true });
      if (hangs) hanging.add((how) => (how === "end" ? controller.close() : controller.error(broken())));
    },
    pull(controller) {
      if (at < end) {
        controller.enqueue(bytes.subarray(at, Math.min(end, at + pieceBytes)));
        at += pieceBytes;
        return;
      }
      // What hangs is ended from outside: by the signal, or by a drop.
      for (const tell of waiting) tell();
      waiting.clear();
      if (hangs) return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      if (ending.type === "cut" && ending.how === "error") controller.error(broken());
      else controller.close();
    },
  });
}

/** How many bytes are said. */
function endOf(
  body: string,
  whole: number,
  { ending, encode }: { readonly ending: Ending; readonly encode: (lines: string) => Uint8Array },
): number {
  if (ending.type === "whole") return whole;
  if (ending.type === "cut" || ending.type === "stop") return Math.min(whole, ending.bytes);
  const from = body.indexOf(ending.after ?? "");
  if (from < 0) throw new Error(`the answer never says ${ending.after}`);
  const rest = /\r?\n(?:\r?\n)?/.exec(body.slice(from));
  const end = rest ? from + rest.index + rest[0].length : body.length;
  return encode(body.slice(0, end)).length;
}
