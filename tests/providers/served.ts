// A fake vendor behind a real socket. A cut is a connection destroyed in mid-answer, as when a vendor's server dies.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeVendor } from "@homarus/sdk/testing";

export interface ServedVendor extends AsyncDisposable {
  readonly address: string;
  /** Nobody listens there any more. */
  close(): Promise<void>;
}

export async function serveVendor(vendor: FakeVendor): Promise<ServedVendor> {
  const server = createServer((request, response) => void answer(vendor, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answer(vendor: FakeVendor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
  const method = request.method ?? "GET";
  try {
    const found = await vendor.fetch(`http://vendor${request.url}`, {
      ...{ method, signal: gone.signal },
      ...(method === "GET" ? {} : { body }),
    });
    response.writeHead(found.status, Object.fromEntries(found.headers));
    response.flushHeaders();
    for await (const piece of found.body ?? []) await new Promise<unknown>((resolve) => response.write(piece, resolve));
    response.end();
  } catch {
    // The vendor was told to break off, or the caller went away: either way the line is cut here.
    response.destroy();
  }
}
