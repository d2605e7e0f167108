// Tokens that run out: renewed in time, once for all who wait, and once more when the vendor refuses one. How a token is
// got is the vendor's; that nobody asks for it twice at once is the same everywhere.
import type { Fetch } from "../context.ts";
import { Fault, isFault } from "../errors.ts";

export interface Token {
  /** What is sent; struck out of whatever the vendor says in return. */
  readonly secret: string;
  /** Unix ms from which on a new one is got, and at which this one ends. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

export interface TokenSource<T extends Token> {
  readonly now: () => number;
  /**
   * Gets a token; not the one that was refused. It ends as it ends, whoever has stopped waiting: an answer that nobody
   * keeps could hold the only key to the next.
   */
  readonly obtain: (refused: T | undefined) => Promise<T>;
}

export interface Tokens<T extends Token> {
  /** One that is good now. Rejects with the source's Fault, or `aborted`. */
  current(signal: AbortSignal): Promise<T>;
  /** Another than the one that was refused, unless somebody has got one meanwhile. */
  renewed(refused: T, signal: AbortSignal): Promise<T>;
}

export function createTokens<T extends Token>({ now, obtain }: TokenSource<T>): Tokens<T> {
  let held: T | undefined;
  let underWay: Promise<T> | undefined;
  const get = (refused: T | undefined): Promise<T> => {
    underWay ??= obtain(refused)
      .then((token) => {
        held = token;
        return token;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  return {
    async current(signal) {
      signal.throwIfAborted();
      const known = held;
      if (known && now() < known.renewAt) return known;
      try {
        return await heard(get(undefined), signal);
      } catch (thrown) {
        // It was early: what is held is good for some minutes yet, unless the vendor has taken it back.
        if (known && known === held && now() < known.expiresAt && isFault(thrown) && thrown.kind === "unavailable")
          return known;
        throw thrown;
      }
    },
    async renewed(refused, signal) {
      // What is under way may have begun before the refusal, and bring the same again.
      const coming = underWay && (await heard(underWay, signal));
      if (coming && coming.secret !== refused.secret) return coming;
      if (held && held.secret !== refused.secret && now() < held.expiresAt) return held;
      held = undefined;
      return await heard(get(refused), signal);
    },
  };
}

/** The wait ends with the signal; the work goes on. */
function heard<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Fault("aborted", "provider.aborted", "The call to the model was stopped."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

type Send<T> = (token: T, input: Parameters<Fetch>[0], init: RequestInit | undefined) => Promise<Response>;

/** A fetch that sends with a token. A 401 is answered once, with another one; a refusal loses every trace of the token. */
export function fetchWithToken<T extends Token>(tokens: Tokens<T>, send: Send<T>): Fetch {
  return async (input, init) => {
    const signal = init?.signal ?? new AbortController().signal;
    const first = await tokens.current(signal);
    const response = await send(first, input, init);
    if (response.status !== 401) return withoutSecret(response, first.secret);
    await response.body?.cancel();
    const second = await tokens.renewed(first, signal);
    return withoutSecret(await send(second, input, init), second.secret);
  };
}

async function withoutSecret(response: Response, secret: string): Promise<Response> {
  if (response.ok) return response;
  const text = (await response.text()).replaceAll(secret, "***");
  return new Response(text, { status: response.status, headers: response.headers });
}
