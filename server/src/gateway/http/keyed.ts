// Requests over HTTP that came by a key: when the key is over, whatever is still on its way to the client ends there.
import type { Door } from "../door.ts";
import { turnedAway } from "./answer.ts";
import type { Visitor } from "./room.ts";
import { isStream, silentMember } from "./silent-member.ts";

const entries = new WeakMap<Visitor, (keyId: string) => void>();

/** Called by the login, once it is known that the visitor has a key. */
export function cameByKey(visitor: Visitor, keyId: string): void {
  entries.get(visitor)?.(keyId);
}

export interface Visit {
  readonly request: Request;
  readonly visitor: Visitor;
}

/** Serves a request. Without a key the answer is as it comes. */
export async function whileKeyStands(
  door: Door,
  { request, visitor }: Visit,
  serve: (request: Request) => Promise<Response>,
): Promise<Response> {
  const over = Promise.withResolvers<void>();
  const cut = new AbortController();
  let leave = (): void => undefined;
  let isKeyed = false;
  entries.set(visitor, (keyId) => {
    if (isKeyed) return;
    isKeyed = true;
    const member = silentMember({ keyId }, () => {
      over.resolve();
      cut.abort();
    });
    leave = () => door.audience.leave(member);
    door.audience.join(member);
  });
  // What waits for its end in one piece is stopped as if the client had gone.
  const mayBeKeyed = /^Bearer\s+hk_/i.test(request.headers.get("authorization") ?? "");
  const asked = mayBeKeyed ? new Request(request, { signal: AbortSignal.any([request.signal, cut.signal]) }) : request;
  const serving = serve(asked);
  const ended = over.promise.then(() => undefined);
  const answer = await Promise.race([serving, ended]).catch((thrown: unknown) => {
    leave();
    throw thrown;
  });
  if (answer && isKeyed && isStream(answer) && answer.body) return cutShort(answer, answer.body, over.promise, leave);
  leave();
  if (answer) return answer;
  // What the room still has to say goes nowhere, and whether that fails is nobody's matter any more.
  serving.then((late) => late.body?.cancel()).catch(() => undefined);
  return turnedAway({ type: "out", status: 401, message: keyOver });
}

const keyOver = "unauthorized: the key is over (make another: homarus keys create)";

/** The same answer; it ends early when the key is over. `leave` is called once, however it ends. */
function cutShort(
  answer: Response,
  body: ReadableStream<Uint8Array>,
  over: Promise<void>,
  leave: () => void,
): Response {
  const reader = body.getReader();
  let isOver = false;
  const stop = async (reason?: unknown): Promise<void> => {
    isOver = true;
    leave();
    await reader.cancel(reason);
  };
  // Whoever writes hears that its reader has gone; if that fails there is nobody to tell.
  over.then(() => stop()).catch(() => undefined);
  const passed = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value } = await reader.read();
        if (value !== undefined && !isOver) {
          controller.enqueue(value);
          return;
        }
        leave();
        controller.close();
      },
      cancel: stop,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
  return new Response(passed, answer);
}
