// A streamed answer that ends with what it belongs to: with the gateway, with the device that was sent away, or with a
// reader that does not keep up.
import type { Door } from "../door.ts";
import { isStream, silentMember } from "../http/silent-member.ts";

/** A line that says nothing: the machine sends the head of an answer with its first bytes, and a client waits for it. */
const opening = new TextEncoder().encode(": \n\n");
/** Bytes that may wait for a reader. */
const longestWait = 8 * 1024 * 1024;

/** The same answer; `ended` is called once, however it ends. An answer that is no stream has ended already. */
export function watched(
  door: Door,
  response: Response,
  deviceId: string | undefined,
  ended: () => void = () => undefined,
): Response {
  const { body } = response;
  if (!isStream(response) || body === null) {
    ended();
    return response;
  }
  const reader = body.getReader();
  const member = silentMember({ deviceId }, () => void reader.cancel().catch(() => undefined));
  door.audience.join(member);
  const over = (): void => {
    door.audience.leave(member);
    ended();
  };
  const passed = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(opening);
        void pass(reader, controller).finally(over);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
  );
  return new Response(passed, response);
}

/** Takes all that comes at once: how much waits for the reader is then known here. */
async function pass(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: ReadableStreamDefaultController<Uint8Array>,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      controller.enqueue(value);
      if (-(controller.desiredSize ?? 0) > longestWait) {
        await reader.cancel();
        controller.error(new Error("slow consumer"));
        return;
      }
    }
    controller.close();
  } catch {
    // The reader has gone, and the controller with it: there is nobody to tell.
  }
}
