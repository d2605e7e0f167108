// Shapes of the methods about the settings file. Source: releases 2026.2.17 and 2026.5.7, together.
import {
  anything,
  flag,
  list,
  name,
  open,
  optional,
  orNull,
  record,
  strict,
  text,
  whole,
  words,
} from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = strict({});

export const configSet = strict({ raw: name, baseHash: optional(name) });

export const configApply = open({
  raw: name,
  baseHash: optional(name),
  sessionKey: optional(text),
  note: optional(text),
  restartDelayMs: optional(whole(0)),
});
export const configLookup = strict({ path: words(1, 1024) });

const issue = open({ path: text, message: name });

const written = open({ ok: flag, path: name, config: anything, restart: anything });

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
  "config.apply": { params: configApply, result: written },
  "config.patch": { params: configApply, result: written },
  "config.schema.lookup": {
    params: configLookup,
    result: open({ path: name, schema: anything, children: list(open({ key: name, path: name, required: flag })) }),
  },
};
