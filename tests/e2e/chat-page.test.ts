// The chat page as a person meets it: Debian's Chromium against a real gateway process with the offline demonstration.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { openGatewayClient } from "@homarus/sdk/client";
import type { Page } from "playwright-core";
import { freePort, openBrowser, type TestBrowser, type WatchedPage } from "./fakes/browser.ts";
import type { RemoteModel } from "./fakes/chat-server.ts";
import { type HouseProcess, makeStateFolder, type StateFolder, startHouse } from "./fakes/house-process.ts";
import { openScriptedModel } from "./fakes/scripted-model.ts";

const built = join(import.meta.dir, "..", "..", "server", "dist", "web");

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser[Symbol.asyncDispose]());

interface Scene extends AsyncDisposable, WatchedPage {
  readonly state: StateFolder;
  readonly house: HouseProcess;
  /** Address of the chat page. */
  readonly address: string;
}

interface SceneOptions {
  /** Ms between two words of the demonstration. */
  readonly paceMs?: number;
  /** A remote model instead of the demonstration. */
  readonly model?: RemoteModel;
  readonly port?: number;
  readonly context?: Parameters<TestBrowser["open"]>[0];
}

async function open({ paceMs = 5, port = 0, context, model }: SceneOptions = {}): Promise<Scene> {
  const remote = model && { openai: { apiKey: "sk-page-test", baseUrl: model.url, api: "chat" } };
  const state = makeStateFolder({
    ...(remote && { agents: { defaults: { model: "openai/scripted" } } }),
    providers: { offline: { paceMs }, ...remote },
  });
  const house = await startHouse(state, { port });
  const watched = await browser.open(context);
  return {
    ...{ state, house, page: watched.page, requests: watched.requests, errors: watched.errors },
    address: `http://127.0.0.1:${house.port}/chat`,
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await house.kill();
      state[Symbol.dispose]();
    },
  };
}

/** Comes in by the link that the gateway printed. */
async function enter({ page, address, house }: Scene): Promise<void> {
  await page.goto(`${address}#token=${house.token}`);
  await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
}

const field = (page: Page) => page.getByRole("textbox", { name: "Message" });
const stopButton = (page: Page) => page.getByRole("button", { name: "Stop" });

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
}

/** Until nothing goes on: no run, nothing waiting, nothing streaming, no reading of the log. */
async function quiet(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector(".answer, .note") !== null &&
      document.querySelector('[aria-label="Stop"], [aria-busy="true"], .said-state, .working') === null,
  );
}

/** What stands on the page, item by item: who, and the words. */
function transcript(page: Page): Promise<string[]> {
  return page.locator(".items > li").evaluateAll((items) =>
    items.map((item) => {
      const texts = [...item.querySelectorAll(".bubble, summary, .markdown, .aside")].map((part) => part.textContent);
      return `${item.className}: ${texts.join(" | ")}`;
    }),
  );
}

/** The page after a reload shows the gateway's log alone: it has to say what was seen live. */
async function expectLogToAgree(page: Page): Promise<void> {
  const seen = await transcript(page);
  await page.reload();
  await quiet(page);
  expect(await transcript(page)).toEqual(seen);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

/** Neither the page nor a part of it that holds others; what is meant to scroll, like code, does so by itself. */
async function expectNoSideways(page: Page): Promise<void> {
  const wide = await page
    .locator("html, body, main, .pane, .items, .items > li, .bubble, .composer")
    .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.outerHTML));
  expect(wide).toEqual([]);
}

/** Nothing left this machine, and nothing hurt the page's own policy. */
function expectKeptHouse({ requests, errors, house }: Scene): void {
  const hosts = new Set(requests.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).host));
  expect([...hosts]).toEqual([`127.0.0.1:${house.port}`]);
  expect(errors).toEqual([]);
}

describe("signing in", () => {
  test("the printed link lets in, and the token goes out of the address", async () => {
    await using scene = await open();
    const { page, address, house } = scene;
    await enter(scene);
    expect(page.url()).toBe(address);
    await page.reload();
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    const kept = await page.evaluate(() => [Object.values(sessionStorage), Object.values(localStorage)]);
    expect(kept).toEqual([[house.token], []]);
    expectKeptHouse(scene);
  });

  test("the form says what was wrong with a token, and lets in with the right one", async () => {
    await using scene = await open();
    const { page, address, house } = scene;
    await page.goto(address);
    const secret = page.getByLabel("Token or password");
    await secret.waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await secret.fill("not-the-token");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("That token is not the right one.");
    await expectAccessible(page);
    await secret.fill(house.token);
    await page.getByLabel("Stay signed in on this browser").check();
    await secret.press("Enter");
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    expect(await page.evaluate(() => Object.values(localStorage))).toEqual([house.token]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token or password").waitFor();
    expect(await page.evaluate(() => Object.values(localStorage))).toEqual([]);
    expectKeptHouse(scene);
  });
});

describe("a conversation", () => {
  test("[F12] an answer grows while it is written, is told once when it is whole, and stays over a reload", async () => {
    await using scene = await open({ paceMs: 30 });
    const { page } = scene;
    await enter(scene);
    await say(page, "hello house");
    const answer = page.locator(".answer .markdown");
    await answer.filter({ hasText: "Offline" }).waitFor();
    const early = (await answer.textContent()) ?? "";
    expect(await page.locator('[data-streaming="true"]').count()).toBe(1);
    expect(await page.getByRole("log").textContent()).toBe("");
    await quiet(page);
    const whole = (await answer.textContent()) ?? "";
    expect(whole.length).toBeGreaterThan(early.length);
    expect(whole).toContain("You wrote: “hello house”.");
    expect(await page.getByRole("log").locator("p").count()).toBe(1);
    expect(await page.getByRole("log").textContent()).toContain("You wrote: “hello house”.");
    expect(await page.locator(".said").count()).toBe(1);
    expect(await page.locator(".model").textContent()).toContain("demonstration");
    expect(await page.getByText("This is a demonstration, not a language model.").isVisible()).toBe(true);
    await expectLogToAgree(page);
    expectKeptHouse(scene);
  });

  test("[A33] thinking is open while it is all there is, and opens and closes by key", async () => {
    await using scene = await open({ paceMs: 250 });
    const { page } = scene;
    await enter(scene);
    await say(page, "list the files");
    const thinking = page.locator(".thinking");
    await thinking.getByText("Thinking…").waitFor();
    expect(await thinking.getAttribute("open")).not.toBeNull();
    await quiet(page);
    expect(await thinking.count()).toBe(1);
    expect(await thinking.getAttribute("open")).toBeNull();
    await thinking.getByText("Thought").focus();
    await page.keyboard.press("Enter");
    await thinking.getByText("I look into the workspace.").waitFor();
    await page.keyboard.press("Enter");
    await thinking.getByText("I look into the workspace.").waitFor({ state: "detached" });
    expectKeptHouse(scene);
  });

  test("a tool call shows its name, how it stands, its input and its result; a failed one its error", async () => {
    await using scene = await open();
    const { page } = scene;
    await enter(scene);
    await say(page, "list the files");
    await quiet(page);
    const call = page.locator(".tool");
    expect(await call.locator("summary").textContent()).toMatch(/list.*done/);
    await call.locator("summary").click();
    expect(await call.locator("pre").first().textContent()).toContain('"path": "."');
    expect(await call.locator("pre").last().textContent()).toContain("AGENTS.md");
    await say(page, "read missing.txt");
    await quiet(page);
    const failed = page.locator('.tool[data-state="failed"]');
    expect(await failed.locator("summary").textContent()).toMatch(/read.*missing\.txt.*failed/);
    expect(await failed.locator("dt").last().textContent()).toBe("Error");
    expect((await failed.locator("pre").last().textContent())?.length).toBeGreaterThan(0);
    await expectLogToAgree(page);
    expectKeptHouse(scene);
  });

  test("Stop ends an answer in the middle, as does Escape, and says so", async () => {
    await using scene = await open({ paceMs: 1000 });
    const { page } = scene;
    await enter(scene);
    await say(page, "tell me something long");
    await page.locator(".answer").filter({ hasText: "Offline" }).waitFor();
    await stopButton(page).click();
    await page.getByText("Stopped.", { exact: true }).first().waitFor();
    await quiet(page);
    await say(page, "and once more");
    await page.locator(".answer").filter({ hasText: "Offline" }).nth(1).waitFor();
    await page.keyboard.press("Escape");
    await quiet(page);
    expect(await page.locator(".aside").allTextContents()).toEqual(["Stopped.", "Stopped."]);
    expect((await page.locator(".items").textContent()) ?? "").not.toContain("start again");
    await expectLogToAgree(page);
    expectKeptHouse(scene);
  });

  test("a message sent during a run is shown as joining it, and both are answered", async () => {
    // The run waits for the page: however slow the browser is, the second message finds it going on.
    await using model = openScriptedModel();
    await using scene = await open({ model });
    const { page } = scene;
    await enter(scene);
    model.hold();
    await say(page, "job first needs 0");
    await stopButton(page).waitFor();
    // Said before the model was asked, both would be one question.
    while (model.requests() === 0) await Bun.sleep(5);
    await say(page, "job second needs 0");
    await page.getByText("Taken up in this answer, or right after it").waitFor();
    model.release();
    // Between two runs the page is quiet too: the second answer is what ends the wait.
    await page.locator(".answer").filter({ hasText: "done second" }).first().waitFor();
    await quiet(page);
    expect(await page.locator(".said").count()).toBe(2);
    expect(await page.locator(".said").filter({ hasText: "job second" }).count()).toBe(1);
    expect(await page.locator(".answer").filter({ hasText: "done second" }).count()).toBe(1);
    await expectLogToAgree(page);
    expectKeptHouse(scene);
  });

  test("a command is answered by the house, once", async () => {
    await using scene = await open();
    const { page } = scene;
    await enter(scene);
    await say(page, "/help");
    await page.locator(".note").waitFor();
    await quiet(page);
    expect(await transcript(page)).toEqual(["said: /help", expect.stringContaining("note: Just write to me.")]);
    expectKeptHouse(scene);
  });

  test("Markdown is drawn safely: no foreign markup, links open beside, code is copied whole", async () => {
    await using scene = await open({ context: { permissions: ["clipboard-read", "clipboard-write"] } });
    const { page } = scene;
    await enter(scene);
    await say(
      page,
      '<img src=x onerror="hacked=1"><script>hacked=1</script> [site](https://example.com/a) [bad](javascript:hacked=1)',
    );
    await quiet(page);
    const link = page.locator(".answer a", { hasText: "site" });
    expect(await link.getAttribute("href")).toBe("https://example.com/a");
    expect(await link.getAttribute("target")).toBe("_blank");
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await page.locator(".answer a[href^='javascript']").count()).toBe(0);
    expect(await page.locator(".answer :is(img, script)").count()).toBe(0);
    expect(await page.evaluate(() => "hacked" in window)).toBe(false);
    await say(page, "list the files");
    const copy = page.getByRole("button", { name: "Copy this code" });
    // An answer that grows is drawn anew, and its buttons with it.
    await copy.waitFor();
    await quiet(page);
    await copy.click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("AGENTS.md");
    await quiet(page);
    expectKeptHouse(scene);
  });

  test("an image is shown before it is sent and in the message; one that is too large is refused with the limit", async () => {
    await using scene = await open();
    const { page } = scene;
    await enter(scene);
    const choice = page.getByLabel("Add an image");
    await choice.setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(5_000_001) });
    await page.getByRole("alert").filter({ hasText: "at most 5 MB" }).waitFor();
    await choice.setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: dot });
    await page.getByRole("list", { name: "Images of this message" }).getByAltText("dot.png").waitFor();
    await page.getByRole("button", { name: "Remove dot.png" }).click();
    for (const kind of ["paste", "drop"]) await give(page, kind, "dot.png");
    expect(await page.getByRole("list", { name: "Images of this message" }).getByRole("listitem").count()).toBe(1);
    await say(page, "look at this");
    await page.locator(".said").getByAltText("dot.png").waitFor();
    expect(await page.getByRole("list", { name: "Images of this message" }).count()).toBe(0);
    await quiet(page);
    expect(await page.locator(".said").getByAltText("dot.png").count()).toBe(1);
    expectKeptHouse(scene);
  });

  test("another conversation begins empty, and the first is found again", async () => {
    await using scene = await open();
    const { page } = scene;
    await enter(scene);
    await say(page, "the first conversation");
    await quiet(page);
    await page.getByRole("button", { name: "New conversation" }).first().click();
    await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
    await say(page, "the second conversation");
    await quiet(page);
    const sessions = page.getByRole("navigation", { name: "Conversations" });
    await sessions.getByRole("button", { name: "the first conversation" }).click();
    await page.locator(".said").filter({ hasText: "the first conversation" }).waitFor();
    expect(await page.locator(".said").count()).toBe(1);
    await page.goBack();
    await page.locator(".said").filter({ hasText: "the second conversation" }).waitFor();
    expect(await page.locator(".said").count()).toBe(1);
    await page.reload();
    await page.locator(".said").filter({ hasText: "the second conversation" }).waitFor();
    expectKeptHouse(scene);
  });

  test("a long conversation is laid out only where it is seen", async () => {
    await using scene = await open();
    const { page, house } = scene;
    const login = { client: { id: "cli", version: "1", platform: "test", mode: "cli" }, token: house.token };
    const client = openGatewayClient({ url: `ws://127.0.0.1:${house.port}/`, login });
    await client.request("chat.send", { sessionKey: "main", message: "hello", idempotencyKey: "a" });
    await client.request("agent.wait", { runId: "a" });
    for (let note = 0; note < 250; note += 1)
      await client.request("chat.inject", { sessionKey: "main", message: `note ${note}` });
    client.close();
    await page.goto(`${scene.address}#token=${house.token}`);
    await page.getByText("note 249").waitFor();
    expect(await page.locator(".items > li").count()).toBe(200);
    const how = await page
      .locator(".items > li")
      .evaluateAll((items) => items.map((item) => getComputedStyle(item).getPropertyValue("content-visibility")));
    expect(how.slice(0, 188).every((value) => value === "auto")).toBe(true);
    expect(await page.getByText("note 249").isVisible()).toBe(true);
    expectKeptHouse(scene);
  });
});

test("[P02] [G13] a gateway killed in mid-answer is found again: each answer once, and what was written meanwhile goes out", async () => {
  const port = freePort();
  await using scene = await open({ paceMs: 60, port });
  const { page, house, state } = scene;
  await enter(scene);
  await say(page, "the first question");
  await page.locator(".answer").filter({ hasText: "Offline" }).waitFor();
  await house.kill();
  await page.getByText("The gateway cannot be reached.").waitFor();
  await say(page, "written while nobody was there");
  await page.getByText("Waits for the connection").last().waitFor();
  await expectAccessible(page);
  const again = await startHouse(state, { port });
  try {
    await page.getByText("The gateway cannot be reached.").waitFor({ state: "detached" });
    await page.locator(".answer").filter({ hasText: "You wrote: “written while nobody was there”" }).waitFor();
    await quiet(page);
    expect(await page.locator(".said .bubble").allTextContents()).toEqual([
      "the first question",
      "written while nobody was there",
    ]);
    for (const asked of ["the first question", "written while nobody was there"])
      expect(
        await page
          .locator(".answer")
          .filter({ hasText: `You wrote: “${asked}”` })
          .count(),
      ).toBe(1);
    expect(await page.locator(".answer").count()).toBe(2);
    await expectLogToAgree(page);
  } finally {
    await again.kill();
  }
});

test("a page that is reloaded in mid-answer goes on with it", async () => {
  await using scene = await open({ paceMs: 100 });
  const { page } = scene;
  await enter(scene);
  await say(page, "list the files");
  await page.getByText("Thinking…").waitFor();
  await page.reload();
  await stopButton(page).waitFor();
  await quiet(page);
  expect(await page.locator(".said").count()).toBe(1);
  expect(await page.locator(".tool").count()).toBe(1);
  await expectLogToAgree(page);
  expectKeptHouse(scene);
});

describe("for everybody", () => {
  test.each(["light", "dark"] as const)("axe finds nothing in any state, %s", async (colorScheme) => {
    await using scene = await open({ paceMs: 100, context: { colorScheme } });
    const { page } = scene;
    await enter(scene);
    await expectAccessible(page);
    await say(page, "list the files");
    await page.getByText("Thinking…").waitFor();
    await expectAccessible(page);
    await page.locator('.answer[data-streaming="true"]').filter({ hasText: "I called" }).waitFor();
    await expectAccessible(page);
    await quiet(page);
    await page.locator(".tool summary").click();
    await expectAccessible(page);
    expectKeptHouse(scene);
  });

  test("all goes by key: a new line, sending, choosing a conversation, stopping", async () => {
    await using scene = await open({ paceMs: 1000, context: { viewport: { width: 640, height: 700 } } });
    const { page } = scene;
    await enter(scene);
    expect(await field(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.type("two");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("lines");
    await page.keyboard.press("Enter");
    await page.locator(".answer").filter({ hasText: "Offline" }).waitFor();
    expect(await page.locator(".said .bubble p").textContent()).toBe("two\nlines");
    const toggle = page.getByRole("button", { name: "Conversations" });
    await toggle.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Conversations" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("navigation", { name: "Conversations" }).waitFor({ state: "hidden" });
    expect(await stopButton(page).count()).toBe(1);
    await page.keyboard.press("Escape");
    await quiet(page);
    expectKeptHouse(scene);
  });

  test.each([
    { width: 320, height: 640, what: "320 pixels wide" },
    { width: 550, height: 400, what: "zoomed to 200 %" },
  ])("$what, nothing scrolls sideways", async ({ width, height }) => {
    await using scene = await open({ context: { viewport: { width, height } } });
    const { page, address } = scene;
    await page.goto(address);
    await page.getByLabel("Token or password").waitFor();
    await expectNoSideways(page);
    await page.goto("about:blank");
    await enter(scene);
    await expectNoSideways(page);
    await say(page, `write ${"long".repeat(60)} to note.txt`);
    await quiet(page);
    await say(page, "read note.txt");
    await quiet(page);
    await page.locator(".tool summary").last().click();
    await expectNoSideways(page);
    expect(await field(page).isVisible()).toBe(true);
  });
});

describe("the built page", () => {
  test("[P03] all of it comes with the program, without anything inline, in at most 150 KB compressed", () => {
    expect(existsSync(join(built, "index.html"))).toBe(true);
    const html = readFileSync(join(built, "index.html"), "utf8");
    const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? "");
    expect(named.every((address) => /^\/assets\/[\w-]+\.\w+$/.test(address))).toBe(true);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    const files = ["index.html", ...readdirSync(join(built, "assets")).map((name) => `assets/${name}`)];
    const sizes = files.map((name) => ({
      name,
      bytes: gzipSync(readFileSync(join(built, name)), { level: 9 }).length,
    }));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(
      `chat page: ${(total / 1000).toFixed(1)} KB compressed (${sizes.map(({ name, bytes }) => `${name} ${bytes}`).join(", ")})`,
    );
    expect(total).toBeLessThanOrEqual(150_000);
  });
});

/** Hands the composer a picture as the clipboard or a dragging hand does, and waits until it is shown. */
async function give(page: Page, kind: string, name: string): Promise<void> {
  const bytes = [...dot];
  await field(page).evaluate(
    (element, given) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(given.bytes)], given.name, { type: "image/png" }));
      const options = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        given.kind === "paste"
          ? new ClipboardEvent("paste", { ...options, clipboardData: data })
          : new DragEvent("drop", { ...options, dataTransfer: data }),
      );
    },
    { bytes, name, kind },
  );
  await page.getByRole("list", { name: "Images of this message" }).getByAltText(name).waitFor();
}

/** A picture of one pixel. */
const dot = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
