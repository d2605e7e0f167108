// Debian's Chromium with a page that keeps an account of what it did: where it sent requests, what it complained of.
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";
const args = [
  ...["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  /** Addresses of all requests and sockets, in order. */
  readonly requests: readonly string[];
  /** Errors in the page's console and uncaught ones. */
  readonly errors: readonly string[];
}

export interface TestBrowser extends AsyncDisposable {
  /** Each page has a profile of its own. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath, args });
  return {
    open: (options) => openPage(browser, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, requests, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** A port that nobody listens on now. */
export function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  if (port === undefined) throw new Error("the machine gave no port");
  return port;
}
