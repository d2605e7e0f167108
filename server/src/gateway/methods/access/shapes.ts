// Shapes of the methods about keys for programs. All of them are ours.
import { list, name, oneOf, open, optional, orNull, told, whole, words } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = open({});
export const creating = open({
  name: words(1, 64),
  scopes: optional(told(list(name), "What it may; absent: operator.read.")),
  ttlMs: optional(told(orNull(whole(1)), "How long it lets in; absent: a day; null: without an end.")),
});
export const one = open({ name });

const row = {
  ...{ name, scopes: list(name), createdAtMs: whole(0), state: oneOf("open", "ended", "revoked") },
  endsAtMs: optional(told(whole(0), "Absent: it has no end.")),
  ...{ revokedAtMs: optional(whole(0)), lastUsedAtMs: optional(told(whole(0), "To the minute.")) },
};

export const shapes: Group["shapes"] = {
  "access.keys.create": {
    params: creating,
    result: open({ key: open(row), secret: told(name, "The key itself: it is told this once and not kept.") }),
  },
  "access.keys.list": { params: none, result: open({ keys: list(open(row)) }) },
  "access.keys.revoke": { params: one, result: open({ key: open(row) }) },
};
