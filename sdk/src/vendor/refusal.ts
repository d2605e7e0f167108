// A vendor's refusal read alike, whoever's library carried it: status, headers, the vendor's word and its sentence.
import type { Fetch } from "../context.ts";

export interface VendorFacts {
  readonly status: number | undefined;
  /** The vendor's name for it; empty where it gave none. */
  readonly word: string;
  /** The vendor's sentence. */
  readonly text: string;
  readonly headers?: Headers | undefined;
}

/** An answer that is none, kept whole: libraries lose headers, or the sentence, of what does not look like OpenAI's. */
export interface Refusal extends Error {
  readonly status: number;
  readonly headers: Headers;
}

/**
 * As the given fetch, but any status other than 2xx rejects with a Refusal; and so does a 200 that is a web page, or an
 * error in place of a stream, as proxies and resellers send them.
 */
export function refusing(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && !/\b(?:json|html)\b/i.test(type)) return response;
    if (response.ok && /ndjson|stream/i.test(type)) return response;
    const text = await response.text();
    if (!response.ok || /html/i.test(type) || errorIn(text)?.error !== undefined)
      throw Object.assign(new Error(text), { status: response.status, headers: response.headers });
    return new Response(text, { status: response.status, headers: response.headers });
  };
}

export function isRefusal(thrown: unknown): thrown is Refusal {
  return thrown instanceof Error && "status" in thrown && typeof thrown.status === "number" && "headers" in thrown;
}

/** The first of an error and its causes that fits. */
export function within<T>(thrown: unknown, fits: (error: unknown) => error is T): T | undefined {
  for (let error = thrown, depth = 0; error && depth < 5; error = (error as { cause?: unknown }).cause, depth += 1) {
    if (fits(error)) return error;
  }
  return undefined;
}

interface ErrorBody {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly status?: unknown;
  readonly details?: unknown;
  readonly detail?: unknown;
  readonly error?: unknown;
  readonly error_description?: unknown;
  readonly metadata?: { readonly raw?: unknown; readonly error_type?: unknown };
}

/** What an answer says is wrong: under `error`, at the top, or in a list, as vendors have it. */
export function errorIn(text: string): ErrorBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.slice(Math.max(0, text.search(/[[{]/))));
  } catch {
    // A proxy's page or half an answer: the status has to do.
    return undefined;
  }
  const [first] = Array.isArray(value) ? value : [value];
  if (typeof first !== "object" || first === null) return undefined;
  const body = first as ErrorBody;
  if (typeof body.error === "object" && body.error !== null) return { error: true, ...body.error } as ErrorBody;
  // By RFC 6749, section 5.2, the sentence stands beside the word.
  if (typeof body.error === "string") return { ...body, message: body.error_description ?? body.error };
  const isError = body.message !== undefined || body.detail !== undefined;
  return isError ? { ...body, error: undefined } : undefined;
}

/** What the errors of the vendors' libraries have in common; `error` is the body of the answer or of an error event. */
interface LibraryError {
  readonly message?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly headers?: unknown;
  readonly error?: unknown;
  readonly cause?: unknown;
}

export function vendorFacts(thrown: unknown): VendorFacts {
  const refusal = within(thrown, isRefusal);
  if (refusal && !("error" in refusal)) {
    const status = refusal.status >= 200 && refusal.status < 300 ? undefined : refusal.status;
    return { ...bodyFacts(errorIn(refusal.message), refusal.message, status), headers: refusal.headers };
  }
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as LibraryError;
  const status = typeof error.status === "number" ? error.status : undefined;
  const headers = error.headers instanceof Headers ? error.headers : undefined;
  const text = textIn(error);
  const own = fieldsOf(fieldsOf(error.error)?.error) ?? fieldsOf(error.error);
  if (own) return { ...bodyFacts(own, text, status), headers };
  // Errors of the socket are Errors with a code of their own (`ECONNRESET`), which is none of the vendor's.
  if (thrown instanceof Error) return { status, word: "", text, headers };
  return { ...bodyFacts(error as ErrorBody, text, status), headers };
}

function fieldsOf(value: unknown): ErrorBody | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}

function textIn({ message, cause }: LibraryError): string {
  const below = cause instanceof Error ? ` ${cause.message}` : "";
  return typeof message === "string" ? `${message}${below}` : "";
}

function bodyFacts(body: ErrorBody | undefined, whole: string, status: number | undefined): VendorFacts {
  if (!body) return { status, word: "", text: whole };
  const words = [body.code, body.status, body.metadata?.error_type, body.type];
  const word = words.find((item): item is string => typeof item === "string" && !/^\d*$/.test(item)) ?? "";
  const code = Number(body.code);
  const isStatus = Number.isInteger(code) && code >= 400 && code < 600;
  return { status: status ?? (isStatus ? code : undefined), word, text: sentenceOf(body, whole) };
}

function sentenceOf(body: ErrorBody, whole: string): string {
  const said = [body.message, body.detail].find((item) => item !== undefined);
  const own = typeof said === "string" ? said : said === undefined ? whole : JSON.stringify(said);
  // What stood behind a reseller said more than the reseller does; Google's wait stands in the details.
  const raw = typeof body.metadata?.raw === "string" ? ` ${body.metadata.raw}` : "";
  const wait = /"retryDelay":\s*"[^"]+"/.exec(JSON.stringify(body.details ?? null))?.[0] ?? "";
  return `${own}${raw} ${wait}`.trim();
}

/**
 * The beginning of what a vendor said, for a message. It is not cut within a word: half a key is known to nobody as one,
 * and would pass whoever takes keys out.
 */
export function firstWords(text: string, most: number): string {
  const whole = text.trim();
  if (whole.length <= most) return whole;
  return `${whole
    .slice(0, most + 1)
    .replace(/[^\s"'<>(){}[\],;]*$/, "")
    .trimEnd()}…`;
}
