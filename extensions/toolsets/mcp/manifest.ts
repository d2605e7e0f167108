// A server of the Model Context Protocol as data: how it is reached, and what the owner lets its tools do.
import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "mcp",
  kind: "toolset",
  title: "MCP server",
  description: "Tools of a server that speaks the Model Context Protocol: a program, or an address.",
  since: "0.1",
  permissions: { hosts: ["{config.url}"] },
  config: s.object({
    enabled: s.withDefault(s.boolean({ help: "false keeps the settings and never starts the server." }), true),
    type: s.optional(s.choice(["stdio", "http"], { help: "As other programs write it; command or url decides." })),
    command: s.optional(s.string({ title: "Program", help: "The program to start; it has your whole user account." })),
    args: s.optional(s.list(s.string(), { title: "Arguments" })),
    env: s.optional(
      s.record(s.variable(), { title: "Variables", help: "Given to the program beside PATH, HOME and LANG." }),
    ),
    folder: s.optional(s.string({ help: "Absolute path the program starts in; absent is your home." })),
    url: s.optional(s.string({ title: "Address", help: "Of a server over Streamable HTTP.", format: "uri" })),
    headers: s.optional(s.record(s.secret(), { title: "Headers", help: "Sent with each request to the address." })),
    private: s.withDefault(
      s.boolean({ help: "true: the address is inside your own network, although its name does not say so." }),
      false,
    ),
    timeoutMs: s.withDefault(s.integer({ min: 100, max: 3_600_000, help: "A call is ended after this long." }), 60_000),
    allow: s.optional(
      s.list(s.string(), { help: "Only these of its tools, by its own names; * stands for any text." }),
    ),
    deny: s.withDefault(s.list(s.string(), { help: "Not these of its tools; wins over allow." }), []),
    trusted: s.withDefault(
      s.boolean({ help: "true believes the server where it says that a tool only reads, or stays in the house." }),
      false,
    ),
  }),
});
