// What was recorded of OpenAI's two APIs, for the tests of this folder and of the vendors that are data on it.
// For tests alone: no code that serves reads it.
import { readdirSync, readFileSync } from "node:fs";

const fixtures = new URL("../fixtures/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, fixtures), "utf8");

export function recorded(api: "chat" | "responses") {
  const scenes = readdirSync(new URL(`${api}/`, fixtures)).filter((file) => file.endsWith(".sse"));
  return {
    scenes: Object.fromEntries(scenes.map((file) => [file.slice(0, -".sse".length), read(`${api}/${file}`)])),
    says: JSON.parse(read(`${api}/says.json`)),
    breaks: JSON.parse(read(`${api}/breaks.json`)),
    models: read("models.json"),
    contentType: "text/event-stream",
  };
}
