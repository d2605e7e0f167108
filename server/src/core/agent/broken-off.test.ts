import { expect, test } from "bun:test";
import { continuedEvent, type Entry, type EntryBody, noUsage } from "@homarus/sdk";
import { brokenOff } from "./broken-off.ts";

const said = (text: string): EntryBody => ({ type: "user", content: [{ type: "text", text }] });
const step = (text: string): EntryBody => ({
  ...{ type: "step", content: [{ type: "text", text }], provider: "p", model: "m" },
  ...{ stopReason: "aborted", usage: noUsage },
});
const broke: EntryBody = { type: "event", event: continuedEvent };
const log = (...bodies: EntryBody[]): Entry[] => bodies.map((body, index) => ({ seq: index + 1, at: 1, body }));

test("the shown words of an answer that broke off are known, until another step has ended", () => {
  const begun = [said("count"), step("one, "), broke, step("two, "), broke];
  expect(brokenOff(log(...begun))).toBe("one, two, ");
  expect(brokenOff(log(...begun, said("meanwhile")))).toBe("one, two, ");
  expect(brokenOff(log(...begun, step("three.")))).toBe("");
});
