// Shapes of the methods about secrets. All of them are ours.
import { flag, list, name, open, optional, record, text, told, whole } from "../../frames/shape.ts";
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

const secret = open({ name, setAt: whole(0), isMade: flag, usedBy: list(text) });

export const shapes: Group["shapes"] = {
  "secrets.list": { params: none, result: open({ secrets: list(secret) }) },
  "secrets.set": { params: set, result: open({ name }) },
  "secrets.remove": { params: one, result: open({ removed: flag }) },
  "secrets.import": { params: importing, result: open({ moved: list(open({ path: name, name })), dryRun: flag }) },
  "secrets.rotate": { params: rotating, result: open({ rotated: list(open({ name, next: optional(text) })) }) },
};
