// Answers over HTTP that many doors give: JSON, and a stream of server-sent events that tells when its reader has gone.
// Source of the stream's format: WHATWG HTML, "Server-sent events".

/** Ends a request with a status and words for whoever reads them. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly code: string;
  /** The field that is wrong, where it is one. */
  readonly param: string | undefined;

  constructor(status: number, code: string, message: string, param?: string) {
    super(message);
    this.name = "HttpRefusal";
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

/** A body that is a JSON object; anything else is refused with 400. */
export async function jsonBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(await request.text());
  } catch {
    throw new HttpRefusal(400, "invalid_json", "the body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HttpRefusal(400, "invalid_json", "the body must be a JSON object");
  return value as Readonly<Record<string, unknown>>;
}

export interface EventStream {
  readonly response: Response;
  /** False when the reader has gone. */
  send(data: string, event?: string, id?: number): boolean;
  /** Bytes that the reader has not taken yet. */
  buffered(): number;
  close(): void;
}

const encoder = new TextEncoder();
/** A line that says nothing, so that proxies do not take a long thought for a dead connection. */
const aliveEveryMs = 15_000;

/** `gone` is called once when the reader closes before the end. */
export function openEventStream(gone: () => void): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let waiting = 0;
  const write = (text: string): boolean => {
    if (!controller) return false;
    controller.enqueue(encoder.encode(text));
    waiting = Math.max(0, highWater - (controller.desiredSize ?? 0));
    return true;
  };
  const alive = setInterval(() => write(": \n\n"), aliveEveryMs);
  const end = (): void => {
    controller = undefined;
    clearInterval(alive);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(opened) {
        controller = opened;
      },
      pull() {
        waiting = Math.max(0, highWater - (controller?.desiredSize ?? highWater));
      },
      cancel() {
        end();
        gone();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: highWater }),
  );
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
  return {
    response: new Response(body, { headers }),
    send(data, event, id) {
      const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
      return write(`${head}data: ${data.replaceAll("\n", "\ndata: ")}\n\n`);
    },
    buffered: () => waiting,
    close() {
      const opened = controller;
      end();
      opened?.close();
    },
  };
}

const highWater = 64 * 1024;

export interface Turned {
  readonly type: "out";
  /** HTTP status. */
  readonly status: 401 | 403 | 429;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** The answer to a visitor who may not come in, or has to wait. */
export function turnedAway({ status, message, retryAfterMs }: Turned): Response {
  const headers = {
    ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1000)) }),
  };
  const type = status === 429 ? "rate_limited" : status === 403 ? "forbidden" : "unauthorized";
  return Response.json({ ok: false, error: { type, message } }, { status, headers });
}
