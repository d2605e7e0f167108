// A server of MCP over Streamable HTTP (specification 2025-11-25): a stream for each call, one for notices, a session.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFakeServer, type FakeServer, type FakeWish } from "./tools.ts";

export interface FakeHttp extends AsyncDisposable {
  readonly url: string;
  readonly server: FakeServer;
  /** Headers of each request. */
  readonly headers: Readonly<Record<string, unknown>>[];
  /** How many streams for notices are open. */
  listeners(): number;
  /** Sends a notice on every open stream for them. */
  notify(message: object): void;
  /** Forgets every session: who asks with one gets 404. */
  forget(): void;
}

export async function serveFake(wish: FakeWish = {}): Promise<FakeHttp> {
  const server = createFakeServer(wish);
  const headers: Readonly<Record<string, unknown>>[] = [];
  const notices = new Set<ServerResponse>();
  let session = 1;
  const http = createServer((request, response) => {
    headers.push(request.headers);
    const given = request.headers["mcp-session-id"];
    if (given !== undefined && given !== `session-${session}`) return void response.writeHead(404).end();
    if (request.method === "GET") return void openStream(response, notices);
    if (request.method !== "POST") return void response.writeHead(200).end();
    void post(request, response, { server, session: `session-${session}` });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    ...{ server, headers, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` },
    listeners: () => notices.size,
    notify(message) {
      for (const stream of notices) stream.write(eventOf(message));
    },
    forget() {
      session += 1;
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

const eventOf = (message: object): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

function openStream(response: ServerResponse, notices: Set<ServerResponse>): void {
  response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  notices.add(response);
  response.on("close", () => notices.delete(response));
}

async function post(
  request: IncomingMessage,
  response: ServerResponse,
  { server, session }: { readonly server: FakeServer; readonly session: string },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const message = JSON.parse(Buffer.concat(chunks).toString());
  if (message.method === "server/discover") return void response.writeHead(400).end();
  if (message.id === undefined) {
    await server.answer(message, () => undefined);
    return void response.writeHead(202).end();
  }
  response.writeHead(200, { "content-type": "text/event-stream", "mcp-session-id": session });
  const answer = await server.answer(message, (told) => response.write(eventOf(told)));
  if (answer) response.end(eventOf(answer));
}
