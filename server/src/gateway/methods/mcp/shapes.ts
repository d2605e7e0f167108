// Shapes of the methods about servers of MCP. All of them are ours.
import { list, name, oneOf, open, optional, text, told } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = open({});
export const testing = open({ name: optional(told(name, "Of one server. Absent: each that is on.")) });

const server = open({
  name,
  state: told(
    oneOf("off", "unused", "connected", "trouble"),
    "unused: no run has wanted its tools yet, so it was not started.",
  ),
  tools: list(open({ name, description: text })),
  left: told(list(text), "Tools that are not taken to models, with why; the first few."),
  trouble: optional(open({ message: text, hint: optional(text) })),
});

export const shapes: Group["shapes"] = {
  "mcp.list": { params: none, result: open({ servers: list(server) }) },
  "mcp.test": { params: testing, result: open({ servers: list(server) }) },
};
