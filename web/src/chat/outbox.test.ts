import { describe, expect, test } from "bun:test";
import { keepOutbox, readOutbox } from "./outbox.ts";
import { sent } from "./samples.ts";

function drawer(limit = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem(name: string, value: string) {
      if (value.length > limit) throw new Error("full");
      kept.set(name, value);
    },
    removeItem: (name: string) => void kept.delete(name),
  };
}

const picture = { name: "a.png", mediaType: "image/png", bytes: 3, address: "data:image/png;base64,AAAA" };

describe("what is kept over a reload", () => {
  test("is what is still under way, and waits to be sent again", () => {
    const place = drawer();
    keepOutbox(place, "s", [
      sent("a", "accepted", { afterSeq: 4 }),
      sent("b", "over", { isSettled: true }),
      sent("c", "refused", { state: "failed" }),
      sent("d", "with a picture", { pictures: [picture] }),
    ]);
    expect(readOutbox(place, "s")).toMatchObject([{ key: "a", text: "accepted", state: "waiting", afterSeq: 4 }]);
    expect(readOutbox(place, "another")).toEqual([]);
  });

  test("leaves nothing behind when all is over", () => {
    const place = drawer();
    keepOutbox(place, "s", [sent("a", "one")]);
    keepOutbox(place, "s", []);
    expect(place.kept.size).toBe(0);
  });

  test("is given up where there is no room, and what was kept before is not taken for it", () => {
    const place = drawer(100);
    keepOutbox(place, "s", [sent("a", "one")]);
    keepOutbox(place, "s", [sent("a", "x".repeat(200))]);
    expect(readOutbox(place, "s")).toEqual([]);
  });

  test.each(["[]", "{}", "3", "[null, 1, {}]", '[{"key":"a"}]'])("that makes no sense (%s) is nothing", (text) => {
    const place = drawer();
    place.setItem("homarus.outbox.s", text);
    expect(readOutbox(place, "s")).toEqual([]);
  });
});
