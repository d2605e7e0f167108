// Shapes of the methods about tools. Source: release 2026.5.7.
import { anything, flag, list, name, oneOf, open, optional, record, strict, text } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const catalog = strict({ agentId: optional(name), includePlugins: optional(flag) });
export const effective = strict({ agentId: optional(name), sessionKey: name });
export const invoke = strict({
  name,
  args: optional(record(anything)),
  sessionKey: optional(name),
  agentId: optional(name),
  confirm: optional(flag),
  idempotencyKey: optional(name),
});
export const commands = strict({
  agentId: optional(name),
  provider: optional(name),
  scope: optional(oneOf("text", "native", "both")),
  includeArgs: optional(flag),
});
export const none = strict({});
export const browser = open({ method: name, path: name });

const group = open({ id: name, label: name, tools: list(open({ id: name, label: name, description: text })) });

export const shapes: Group["shapes"] = {
  "tools.catalog": { params: catalog, result: open({ agentId: name, profiles: list(anything), groups: list(group) }) },
  "tools.effective": { params: effective, result: open({ agentId: name, profile: name, groups: list(group) }) },
  "tools.invoke": {
    params: invoke,
    result: open({
      ok: flag,
      toolName: name,
      output: optional(anything),
      error: optional(open({ code: name, message: name })),
    }),
  },
  // Source: release 2026.9.6.
  "plugins.list": {
    params: strict({}),
    result: open({
      plugins: list(open({ id: name, name, installed: flag, enabled: flag, state: oneOf("enabled", "disabled") })),
      mutationAllowed: flag,
    }),
  },
  "commands.list": {
    params: commands,
    result: open({ commands: list(open({ name, description: text, source: name })) }),
  },
  "plugins.uiDescriptors": { params: none, result: open({ ok: flag, descriptors: list(anything) }) },
  "browser.request": { params: browser, result: open({}) },
};
