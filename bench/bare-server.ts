// What the gateway is read against: a server of WebSockets that does as little as can be done for the same bytes. It
// greets with a challenge, answers a connect with as many bytes as a hello-ok has, any call with a few, puts a message on
// the disk before it answers, and sends what it is told to send to all.
import { fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "homarus-bare-"));
const file = openSync(join(folder, "messages"), "a");
process.on("SIGTERM", () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
const hello = `{"type":"res","id":"1","ok":true,"payload":{"type":"hello-ok","fill":"${"x".repeat(6_000)}"}}`;

const bare = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response(null, { status: 400 })),
  websocket: {
    open(socket) {
      socket.subscribe("all");
      socket.send(
        `{"type":"event","event":"connect.challenge","payload":{"nonce":"${crypto.randomUUID()}","ts":${Date.now()}}}`,
      );
    },
    message(socket, data) {
      const frame = JSON.parse(String(data));
      if (frame.method === "connect") socket.send(hello);
      else {
        if (frame.method === "chat.send") {
          writeSync(file, String(data));
          fsyncSync(file);
        }
        socket.send(`{"type":"res","id":${JSON.stringify(frame.id)},"ok":true,"payload":{}}`);
        if (frame.method === "tell")
          bare.publish("all", `{"type":"event","event":"told","payload":${JSON.stringify(frame.params)}}`);
      }
    },
  },
});
console.log(JSON.stringify({ port: bare.port, token: "none" }));
