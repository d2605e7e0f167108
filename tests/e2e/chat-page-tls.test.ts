// The chat page over https, with a certificate that its reader has accepted.
import { expect, test } from "bun:test";
import { openBrowser } from "./fakes/browser.ts";
import { makeStateFolder, startHouse } from "./fakes/house-process.ts";

test("[G31] the chat page talks to the gateway over https and a secure WebSocket, and nowhere else", async () => {
  await using browser = await openBrowser();
  using state = makeStateFolder({ providers: { offline: { paceMs: 0 } }, gateway: { tls: { enabled: true } } });
  const house = await startHouse(state);
  await using watched = await browser.open({ ignoreHTTPSErrors: true });
  const { page } = watched;
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  await page.goto(`https://127.0.0.1:${house.port}/chat#token=${house.token}`);
  await page.getByRole("heading", { name: "What can I do for you?" }).waitFor();
  await page.getByRole("textbox", { name: "Message" }).fill("what time is it");
  await page.getByRole("textbox", { name: "Message" }).press("Enter");
  await page.locator(".answer").first().waitFor();
  expect([...new Set(sockets)]).toEqual([`wss://127.0.0.1:${house.port}/`]);
  expect(watched.errors).toEqual([]);
  await house.kill();
});
