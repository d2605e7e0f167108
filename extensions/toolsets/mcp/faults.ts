// What went wrong with a server, as the house speaks of it. Decided by the library's codes, never by its words.
import { Fault, isFault } from "@homarus/sdk";
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";

const wordsLimit = 500;

/** `said` is the end of the error stream of a program. */
export function faultOf(thrown: unknown, signal: AbortSignal, said = ""): Fault {
  if (signal.aborted) return isFault(signal.reason) ? signal.reason : stopped(thrown);
  // That a program hears nothing any more says less than its last words.
  if (isFault(thrown) && thrown.code !== "program.deaf") return thrown;
  const cause = thrown;
  const words = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, wordsLimit).replace(/[.\s]+$/, "");
  const more = said.trim() === "" ? "" : ` It said last: ${said.trim().slice(-wordsLimit)}`;
  if (thrown instanceof SdkHttpError && (thrown.status === 401 || thrown.status === 403))
    return new Fault("auth", "mcp.refused", `The server refuses the house: ${thrown.status}.`, {
      cause,
      hint: "Write the key it wants into headers of this server's settings.",
    });
  if (thrown instanceof ProtocolError)
    return new Fault("invalid", "mcp.protocol", `The server answers: ${words} (${thrown.code})`, { cause });
  const late = thrown instanceof SdkError && thrown.code === SdkErrorCode.RequestTimeout;
  if (late) return new Fault("unavailable", "mcp.silent", `The server does not answer.${more}`, { cause });
  return new Fault("unavailable", "mcp.gone", `The server cannot be spoken with: ${words}.${more}`, { cause });
}

const stopped = (cause: unknown): Fault => new Fault("aborted", "mcp.stopped", "The call was taken back.", { cause });

/** The server no longer knows the house: a new session is to be begun (specification 2025-11-25, basic/transports). */
export function isForgotten(thrown: unknown): boolean {
  return thrown instanceof SdkHttpError && thrown.status === 404;
}

/** Another try is better made over a new connection. An answer of the server, also a refusal, is no such case. */
export function isGone(thrown: unknown): boolean {
  if (thrown instanceof ProtocolError) return false;
  return !(thrown instanceof SdkError) || (thrown instanceof SdkHttpError && thrown.status === 404);
}
