// Fetches a page for reading: its address made whole, its bytes bounded, its text decoded. What the text says is a
// stranger's word.
import type { Fetch } from "../context.ts";
import { Fault } from "../errors.ts";
import { decodeText, isTextType, mediaType } from "./decode.ts";

const mostBytes = 3 * 1024 * 1024;
const accept = "text/markdown, text/html;q=0.9, application/json;q=0.8, text/*;q=0.7, */*;q=0.1";

export interface Page {
  /** Where it was found, after redirects. */
  readonly from: string;
  readonly status: number;
  readonly isOk: boolean;
  /** Media type, lower case, without parameters. */
  readonly type: string;
  readonly text: string;
  /** There is more of it than what was fetched. */
  readonly isCut: boolean;
}

/** Rejects with an `invalid` Fault for what is no address or no text, and with what `fetch` rejects with. */
export async function openPage(
  url: string,
  call: { readonly fetch: Fetch; readonly signal: AbortSignal },
): Promise<Page> {
  const address = addressOf(url);
  const response = await call.fetch(address, { headers: { accept }, signal: call.signal });
  const { bytes, isCut } = await boundedBytes(response, mostBytes);
  const header = response.headers.get("content-type");
  const type = mediaType(header, bytes);
  const from = response.url || address;
  if (bytes.byteLength > 0 && !isTextType(type))
    throw new Fault("invalid", "page.type", `${from} answers with ${type}, which cannot be read as text.`, {
      hint: "Look for a page that says the same in words.",
    });
  return { from, type, isCut, status: response.status, isOk: response.ok, text: decodeText(bytes, header) };
}

function addressOf(url: string): string {
  const written = url.trim();
  const full = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(written) ? written : `https://${written}`;
  if (URL.canParse(full)) return full;
  throw new Fault("invalid", "page.url", `${JSON.stringify(written.slice(0, 200))} is not an address.`, {
    hint: "Write it as https://host/path.",
  });
}

/** Reads so far as is of use, and lets go of the rest. */
export async function boundedBytes(
  response: Response,
  most: number,
): Promise<{ readonly bytes: Uint8Array; readonly isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    chunks.push(next.value);
    length += next.value.byteLength;
    if (length <= most) continue;
    await reader?.cancel();
    return { bytes: new Uint8Array(Buffer.concat(chunks).subarray(0, most)), isCut: true };
  }
  return { bytes: new Uint8Array(Buffer.concat(chunks)), isCut: false };
}
