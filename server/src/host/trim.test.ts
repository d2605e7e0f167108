import { expect, test } from "bun:test";
import { silentLog } from "@homarus/sdk/testing";
import { cleanMappings, trimMemory } from "./trim.ts";

const smaps = `00200000-00400000 r--p 00000000 08:01 42                                 /usr/bin/thing
Private_Dirty:         0 kB
Anonymous:             0 kB
00400000-00500000 r-xp 00200000 08:01 42                                 /usr/bin/thing
Private_Dirty:         4 kB
Anonymous:             4 kB
00500000-00600000 rw-p 00300000 08:01 42                                 /usr/bin/thing
Private_Dirty:         0 kB
Anonymous:             0 kB
00700000-00800000 r--p 00000000 00:00 0
Private_Dirty:         0 kB
Anonymous:             0 kB`;

test("only clean, read-only mappings of files are given back", () => {
  expect(cleanMappings(smaps)).toEqual([{ start: 0x200000, length: 0x200000 }]);
});

test("the program goes on working after its pages were given back", () => {
  const bytes = trimMemory(silentLog);
  if (process.platform === "linux") expect(bytes).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify({ ok: [1, "two"] }))).toEqual({ ok: [1, "two"] });
});
