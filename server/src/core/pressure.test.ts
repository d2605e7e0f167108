import { describe, expect, test } from "bun:test";
import { createPressure } from "./pressure.ts";

const open = () => createPressure(() => ({ soft: 100, hard: 200 }));
const types = (acts: readonly { type: string }[]): string => acts.map(({ type }) => type).join(" ");

describe("[Y08] memory that runs short", () => {
  test("below the bounds nothing is done", () => {
    const pressure = open();
    expect([types(pressure.see(99, 0)), pressure.level()]).toEqual(["", "normal"]);
  });

  test("above the first bound what can be had again is let go, and once a minute as long as it lasts", () => {
    const pressure = open();
    expect(types(pressure.see(100, 0))).toBe("shed");
    expect(types(pressure.see(120, 59_999))).toBe("");
    expect(types(pressure.see(120, 60_000))).toBe("shed");
  });

  test("above the second nothing in the background begins, and the owner is told, once an hour at most", () => {
    const pressure = open();
    expect(pressure.see(200, 0)).toMatchObject([
      { type: "shed" },
      { type: "background", allowed: false },
      { type: "tell", text: expect.stringContaining("memory.hardMegabytes") },
    ]);
    expect(pressure.see(150, 1_000)).toMatchObject([{ type: "shed" }, { type: "background", allowed: true }]);
    expect(types(pressure.see(210, 2_000))).toBe("shed background");
    pressure.see(50, 3_000);
    expect(types(pressure.see(210, 3_600_000))).toBe("shed background tell");
  });

  test("a level does not flutter around its bound", () => {
    const pressure = open();
    pressure.see(201, 0);
    for (const [at, bytes] of [199, 205, 181].entries()) pressure.see(bytes, at);
    expect(pressure.level()).toBe("critical");
    pressure.see(179, 5);
    expect(pressure.level()).toBe("high");
    pressure.see(91, 6);
    expect(pressure.level()).toBe("high");
    pressure.see(89, 7);
    expect(pressure.level()).toBe("normal");
  });
});
