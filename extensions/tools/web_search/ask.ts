// Asks an engine, and says of a refusal what it means and what to do.
import { Fault, type Fetch, toFault } from "@homarus/sdk";
import { boundedBytes } from "@homarus/sdk/html";
import type { Engine, Found, Refusal, Search } from "./engine.ts";

export interface Asking {
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

const mostBytes = 2 * 1024 * 1024;
/** Until one may ask again where the engine does not say. */
const usualWaitMs = 60_000;

export async function ask(engine: Engine, search: Search, { fetch, signal, now }: Asking): Promise<readonly Found[]> {
  const { url, init } = engine.request(search);
  const { response, text } = await answerOf(engine, () => fetch(url, { ...init, signal }), signal);
  const refusal = engine.refusal?.(response.status, text) ?? meaning(response.status);
  if (refusal) throw refused(engine, refusal, response, now());
  const found = response.ok ? engine.read(text) : undefined;
  if (found) return found;
  throw new Fault(
    "unavailable",
    "web_search.answer",
    `${engine.name} answered with status ${response.status} and nothing that can be read as results.`,
    { hint: `Try again later. ${engine.help}` },
  );
}

async function answerOf(
  engine: Engine,
  send: () => Promise<Response>,
  signal: AbortSignal,
): Promise<{ readonly response: Response; readonly text: string }> {
  try {
    const response = await send();
    const { bytes } = await boundedBytes(response, mostBytes);
    return { response, text: new TextDecoder().decode(bytes) };
  } catch (cause) {
    signal.throwIfAborted();
    const fault = toFault(cause);
    if (fault.kind !== "bug") throw fault;
    throw new Fault("unavailable", "web_search.unreachable", `${engine.name} cannot be reached.`, {
      cause,
      hint: `Try again later. ${engine.help}`,
    });
  }
}

function meaning(status: number): Refusal {
  if (status === 401 || status === 403) return "auth";
  return status === 429 ? "limited" : undefined;
}

function refused({ name, help }: Engine, refusal: Exclude<Refusal, undefined>, response: Response, now: number): Fault {
  if (refusal === "auth")
    return new Fault("auth", "web_search.key", `${name} refused the key (status ${response.status}).`, { hint: help });
  if (refusal === "limited") {
    const retryAt = now + (waitMs(response.headers, now) ?? usualWaitMs);
    return new Fault("limited", "web_search.limit", `${name} takes no more searches for now.`, {
      retryAt,
      hint: `Search again after ${new Date(retryAt).toISOString()}, or with another engine.`,
    });
  }
  if (refusal === "format")
    return new Fault("config", "web_search.format", `${name} does not give its results as JSON (status 403).`, {
      hint: help,
    });
  if (refusal === "request")
    return new Fault(
      "invalid",
      "web_search.request",
      `${name} does not take this search (status ${response.status}).`,
      {
        hint: "Leave out country and language, or use fewer words.",
      },
    );
  return new Fault("unavailable", "web_search.blocked", `${name} asks whether a human is searching.`, { hint: help });
}

/** `retry-after` (RFC 9110) in seconds or as a date; Brave's `x-ratelimit-reset` in seconds, the shortest window first. */
function waitMs(headers: Headers, now: number): number | undefined {
  const written = headers.get("retry-after") ?? headers.get("x-ratelimit-reset")?.split(",")[0];
  if (!written) return undefined;
  const ms = /^\s*\d{1,9}\s*$/.test(written) ? Number(written) * 1000 : Date.parse(written) - now;
  return Number.isFinite(ms) ? Math.max(1000, ms) : undefined;
}
