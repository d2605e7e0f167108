import { expect, test } from "bun:test";
import { createLanes, type Lane } from "./lane.ts";

/** Work that goes on until it is let go. */
function held<Result>(result: Result) {
  let letGo = (): void => undefined;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  let lane: Lane<string> | undefined;
  const begun: Promise<Lane<string>>[] = [];
  return {
    letGo: () => letGo(),
    lane: () => lane as Lane<string>,
    begun,
    async work(own: Lane<string>): Promise<Result> {
      lane = own;
      await until;
      return result;
    },
  };
}

const done = (result: string) => ({ type: "done" as const, result });

test("one works at a time, in the order they came", async () => {
  const lanes = createLanes<string>();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} in`);
    await Promise.resolve();
    order.push(`${name} out`);
    return name;
  };
  const all = await Promise.all(["a", "b", "c"].map((name) => lanes.use("k", name, work(name), true)));
  expect(all).toEqual([done("a"), done("b"), done("c")]);
  expect(order).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
});

test("sessions do not wait for each other", async () => {
  const lanes = createLanes<string>();
  const first = held("first");
  const going = lanes.use("one", "x", first.work, true);
  expect(await lanes.use("two", "y", async () => "other", true)).toEqual(done("other"));
  first.letGo();
  expect(await going).toEqual(done("first"));
});

test("a run takes along who waits and may steer, in order; the others get their turn", async () => {
  const lanes = createLanes<string>();
  const first = held("first");
  const going = lanes.use("k", "first", first.work, true);
  const steering = [lanes.use("k", "s1", async () => "own", true), lanes.use("k", "s2", async () => "own", true)];
  const command = lanes.use("k", "command", async () => "own turn", false);
  const taken = first.lane().take();
  expect(taken.map((waiting) => waiting.item)).toEqual(["s1", "s2"]);
  for (const waiting of taken) waiting.taken();
  expect(await Promise.all(steering)).toEqual([{ type: "taken" }, { type: "taken" }]);
  expect(first.lane().take()).toEqual([]);
  first.letGo();
  expect(await going).toEqual(done("first"));
  expect(await command).toEqual(done("own turn"));
});

test("who was taken but never said to be taken gets a turn of its own: a commit may fail in between", async () => {
  const lanes = createLanes<string>();
  const first = held("first");
  const going = lanes.use("k", "first", first.work, true);
  const waiting = lanes.use("k", "s1", async () => "own turn", true);
  first.lane().take();
  first.letGo();
  await going;
  const outcome = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 200, "never"))]);
  expect(outcome).toEqual(done("own turn"));
});

test("work that throws lets the next one in", async () => {
  const lanes = createLanes<string>();
  const broken = lanes.use("k", "a", () => Promise.reject(new Error("broken")), true);
  const next = lanes.use("k", "b", async () => "fine", true);
  await expect(broken).rejects.toThrow("broken");
  expect(await next).toEqual(done("fine"));
});
