// Models and vendors that say what they should not: one prints secrets in every writing and has tools read them out, its
// vendor repeats the key in an error. What a message begins with says what it does.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openChatServer, type Step, textOf, type WireMessage } from "./chat-server.ts";

export interface LeakyModel extends AsyncDisposable {
  readonly url: string;
  /** The same, as Anthropic would be asked. */
  readonly anthropicUrl: string;
  /** The logins that requests bore. */
  heard(): string;
}

/** As programs write a secret; of base64 what is the same wherever it begins. */
export function writings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const based = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [
    ...[secret, encodeURIComponent(secret), bytes.toString("hex"), bytes.toString("hex").toUpperCase()],
    ...[...based, ...based.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))],
  ];
}

const answer = readFileSync(join(import.meta.dir, "../../../extensions/providers/anthropic/fixtures/text.sse"), "utf8");

export function openLeakyModel(secrets: () => readonly string[]): LeakyModel {
  const inPieces = (text: string): readonly string[] => text.match(/.{1,11}/gs) ?? [];
  const model = openChatServer((messages) => stepAfter(messages, secrets().flatMap(writings)), inPieces);
  model.paceMs = 0;
  let heard = "";
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", idleTimeout: 60 },
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const login = request.headers.get("authorization") ?? request.headers.get("x-api-key") ?? "";
      heard += `${login}\n`;
      if (pathname === "/v1/messages")
        return new Response(answer, { headers: { "content-type": "text/event-stream" } });
      if (request.method === "GET") return fetch(`${model.url.replace(/\/v1$/, "")}${pathname}`);
      const body = await request.text();
      const { messages = [] } = JSON.parse(body) as { messages?: readonly WireMessage[] };
      if (!ordered(messages)?.startsWith("FAIL"))
        return fetch(`${model.url}/chat/completions`, { method: "POST", body });
      const message = `Incorrect API key provided: ${login}. You said ${secrets().flatMap(writings).join(" ")}`;
      return Response.json({ error: { message, type: "invalid_request_error", code: login } }, { status: 400 });
    },
  });
  const root = `http://127.0.0.1:${server.port}`;
  return {
    ...{ url: `${root}/v1`, anthropicUrl: root, heard: () => heard },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await model[Symbol.asyncDispose]();
    },
  };
}

/** What the newest message asks for. */
function ordered(messages: readonly WireMessage[]): string | undefined {
  const text = messages
    .filter(({ role }) => role === "user")
    .map(textOf)
    .at(-1);
  return text?.match(/(PRINT|RUN \w+|FAIL)[^\n]*/)?.[0];
}

function stepAfter(messages: readonly WireMessage[], writings: readonly string[]): Step {
  const order = ordered(messages) ?? "";
  const tool = /^RUN (\w+)/.exec(order)?.[1];
  const text = `It is ${writings.join(" and ")} indeed. `;
  if (tool === undefined) return { text: order.startsWith("PRINT") ? text : "ok", calls: [] };
  if (messages.at(-1)?.role === "tool") return { text: `It said ${textOf(messages.at(-1) as WireMessage)}`, calls: [] };
  const input = inputs[tool]?.(text) ?? {};
  return { text: "", calls: [{ id: `call-${tool}`, name: tool, arguments: JSON.stringify(input) }] };
}

const inputs: Readonly<Record<string, (text: string) => object>> = {
  exec: (text) => ({ command: `cat planted.txt; env; echo '${text}' >&2; false` }),
  read: () => ({ path: "planted.txt" }),
  write: (content) => ({ path: "out.txt", content }),
};
