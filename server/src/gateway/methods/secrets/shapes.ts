// Shapes of the methods about secrets. All of them are ours.
import { flag, list, name, oneOf, open, optional, record, text, told, whole, words } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = open({});
export const set = open({
  name,
  value: told(name, "Comes in and never goes out."),
  made: optional(told(flag, "The value was made up, and may be made anew.")),
});
export const one = open({ name });
export const importing = open({ dryRun: optional(told(flag, "Only says what would be moved.")) });
export const rotating = open({
  names: optional(told(list(name), "Absent: everything that the house has made.")),
  fresh: optional(told(record(name), "New values for secrets that were made up, by name.")),
});

export const leasing = open({
  names: list(name, 1),
  token: told(
    words(46, 46),
    "hl_ and 32 random bytes in base64url. Comes in and never goes out: only its hash is kept.",
  ),
  ttlMs: optional(told(whole(1), "How long it lasts; absent: ten minutes.")),
  uses: optional(told(whole(0), "Values that it gives in all; absent: as many as wanted.")),
  note: optional(told(words(1, 200), "What it is for.")),
});
export const ending = open({ id: optional(told(name, "Absent: all that are open.")) });

const lease = open({
  ...{ id: name, names: list(name), note: optional(text), state: oneOf("open", "over", "used-up", "ended") },
  ...{ createdAtMs: whole(0), endsAtMs: whole(0), uses: optional(whole(1)), used: whole(0) },
  ...{ lastUsedAtMs: optional(whole(0)), endedAtMs: optional(whole(0)) },
});

const secret = open({ name, setAt: whole(0), isMade: flag, usedBy: list(text) });

export const shapes: Group["shapes"] = {
  "secrets.list": { params: none, result: open({ secrets: list(secret) }) },
  "secrets.set": { params: set, result: open({ name }) },
  "secrets.remove": { params: one, result: open({ removed: flag }) },
  "secrets.import": { params: importing, result: open({ moved: list(open({ path: name, name })), dryRun: flag }) },
  "secrets.rotate": { params: rotating, result: open({ rotated: list(open({ name, next: optional(text) })) }) },
  "secrets.leases.create": {
    params: leasing,
    result: open({ lease, socket: told(text, "Path of the socket on which programs ask.") }),
  },
  "secrets.leases.list": { params: none, result: open({ leases: list(lease) }) },
  "secrets.leases.end": { params: ending, result: open({ ended: list(name) }) },
};
