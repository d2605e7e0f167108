// Shapes of the methods about models. Source: releases 2026.2.17 and 2026.5.7, together.
import { flag, list, name, oneOf, open, optional, strict, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const modelsList = strict({ view: optional(oneOf("default", "configured", "all")) });

const modelChoice = open({
  id: name,
  name,
  provider: name,
  contextWindow: optional(whole(1)),
  reasoning: optional(flag),
});

export const shapes: Group["shapes"] = {
  "models.list": { params: modelsList, result: open({ models: list(modelChoice) }) },
  "models.authStatus": {
    params: undefined,
    result: open({ ts: whole(0), providers: list(open({ provider: name, status: name })) }),
  },
};
