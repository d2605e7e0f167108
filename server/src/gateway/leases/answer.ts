// What a program hears on the socket of leases: GET /v1/<name of a secret> with its token. The value alone, or a sentence
// that says what to do. It is another listener than the gateway's port, and knows no other path.
import { type Clock, isSecretName, type Log, toFault } from "@homarus/sdk";
import type { Leased } from "../../core/leases/book.ts";

export interface LeaseAnswerParts {
  readonly use: (token: string, name: string) => Promise<Leased>;
  readonly clock: Clock;
  readonly log: Log;
}

/** So many wrong tokens in this time; more hear that they are too many. Good ones are let in meanwhile. */
export const wrongTokens = { most: 20, windowMs: 60_000 } as const;

export function createLeaseAnswers({ use, clock, log }: LeaseAnswerParts): (request: Request) => Promise<Response> {
  let [wrong, since] = [0, Number.NEGATIVE_INFINITY];
  const refuseWrong = (): Response => {
    const now = clock.now();
    if (now - since >= wrongTokens.windowMs) [wrong, since] = [0, now];
    wrong += 1;
    if (wrong <= wrongTokens.most)
      return said(401, `No open lease has this token. ${makeOne}`, { "www-authenticate": "Bearer" });
    const seconds = Math.ceil((since + wrongTokens.windowMs - now) / 1000);
    const text = `Too many wrong tokens. Stop the program that asks with an old one, and try again in ${seconds} s.`;
    return said(429, text, { "retry-after": String(seconds) });
  };
  return async (request) => {
    if (request.method !== "GET") return said(405, "Secrets are only read: ask with GET.", { allow: "GET" });
    const name = nameIn(request.url);
    if (name === undefined) return said(404, "Ask for /v1/ and the name of a secret: GET /v1/backup/password.");
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (token === undefined) return refuseWrong();
    try {
      const leased = await use(token, name);
      if (leased.type === "unknown") return refuseWrong();
      return leased.type === "value" ? given(leased.value) : refusals[leased.type](name);
    } catch (thrown) {
      log.error("lease.failed", { fault: toFault(thrown).toJSON() });
      return said(503, "The house could not give it now. Its log says why: homarus logs; homarus doctor.");
    }
  };
}

const makeOne = "The owner makes one: homarus secrets lease <name>; put the token into HOMARUS_LEASE_TOKEN.";

const refusals: Readonly<Record<Exclude<Leased["type"], "value" | "unknown">, (name: string) => Response>> = {
  "not-leased": (name) => said(403, `This lease is not for ${name}. ${makeOne}`),
  missing: (name) => said(404, `The vault has no secret ${name} any more. homarus secrets set ${name} puts it back.`),
  halted: () => said(503, "Everything is stopped. homarus resume <code> lets it go on."),
};

/** Undefined for what can be no name of a secret. */
function nameIn(url: string): string | undefined {
  const { pathname } = new URL(url);
  if (!pathname.startsWith("/v1/")) return undefined;
  try {
    const name = decodeURIComponent(pathname.slice("/v1/".length));
    return isSecretName(name) ? name : undefined;
  } catch {
    // No percent code.
    return undefined;
  }
}

function given(value: string): Response {
  return new Response(value, { headers: plain });
}

function said(status: number, text: string, more: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { ...plain, ...more } });
}

const plain = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};
