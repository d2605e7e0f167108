// A tool as this door offers it, whoever carries it out.
import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import type { Guest } from "./guest.ts";

export interface ToolUse {
  readonly guest: Guest;
  /** Who calls, as it names itself. */
  readonly client: string | undefined;
  /** Aborted when the client takes the call back or is gone. */
  readonly signal: AbortSignal;
  /** Tells the client how far it is, if it wants to know. */
  readonly progress: (text: string) => void;
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface OfferedTool {
  readonly listing: Tool;
  /** Rejects with what went wrong; the caller puts it in words. */
  run(input: Arguments, use: ToolUse): Promise<CallToolResult>;
}
