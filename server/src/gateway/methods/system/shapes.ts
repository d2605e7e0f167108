// Shapes of the methods that tell how the house is. Source: releases 2026.2.17 and 2026.5.7, together.
import { anything, flag, list, open, optional, orNull, record, strict, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const health = strict({ probe: optional(flag) });

const presenceList = list(open({ ts: whole(0) }));

export const shapes: Group["shapes"] = {
  health: {
    params: health,
    result: open({ ok: flag, ts: whole(0), channels: record(anything), agents: list(anything) }),
  },
  status: { params: undefined, result: open({ heartbeat: open({}), channelSummary: list(text), sessions: open({}) }) },
  "system-presence": { params: undefined, result: presenceList },
  "last-heartbeat": { params: undefined, result: orNull(open({ ts: whole(0), status: text })) },
  connect: { params: undefined, result: open({}) },
};
