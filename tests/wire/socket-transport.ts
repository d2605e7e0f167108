// The Model Context Protocol over a WebSocket for the official client library, which has no such transport.
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";

export class SocketTransport implements Transport {
  onmessage?: Transport["onmessage"];
  onclose?: Transport["onclose"];
  onerror?: Transport["onerror"];
  readonly #socket: WebSocket;

  /** The secret goes as a subprotocol: the only way that a browser has. */
  constructor(url: string, secret: string) {
    this.#socket = new WebSocket(url, ["mcp", `bearer.${secret}`]);
  }

  /** The close code, once it is closed. */
  get closed(): Promise<number> {
    return new Promise((resolve) => this.#socket.addEventListener("close", ({ code }) => resolve(code)));
  }

  start(): Promise<void> {
    this.#socket.onmessage = ({ data }) => this.onmessage?.(JSON.parse(String(data)));
    this.#socket.onclose = () => this.onclose?.();
    return new Promise((resolve, reject) => {
      this.#socket.onopen = () => resolve();
      this.#socket.onerror = () => reject(new Error("the socket did not open"));
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#socket.send(JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.#socket.close();
  }
}
