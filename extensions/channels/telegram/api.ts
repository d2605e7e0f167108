// The platform's HTTP calls, typed by grammY; its errors as Faults.
import { Fault, type Fetch } from "@homarus/sdk";
import { Api, GrammyError, HttpError } from "grammy";

export interface ApiOptions {
  readonly token: string;
  readonly apiRoot: string;
  readonly fetch: Fetch;
}

/** Seconds after which an ordinary call is given up. Long polls bring their own. */
const timeoutSeconds = 60;

export function createApi({ token, apiRoot, fetch }: ApiOptions): Api {
  return new Api(token, { apiRoot: apiRoot.replace(/\/+$/, ""), timeoutSeconds, fetch: fetch as never });
}

/** The one trouble that waiting cannot mend. */
export const refusedToken = "telegram.token";

/** Source of codes and texts: https://core.telegram.org/bots/api#making-requests and observed answers, 2026-11. */
export function faultOf(thrown: unknown, now: number): unknown {
  if (thrown instanceof GrammyError) return apiFault(thrown, now);
  if (thrown instanceof HttpError) {
    const { error } = thrown;
    if (error instanceof Fault) return error;
    if (error instanceof Error && error.name === "AbortError")
      return new Fault("aborted", "telegram.aborted", "The call was stopped.", { cause: error });
    return new Fault("unavailable", "telegram.unreachable", "Telegram could not be reached.", { cause: error });
  }
  return thrown;
}

function apiFault(error: GrammyError, now: number): Fault {
  const { error_code: code, description } = error;
  const about = { cause: error };
  if (code === 401 || (code === 404 && description === "Not Found")) {
    return new Fault("auth", refusedToken, "Telegram refused the bot's token.", {
      ...about,
      hint: "Get the right one from @BotFather and set channels.telegram.token.",
    });
  }
  if (code === 409) {
    return new Fault(
      "unavailable",
      "telegram.conflict",
      "Another program is asking Telegram for this bot's messages.",
      { ...about, hint: "Stop the other one: a bot has one listener." },
    );
  }
  if (code === 429) {
    const seconds = error.parameters.retry_after ?? 5;
    return new Fault("limited", "telegram.rate", `Telegram asks to wait ${seconds} s.`, {
      ...about,
      retryAt: now + seconds * 1000,
    });
  }
  if (code === 403)
    return new Fault("denied", "telegram.blocked", `Telegram does not deliver there: ${description}.`, about);
  if (code >= 500) return new Fault("unavailable", "telegram.down", `Telegram is in trouble: ${description}.`, about);
  return new Fault("invalid", "telegram.refused", `Telegram refused the message: ${description}.`, about);
}

export function says(thrown: unknown, words: string): boolean {
  return thrown instanceof GrammyError && thrown.description.includes(words);
}
