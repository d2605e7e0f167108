// Embeddings: texts as vectors, by a provider that makes them. Names of the house and its agents mean the usual model.
// Source: OpenAI API reference, "Embeddings" (read 2026-11).
import type { Door } from "../door.ts";
import { HttpRefusal } from "../http/answer.ts";

type Fields = Readonly<Record<string, unknown>>;

const mostTexts = 2048;

export async function embeddings(door: Door, request: Request, body: unknown): Promise<Response> {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Fields;
  const texts = textsOf(fields.input);
  const dimensions = dimensionsOf(fields.dimensions);
  const isPacked = isBase64(fields.encoding_format);
  const { headers } = request;
  const wanted = headers.get("x-homarus-model") ?? headers.get("x-openclaw-model") ?? fields.model;
  const wish = { texts, ...(dimensions === undefined ? {} : { dimensions }) };
  const { vectors, tokens, model } = await door.house.embed(nameOf(wanted), wish, request.signal);
  const data = vectors.map((vector, index) => ({
    ...{ object: "embedding", index, embedding: isPacked ? packed(vector) : vector },
  }));
  return Response.json({ object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

function textsOf(input: unknown): readonly string[] {
  const texts = typeof input === "string" ? [input] : input;
  if (!Array.isArray(texts) || texts.length === 0 || texts.length > mostTexts)
    throw wrong(`input must be a text or a list of 1 to ${mostTexts} texts`, "input");
  for (const text of texts) {
    if (typeof text !== "string") throw wrong("input must be texts; lists of tokens are not read here", "input");
    if (text === "") throw wrong("input must not hold an empty text", "input");
  }
  return texts as string[];
}

function dimensionsOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isInteger(value) && Number(value) > 0) return Number(value);
  throw wrong("dimensions must be a whole number above 0", "dimensions");
}

function isBase64(format: unknown): boolean {
  if (format === undefined || format === "float") return false;
  if (format === "base64") return true;
  throw wrong("encoding_format must be float or base64", "encoding_format");
}

/** Undefined for the house's own names. */
function nameOf(model: unknown): string | undefined {
  if (typeof model !== "string" || model.trim() === "") return undefined;
  return /^(?:homarus|openclaw)(?:[:/].*)?$/.test(model.trim()) ? undefined : model.trim();
}

/** 32-bit floats, little end first. */
function packed(vector: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, at) => {
    bytes.setFloat32(at * 4, value, true);
  });
  return Buffer.from(bytes.buffer).toString("base64");
}

function wrong(message: string, param: string): HttpRefusal {
  return new HttpRefusal(400, "invalid_request_error", message, param);
}
