// How GitHub Copilot is entered: a login at GitHub, its token for a short-lived one of Copilot, and the headers that go
// with each question. What is asked and answered is OpenAI's Chat Completions, and the adapter's affair.
import { createTokens, fetchWithToken, type OpenAccess } from "@homarus/sdk";
import { loginByDevice } from "./device.ts";
import type manifest from "./manifest.ts";
import { copilotTokens } from "./session.ts";

const usualUrl = "https://api.githubcopilot.com";

export const access: OpenAccess<typeof manifest> = (context) => {
  const { config, clock, fetch } = context;
  const session = copilotTokens(context);
  const tokens = createTokens({ now: () => clock.now(), obtain: () => session.obtain() });
  return {
    login: (signal) => loginByDevice(context, session, signal),
    fetch: fetchWithToken(tokens, (token, input, init) => {
      const asked = new Request(input, init).url;
      // The account's own address, unless the owner has written one.
      const base = config.baseUrl === usualUrl ? token.url : config.baseUrl;
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${token.secret}`);
      for (const [name, value] of Object.entries(headersFor(init?.body))) headers.set(name, value);
      return fetch(asked.replace(config.baseUrl, base), { ...init, headers });
    }),
  };
};

/** Images have to be announced; what follows on a tool's result is the agent's own going on, and counted as such. */
function headersFor(body: unknown): Readonly<Record<string, string>> {
  if (typeof body !== "string") return {};
  const { messages = [] } = JSON.parse(body) as { messages?: readonly { role?: string; content?: unknown }[] };
  const hasImage = messages.some(
    ({ content }) => Array.isArray(content) && content.some((part) => part?.type === "image_url"),
  );
  return {
    "X-Initiator": messages.at(-1)?.role === "user" ? "user" : "agent",
    ...(hasImage ? { "Copilot-Vision-Request": "true" } : {}),
  };
}
