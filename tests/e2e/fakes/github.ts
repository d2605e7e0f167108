// A GitHub with its Copilot, and a login service of Claude, on this machine: as far as a login and a question need them.
// The owner's part (typing the code, declining) is a lever.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const answers = join(import.meta.dir, "../../../extensions/providers");
const scene = (path: string): Response =>
  new Response(readFileSync(join(answers, path), "utf8"), { headers: { "content-type": "text/event-stream" } });

/** Every secret that passes here begins so: what they must never be found in is searched for this. */
export const secretMark = /gh[ou]_e2e|copilot-e2e|device-e2e|sk-ant-o[ar]t01-e2e/;

export interface FakeGitHub extends Disposable {
  readonly url: string;
  /** What the owner does at the page. */
  say(word: "pending" | "granted" | "access_denied"): void;
  /** Paths that were asked, in order. */
  readonly asked: string[];
}

export function serveGitHub(): FakeGitHub {
  const asked: string[] = [];
  let word = "pending";
  let number = 0;
  const claude = { access: "", refresh: "sk-ant-ort01-e2e-1" };
  const answerTo: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
    "/login/device/code": () =>
      Response.json({
        ...{ device_code: "device-e2e", user_code: "AB12-CD34", verification_uri: "https://github.com/login/device" },
        ...{ expires_in: 900, interval: 0.05 },
      }),
    "/login/oauth/access_token": () =>
      Response.json(
        word === "granted"
          ? { access_token: "ghu_e2e_token" }
          : { error: word === "pending" ? "authorization_pending" : word },
      ),
    "/user": () => Response.json({ login: "ada" }),
    "/copilot_internal/v2/token": (request) =>
      request.headers.get("authorization") === "token ghu_e2e_token"
        ? Response.json({ token: `copilot-e2e-${++number}`, expires_at: 4_000_000_000, refresh_in: 1500 })
        : Response.json({ message: "Bad credentials" }, { status: 401 }),
    "/chat/completions": (request) =>
      request.headers.get("authorization")?.startsWith("Bearer copilot-e2e-")
        ? scene("openai/fixtures/chat/text.sse")
        : new Response(`unauthorized ${request.headers.get("authorization")}`, { status: 401 }),
    "/v1/oauth/token": async (request) => {
      const { refresh_token } = (await request.json()) as { refresh_token?: string };
      if (refresh_token !== claude.refresh)
        return Response.json({ error: "invalid_grant", error_description: `used: ${refresh_token}` }, { status: 400 });
      number += 1;
      Object.assign(claude, { access: `sk-ant-oat01-e2e-${number}`, refresh: `sk-ant-ort01-e2e-${number + 1}` });
      return Response.json({ access_token: claude.access, refresh_token: claude.refresh, expires_in: 28_800 });
    },
    "/v1/messages": (request) =>
      request.headers.get("authorization") === `Bearer ${claude.access}`
        ? scene("anthropic/fixtures/text.sse")
        : Response.json({ error: { type: "authentication_error", message: "expired" } }, { status: 401 }),
  };
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      return answerTo[pathname]?.(request) ?? new Response("not here", { status: 404 });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    say: (next) => {
      word = next;
    },
    asked,
    [Symbol.dispose]: () => void server.stop(true),
  };
}
