// The body of a request, held in memory until all of it is there: nothing of it leaves before it has been seen whole.
import type { Duplex } from "node:stream";
import { Fault } from "@homarus/sdk";
import { createBodyReader } from "./body.ts";
import { type Framing, type Head, type Headers, wordsOf } from "./head.ts";
import type { House } from "./parts.ts";
import { type Reader, send } from "./reader.ts";

export interface HeldBody {
  readonly bytes: Buffer;
  readonly trailers: Headers;
  /** The memory is free again. */
  release(): void;
}

export async function holdBody(
  { head, framing, reader, socket }: { head: Head; framing: Framing; reader: Reader; socket: Duplex },
  house: House,
): Promise<HeldBody> {
  const { maxBodyBytes, maxHeldBytes } = house.limits;
  if (framing.type === "length" && framing.bytes > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  if (framing.type !== "none" && wordsOf(head.headers, "expect").includes("100-continue"))
    await send(socket, "HTTP/1.1 100 Continue\r\n\r\n");
  const body = createBodyReader(reader, framing);
  const parts: Uint8Array[] = [];
  let size = 0;
  const release = (): void => {
    house.held.bytes -= size;
    size = 0;
  };
  try {
    for (let part = await body.next(); part; part = await body.next()) {
      size += part.length;
      house.held.bytes += part.length;
      if (size > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
      if (house.held.bytes > maxHeldBytes) throw busy();
      parts.push(part);
    }
  } catch (thrown) {
    release();
    throw thrown;
  }
  return { bytes: Buffer.concat(parts), trailers: body.trailers, release };
}

export function bodyTooLarge(most: number): Fault {
  return new Fault("overflow", "egress.body-too-large", `The body is larger than ${most} bytes.`, {
    hint: "The owner can raise egress.maxBodyMegabytes in homarus.json.",
  });
}

export function busy(): Fault {
  return new Fault("limited", "egress.busy", "Too many requests of sandboxes are being looked at.", {
    hint: "Send it again a little later.",
  });
}
