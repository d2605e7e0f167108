// A server of MCP as a program: JSON lines on standard input and output. Its first argument says how it misbehaves.
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createFakeServer } from "./tools.ts";

const [manner = "well", ...rest] = process.argv.slice(2);
const server = createFakeServer({ environment: process.env, many: manner === "many" ? 5_000 : 0 });
const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

if (manner === "ends") {
  console.error("I need a key.");
  process.exit(3);
}
if (manner === "notes") console.log("A note for people.");
if (manner === "garbage") setInterval(() => console.log("no message at all ".repeat(10)), 1);

const note = (what: string): void => {
  if (rest[0] !== undefined) appendFileSync(rest[0], `${what}\n`);
};
note(`start ${process.pid}`);

for await (const line of createInterface({ input: process.stdin })) {
  if (manner === "hangs" || manner === "garbage") continue;
  const message = JSON.parse(line);
  if (message.params?.name === "die") process.exit(1);
  const answer = await server.answer(message, say);
  for (const heard of server.heard.splice(0)) note(heard);
  if (answer) say(answer);
  if (message.params?.name === "wipe") say(server.addTool());
}
