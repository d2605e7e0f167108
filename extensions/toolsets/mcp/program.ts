// The stdio transport of MCP over a program that the house has started: one JSON-RPC message on each line
// (specification 2025-11-25, basic/transports).
import { Fault, type SpokenProgram } from "@homarus/sdk";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";

/** Lines that are no message; after so many it is no server of this protocol. */
const mostStrangeLines = 100;

export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  #isClosed = false;
  readonly #program: SpokenProgram;

  constructor(program: SpokenProgram) {
    this.#program = program;
  }

  async start(): Promise<void> {
    void this.#listen();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.#program.write(JSON.stringify(message));
  }

  async close(): Promise<void> {
    await this.#program.end();
    this.#closed();
  }

  async #listen(): Promise<void> {
    let strange = 0;
    for await (const line of this.#program.lines) {
      const message = messageIn(line);
      if (message) this.onmessage?.(message);
      else if (line.trim() !== "") strange += 1;
      if (strange > mostStrangeLines) break;
    }
    if (strange > 0)
      this.onerror?.(new Fault("unavailable", "mcp.garbage", "The program writes what is no message of MCP."));
    await this.close();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onclose?.();
  }
}

/** Programs write notes to their output that are meant for people; those are passed over. */
function messageIn(line: string): JSONRPCMessage | undefined {
  try {
    const value = JSON.parse(line) as { jsonrpc?: unknown } | null;
    return typeof value === "object" && value?.jsonrpc === "2.0" ? (value as JSONRPCMessage) : undefined;
  } catch {
    return undefined;
  }
}
