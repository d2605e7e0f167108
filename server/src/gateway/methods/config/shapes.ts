// Shapes of the methods about the settings file. Source: releases 2026.2.17 and 2026.5.7, together.
import { anything, flag, list, name, open, optional, orNull, record, strict, text } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = strict({});

export const configSet = strict({ raw: name, baseHash: optional(name) });

const issue = open({ path: text, message: name });

export const shapes: Group["shapes"] = {
  "config.get": {
    params: none,
    result: open({
      path: name,
      exists: flag,
      raw: orNull(text),
      valid: flag,
      hash: optional(name),
      issues: list(issue),
    }),
  },
  "config.set": { params: configSet, result: open({ ok: flag, path: name, config: anything }) },
  "config.schema": {
    params: none,
    result: open({ schema: anything, uiHints: record(anything), version: name, generatedAt: name }),
  },
};
