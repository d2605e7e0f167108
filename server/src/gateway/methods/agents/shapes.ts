// Shapes of the methods about agents. Source: releases 2026.2.17 and 2026.5.7, together.
import { list, name, oneOf, open, optional, strict } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = strict({});

export const agentIdentity = strict({ agentId: optional(name), sessionKey: optional(name) });

const agentSummary = open({ id: name, name: optional(name), workspace: optional(name) });

export const shapes: Group["shapes"] = {
  "agents.list": {
    params: none,
    result: open({ defaultId: name, mainKey: name, scope: oneOf("per-sender", "global"), agents: list(agentSummary) }),
  },
  "agent.identity.get": {
    params: agentIdentity,
    result: open({ agentId: name, name: optional(name), avatar: optional(name) }),
  },
};
