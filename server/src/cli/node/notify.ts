// system.notify: words on this machine's screen, by the program that the platform has for it.
import { execFile } from "node:child_process";
import { findProgram } from "./programs.ts";

export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly priority?: string | undefined;
}

const patienceMs = 10_000;
const longestText = 4_000;

/** The texts are arguments and never part of a script. */
const appleScript = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
].flatMap((line) => ["-e", line]);

/** Resolves when it was handed to the screen. Rejects with what is missing. */
export async function notify(notice: Notice, platform: NodeJS.Platform = process.platform): Promise<void> {
  const title = notice.title.slice(0, longestText);
  const body = notice.body.slice(0, longestText);
  const urgency = notice.priority === "timeSensitive" ? "critical" : notice.priority === "passive" ? "low" : "normal";
  const [name, args] =
    platform === "darwin"
      ? (["osascript", [...appleScript, title, body]] as const)
      : ([
          "notify-send",
          ["--app-name=Homarus", `--urgency=${urgency}`, "--", title || body, title ? body : ""],
        ] as const);
  const program = platform === "win32" ? undefined : findProgram(name, "/");
  if (program === undefined) {
    const missing = platform === "win32" ? "nothing on Windows is used for it" : `${name} is not installed here`;
    throw unavailable(`NOTIFY_UNAVAILABLE: notifications cannot be shown: ${missing}`);
  }
  await new Promise<void>((resolve, reject) => {
    execFile(program, args, { timeout: patienceMs }, (thrown, _out, errors) => {
      if (thrown) reject(unavailable(`NOTIFY_FAILED: ${name} could not show it: ${errors.trim() || thrown.message}`));
      else resolve();
    });
  });
}

function unavailable(message: string): Error {
  return Object.assign(new Error(message), { kind: "unavailable", code: "node.notify" });
}
