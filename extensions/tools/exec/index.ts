// Runs one command to its end in the sandbox, and reports its output, exit code and how it ended.
import { type Activate, type ExecResult, Fault, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

/** Characters of progress that watchers get of one command; the rest they find in the result. */
const progressLimit = 20_000;
const previewLength = 160;

export const activate: Activate<typeof manifest> = ({ config }) => ({
  async execute({ command, folder, timeout_seconds }, call) {
    const seconds = timeout_seconds ?? config.timeoutSeconds;
    const workspace = await call.sandbox();
    try {
      const request = {
        ...{ command, timeoutMs: seconds * 1000, maxOutputBytes: config.outputBytes, onOutput: limited(call.progress) },
        ...(folder === undefined ? {} : { folder }),
      };
      const result = await workspace.exec(request, call.signal);
      if (result.ended === "aborted")
        throw new Fault("aborted", "exec.aborted", said(result, "The command was stopped."));
      return textOutput(report(result, seconds), result.ended !== "exit" || result.exitCode !== 0);
    } finally {
      await workspace.close();
    }
  },
  preview({ command, folder }) {
    const line = command.replace(/\s+/g, " ").trim();
    const shown = line.length > previewLength ? `${line.slice(0, previewLength)}...` : line;
    return folder === undefined ? shown : `${shown} (in ${folder.replace(/\s+/g, " ").slice(0, 30)})`;
  },
});

function report(result: ExecResult, seconds: number): string {
  if (result.ended === "timeout")
    return said(
      result,
      `[Killed after ${seconds} s: its time was over. Give it more with timeout_seconds (at most 600), or run it in parts.]`,
    );
  if (result.ended === "killed") return said(result, "[Killed by the system, most likely for using too much memory.]");
  if (result.exitCode === 0) return said(result, result.output === "" ? "[Exit code 0, no output.]" : undefined);
  return said(result, `[Exit code ${result.exitCode}.]`);
}

function said(result: ExecResult, note: string | undefined): string {
  return [result.output.trimEnd(), note].filter(Boolean).join("\n");
}

function limited(progress: (text: string) => void): (text: string) => void {
  let left = progressLimit;
  return (text) => {
    if (left <= 0) return;
    progress(text.slice(0, left));
    left -= text.length;
  };
}
