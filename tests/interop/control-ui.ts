// The peer's web page beside the gateway, as a person opens it by the guide: its built files from a port of their own,
// a link that names the gateway, a click that agrees. What the page asks, what is refused, what it complains of is kept.
import { basename } from "node:path";
import type { Page, WebSocket } from "playwright-core";
import type { TestBrowser } from "../e2e/fakes/browser.ts";
import type { HouseProcess } from "../e2e/fakes/house-process.ts";
import type { Frame } from "./tap.ts";

export interface ControlUi extends AsyncDisposable {
  readonly page: Page;
  /** Where the page itself comes from. */
  readonly own: string;
  /** Methods that were answered, in order. */
  readonly answered: readonly string[];
  /** Requests of the gateway that failed, with its words. */
  readonly refused: readonly string[];
  /** Complaints in the console, uncaught errors and files that were not to be had, without what differs each time. */
  readonly troubles: ReadonlySet<string>;
  /** Nothing that was asked waits for its answer. */
  isQuiet(): boolean;
}

/** How long the page may take for one step. */
const patienceMs = 15_000;

/** `folder`: its built files. `agree`: what the button says that takes the gateway of the link. */
export async function openControlUi(
  browser: TestBrowser,
  folder: string,
  house: HouseProcess,
  agree: RegExp,
): Promise<ControlUi> {
  const files = serve(folder);
  const own = `http://127.0.0.1:${files.port}`;
  const watched = await browser.open({ viewport: { width: 1400, height: 900 } });
  const { page } = watched;
  // The tests' network is this machine: what the page wants of others is not to be had, on every machine alike.
  await page.route(
    ({ hostname }) => hostname !== "127.0.0.1",
    (route) => route.abort("blockedbyclient"),
  );
  const troubles = new Set<string>();
  const note = (...words: string[]) =>
    troubles.add(
      words
        .filter(Boolean)
        .join(" ")
        .replaceAll(/(\w+:\/\/)127\.0\.0\.1:(\d+)/g, (_, scheme, port) => {
          return Number(port) === files.port ? `${scheme}own` : `${scheme}gateway`;
        }),
    );
  page.on("pageerror", (error) => note(`${error.name}: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error") note(line.text(), line.text().includes("://") ? "" : line.location().url);
  });
  page.setDefaultTimeout(patienceMs);
  const calls = listen(page);
  await page.goto(`${own}/?gatewayUrl=ws://127.0.0.1:${house.port}#token=${house.token}`);
  await page.getByRole("button", { name: agree }).click();
  return {
    ...{ page, own, troubles, ...calls },
    async [Symbol.asyncDispose]() {
      await watched[Symbol.asyncDispose]();
      await files.stop(true);
    },
  };
}

/** A page that finds its way by its address is served for every address that is no file. */
function serve(folder: string) {
  return Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0 },
    async fetch({ url }) {
      const { pathname } = new URL(url);
      const file = Bun.file(`${folder}${pathname}`);
      if (pathname !== "/" && (await file.exists())) return new Response(file);
      const isFile = basename(pathname).includes(".") || pathname.includes("/__");
      return isFile ? new Response("", { status: 404 }) : new Response(Bun.file(`${folder}/index.html`));
    },
  });
}

function listen(page: Page): Pick<ControlUi, "answered" | "refused" | "isQuiet"> {
  const answered: string[] = [];
  const refused: string[] = [];
  const open = new Set<ReadonlyMap<string, string>>();
  page.on("websocket", (socket: WebSocket) => {
    const asked = new Map<string, string>();
    open.add(asked);
    socket.on("framesent", ({ payload }) => {
      const frame: Frame = JSON.parse(String(payload));
      asked.set(frame.id, frame.method);
    });
    socket.on("framereceived", ({ payload }) => {
      const frame: Frame = JSON.parse(String(payload));
      const method = frame.type === "res" ? asked.get(frame.id) : undefined;
      if (method === undefined) return;
      asked.delete(frame.id);
      if (frame.ok) answered.push(method);
      else refused.push(`${method}: ${frame.error.message}`);
    });
    socket.on("close", () => open.delete(asked));
  });
  return { answered, refused, isQuiet: () => [...open].every((asked) => asked.size === 0) };
}
