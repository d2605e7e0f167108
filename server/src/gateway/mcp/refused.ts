// What went wrong, as clients of this door read it: inside a tool's result, or as an error of the protocol.
import { toFault } from "@homarus/sdk";
import { type CallToolResult, ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import type { Door } from "../door.ts";
import { errorShape, Refusal } from "../refusal.ts";

/** The model that called the tool reads it and may do better. */
export function failedCall(door: Door, tool: string, thrown: unknown): CallToolResult {
  note(door, tool, thrown);
  return { content: [{ type: "text", text: errorShape(thrown).message }], isError: true };
}

/** To be thrown out of a handler. */
export function protocolError(door: Door, method: string, thrown: unknown): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  note(door, method, thrown);
  const { code, message } = errorShape(thrown);
  const isAsked = code !== "UNAVAILABLE";
  return new ProtocolError(isAsked ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError, message);
}

function note(door: Door, what: string, thrown: unknown): void {
  if (thrown instanceof Refusal || toFault(thrown).kind !== "bug") return;
  door.house.log.error("mcp.failed", { what, error: thrown });
}
